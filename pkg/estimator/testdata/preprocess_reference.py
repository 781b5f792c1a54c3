"""Vectors for normal scores, detrending and the Hampel filter, written to preprocess.json. Run in this
directory with numpy 2.4 and scipy 1.17: python3 preprocess_reference.py"""

import json

import numpy as np
from scipy import special, stats

rng = np.random.default_rng(8)
x = np.round(np.cumsum(rng.standard_normal(60)) * 0.2 + rng.standard_normal(60), 1)
x[[7, 8, 40]] += [9, -7, 12]
n = len(x)


def hampel(half, threshold):
    y = x.copy()
    for i in range(n):
        w = x if half == 0 else x[max(0, i - half) : i + half + 1]
        median = np.median(w)
        spread = np.median(np.abs(w - median)) / special.ndtri(0.75)
        if spread > 0 and abs(x[i] - median) > threshold * spread:
            y[i] = median
    return dict(half=half, threshold=threshold, y=y.tolist(), replaced=int((y != x).sum()))


t = np.linspace(-1, 1, n)
json.dump(
    dict(
        x=x.tolist(),
        scores=special.ndtri((stats.rankdata(x) - 0.375) / (n + 0.25)).tolist(),
        detrends=[(x - np.polynomial.legendre.Legendre.fit(t, x, k)(t)).tolist() for k in range(6)],
        hampels=[hampel(h, q) for h, q in ((0, 3), (0, 4), (1, 2), (3, 3), (5, 3), (8, 2.5), (59, 3), (200, 3))],
    ),
    open("preprocess.json", "w"),
)
