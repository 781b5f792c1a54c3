#!/usr/bin/env bash
# Times Hurst and other people's software on the same work within the same minute, and prints one
# table: ratio 3.0x means that Hurst takes a third of the time. It needs python3 with numpy and
# scipy, and times PyWavelets, whittlehurst and nolds where they are installed.
set -euo pipefail
cd "$(dirname "$0")/../../.."

results=$(mktemp)
trap 'rm -f "$results"' EXIT

bench() { # package, benchmarks
	${GO:-go} test -run '^$' -bench "$2" -benchtime 10ms -count 20 "$1" >>"$results" ||
		echo "$1: its benchmarks do not run" >&2
}
bench ./pkg/fft 'RealCoefficients/^n=(500|1024|8192|9973|10000)$'
bench ./pkg/process '^BenchmarkGenerate$/^n=1024$'
bench ./pkg/estimator '^Benchmark(Whittle|DFA)$/^n=(500|1024)$'
bench ./pkg/wavelet '^BenchmarkTransform$/^db4$/^n=1024$'

"${PYTHON:-python3}" tools/bench/peers/peers.py "$results"
