#!/usr/bin/env bash
# Times Hurst's neural networks and PyTorch's on the same work, one thread each, alternating, and prints
# a table. PYTHON names the Python that has PyTorch; TORCH2, if it is set, one with a newer version.
set -euo pipefail
cd "$(dirname "$0")/../../.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

${GO:-go} build -o "$folder/networks" ./tools/bench/peers/networks
"${PYTHON:-python3}" tools/bench/peers/networks/networks.py "$folder/networks" "$@"
