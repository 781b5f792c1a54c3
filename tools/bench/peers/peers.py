"""Times other people's software on the work that Hurst's benchmarks do, one core, one series at a
time, and prints a table; with a file of `go test -bench` output, Hurst's times and ratios too.

    python3 peers.py [--json] [bench.txt]

Least times count: whatever else runs on the machine only ever adds to them. What is not installed,
or not benchmarked, is skipped with a word.
"""

import importlib
import importlib.metadata
import importlib.util
import json
import os
import re
import sys
import timeit
import types

for library in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import numpy as np  # noqa: E402  (it reads the variables above when imported)

RUN = 0.005  # seconds that one of the repeated runs takes, about
REPEAT = 100


def least(work, series=1):
    """Nanoseconds per series of the quickest run, after two for caches and compilers."""
    work()
    once = timeit.timeit(work, number=1)
    calls = max(1, int(RUN / once))
    repeat = max(5, min(REPEAT, int(REPEAT * RUN / (calls * once))))
    return min(timeit.repeat(work, number=calls, repeat=repeat)) / calls / series * 1e9


def fgn(n, hurst, series, rng):
    """Fractional Gaussian noise by circulant embedding, two series to a complex transform."""
    k = np.arange(n + 1.0)
    cov = ((k + 1) ** (2 * hurst) - 2 * k ** (2 * hurst) + np.abs(k - 1) ** (2 * hurst)) / 2
    eigen = np.fft.rfft(np.concatenate([cov, cov[-2:0:-1]])).real
    eigen = np.concatenate([eigen, eigen[-2:0:-1]])
    z = rng.standard_normal((series // 2, 4 * n)).view(complex)
    x = np.fft.fft(z * np.sqrt(np.maximum(eigen, 0) / (2 * n)), axis=1)[:, :n]
    return np.concatenate([x.real, x.imag])


def dfa_sizes(n):
    return np.unique(np.geomspace(8, n // 4, 16).astype(int))


def dfa(x, sizes):
    """DFA-1: for each size one product with the line takes the trend from all windows."""
    walk = np.cumsum(x - x.mean())
    spread = []
    for s in sizes:
        windows = walk[: len(walk) // s * s].reshape(-1, s)
        t = np.arange(s) - (s - 1) / 2
        rest = windows - windows.mean(axis=1, keepdims=True) - np.outer(windows @ t / (t @ t), t)
        spread.append(np.sqrt(np.mean(rest * rest)))
    return np.polyfit(np.log(sizes), np.log(spread), 1)[0]


def submodule(package, name):
    """Imports package.name without the package's own __init__, whose data files and generators
    need more than the one function that is timed here."""
    found = importlib.util.find_spec(package)
    if found is None:
        raise ModuleNotFoundError(f"no module named {package!r}")
    bare = types.ModuleType(package)
    bare.__path__ = found.submodule_search_locations
    sys.modules.setdefault(package, bare)
    return importlib.import_module(f"{package}.{name}")


def rfft(n):
    import scipy.fft

    x = np.random.default_rng(1).standard_normal(n)
    return least(lambda: scipy.fft.rfft(x))


def generate(n, series=16):
    rng = np.random.default_rng(1)
    return least(lambda: fgn(n, 0.7, series, rng), series)


def one_series(n):
    return np.ascontiguousarray(fgn(n, 0.7, 2, np.random.default_rng(1))[0])


def whittle(n):
    x, estimate = one_series(n), submodule("whittlehurst", "estimateH").whittle
    return least(lambda: estimate(x))


def dfa_numpy(n):
    x, sizes = one_series(n), dfa_sizes(n)
    return least(lambda: dfa(x, sizes))


def dfa_nolds(n):
    x, sizes, measures = one_series(n), dfa_sizes(n), submodule("nolds", "measures")
    return least(lambda: measures.dfa(x, nvals=sizes, overlap=False, fit_exp="poly"))


def wavedec(n):
    import pywt

    x = one_series(n)
    return least(lambda: pywt.wavedec(x, "db4", mode="periodization"))


# What is done, who else does it, how long they take, and Hurst's benchmark of the same.
WORK = [
    *((f"real FFT, n = {n}", "scipy.fft.rfft", lambda n=n: rfft(n), f"RealCoefficients/n={n}")
      for n in (500, 1024, 8192, 10000, 9973)),
    ("fGn, n = 1024", "numpy, 16 at once", lambda: generate(1024), "Generate/n=1024"),
    ("Whittle fGn, n = 500", "whittlehurst", lambda: whittle(500), "Whittle/n=500"),
    ("DFA-1, n = 1024", "numpy, by windows", lambda: dfa_numpy(1024), "DFA/n=1024"),
    ("DFA-1, n = 1024", "nolds", lambda: dfa_nolds(1024), "DFA/n=1024"),
    ("DWT db4, n = 1024", "pywt.wavedec", lambda: wavedec(1024), "Transform/db4/n=1024"),
]


def benchmarks(path):
    """The least time of each benchmark in go test's output, without the number of processors."""
    times = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if m := re.match(r"Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op", line):
                times[m[1]] = min(float(m[2]), times.get(m[1], float("inf")))
    return times


def versions():
    found = {"python": sys.version.split()[0]}
    for name in ("numpy", "scipy", "PyWavelets", "whittlehurst", "nolds"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            pass
    return found


def measure(ours):
    for work, peer, timed, name in WORK:
        row = {"work": work, "peer": peer, "benchmark": name, "hurst_ns": ours.get(name)}
        try:
            row["peer_ns"] = timed()
        except Exception as missing:  # whatever is wrong with one peer, the others are timed
            row["peer_ns"], row["skipped"] = None, f"{type(missing).__name__}: {missing}"
        yield row


def table(rows, benchmarked):
    print(f"{'work':24}{'peer':22}{'peer µs':>12}{'Hurst µs':>12}{'ratio':>9}")
    for r in rows:
        theirs, ours = r["peer_ns"], r["hurst_ns"]
        shown = [f"{v / 1e3:12.2f}" if v else f"{'-':>12}" for v in (theirs, ours)]
        ratio = f"{theirs / ours:8.1f}x" if theirs and ours else ""
        print(f"{r['work']:24}{r['peer']:22}{''.join(shown)}{ratio}")
        if "skipped" in r:
            print(f"  {r['peer']} skipped: {r['skipped']}")
        if benchmarked and ours is None:
            print(f"  no Benchmark{r['benchmark']} among the results")


def main(arguments):
    paths = [a for a in arguments if a != "--json"]
    ours = benchmarks(paths[0]) if paths else {}
    if "--json" in arguments:
        print(json.dumps({"versions": versions(), "work": list(measure(ours))}, indent=1))
        return
    print(", ".join(f"{name} {version}" for name, version in versions().items()))
    table(measure(ours), bool(paths))


if __name__ == "__main__":
    main(sys.argv[1:])
