#!/usr/bin/env bash
# Times Hurst's learners and scikit-learn's on the same data, one processor, and prints a table with
# both errors. It needs python3 with numpy and scikit-learn. Rows: the first argument, else 2000 and
# 20000; the second argument names the one configuration to fit, else all are.
set -euo pipefail
cd "$(dirname "$0")/../../.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for rows in ${1:-2000 20000}; do
	${GO:-go} run ./tools/bench/peers/learners -dir "$folder" -rows "$rows" -only "${2:-}"
	"${PYTHON:-python3}" tools/bench/peers/learners.py "$folder"
done
