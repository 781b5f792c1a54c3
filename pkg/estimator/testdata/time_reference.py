"""Reference values for the time-domain estimators: python3 time_reference.py > time_reference.json

Everything is computed the slow way, straight from the formulas, with numpy 2.4.6: numpy.polyfit per
window, explicit sums. nolds 0.6.3 gives the R/S of a block, and Anis and Lloyd's expected R/S (with
Peters's factor (n - 1/2)/n, which is divided out: without it the formula is exact).
"""

import importlib.util
import json
import os
import sys

import numpy as np


def load_nolds():
    """nolds.measures alone: nolds 0.6.3 as a whole cannot be imported with Python 3.11."""
    folder = importlib.util.find_spec("nolds").submodule_search_locations[0]
    spec = importlib.util.spec_from_file_location("measures", os.path.join(folder, "measures.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


nolds = load_nolds()


def series(n):
    """A fixed series without random numbers, so that the test can make it too."""
    t = np.arange(n, dtype=float)
    x = np.sin(12.9898 * t + 0.3) * 43758.5453
    x = x - np.floor(x)
    return x + 0.3 * np.sin(t / 17.0)


def starts(n, s):
    count = -(-2 * (n - s) // s) + 1
    return [i * (n - s) // (count - 1) if count > 1 else 0 for i in range(count)]


def residuals(y, s, order):
    t = np.arange(s, dtype=float)
    out = []
    for a in starts(len(y), s):
        w = y[a : a + s]
        c = np.polyfit(t - t.mean(), w, order)
        out.append(float(np.mean((w - np.polyval(c, t - t.mean())) ** 2)))
    return np.array(out)


def moment(f2, q):
    if q == 0:
        return float(np.exp(0.5 * np.mean(np.log(f2))))
    return float(np.mean(f2 ** (q / 2)) ** (1 / q))


def rs(block):
    return float(nolds.rs(block, len(block), unbiased=False))


def length(y, k):
    n = len(y)
    total = 0.0
    for m in range(1, k + 1):
        steps = (n - m) // k
        curve = sum(abs(y[m - 1 + i * k] - y[m - 1 + (i - 1) * k]) for i in range(1, steps + 1))
        total += curve * (n - 1) / (steps * k) / k
    return float(total / k)


def main():
    n = 300
    x = series(n)
    z = (x - x.mean()) / x.std()
    y = np.cumsum(z)
    sums = np.concatenate([[0], y])
    out = {"n": n, "z_first": z[:3].tolist(), "dfa": [], "mfdfa": [], "rs": [], "white_rs": [], "length": [], "increments": [], "dma": [], "white_dfa": []}
    for order in range(1, 6):
        for s in (order + 2, 12, 33, 100, 150):
            out["dfa"].append({"order": order, "s": s, "f": float(np.sqrt(residuals(y, s, order).mean()))})
    f2 = residuals(y, 20, 1)
    for q in (-5, -2.5, -0.5, 0, 0.5, 2, 5):
        out["mfdfa"].append({"s": 20, "q": q, "f": moment(f2, q)})
    for s in (10, 37, 128, 300):
        out["rs"].append({"s": s, "rs": float(np.mean([rs(z[a : a + s]) for a in starts(n, s)]))})
        out["white_rs"].append({"s": s, "rs": float(nolds.expected_rs(s) * s / (s - 0.5))})
    for k in (1, 2, 7, 17):
        out["length"].append({"k": k, "length": length(y, k)})
        d = sums[k:] - sums[:-k]
        out["increments"].append({"k": k, "abs": float(np.mean(np.abs(d))), "square": float(np.mean(d * d))})
    for s in (3, 5, 21, 75):
        h = s // 2
        d = [y[i] - y[i - h : i + h + 1].mean() for i in range(h, n - h)]
        out["dma"].append({"s": s, "f": float(np.sqrt(np.mean(np.square(d))))})
    # E F²(s) of white noise: tr((I-P) Σ)/s, with Σ_ij = min(i, j) and P the projection on polynomials.
    for order in range(1, 6):
        for s in (order + 2, 10, 25):
            t = np.linspace(-1, 1, s)
            q, _ = np.linalg.qr(np.vander(t, order + 1))
            i = np.arange(1, s + 1)
            sigma = np.minimum.outer(i, i).astype(float)
            out["white_dfa"].append({"order": order, "s": s, "f2": float(np.trace(sigma - q @ (q.T @ sigma)) / s)})
    json.dump(out, sys.stdout, indent=1)
    print()


main()
