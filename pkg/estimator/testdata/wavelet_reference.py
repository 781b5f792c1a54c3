"""Writes wavelet.json for wavelet_internal_test.go and wavelet_test.go, by PyWavelets 1.8, numpy 2.4
and scipy 1.17.

- "theory": exact expected energies of wavelet octaves under fractional Gaussian noise, and covariances
  of mean squares relative to the means, by sums over all pairs of coefficients in the time domain.
- "series": Abry and Veitch's regression and the local Whittle estimate of one series, from decimated
  coefficients that do not touch the ends, and the first cumulants of its wavelet leaders, straight from
  the definitions.

Run: python3 wavelet_reference.py > wavelet.json
"""
import json
import sys

import numpy as np
import pywt
from scipy.optimize import minimize_scalar
from scipy.special import polygamma, psi


def octave_filter(name, j):
    w = pywt.Wavelet(name)
    f = np.array([1.0])
    for i in range(j):
        taps = np.array(w.rec_hi if i == j - 1 else w.rec_lo)
        up = np.zeros((len(taps) - 1) * 2**i + 1)
        up[:: 2**i] = taps
        f = np.convolve(f, up)
    return f


def noise_covariance(h, n):
    k = np.arange(n + 1.0)
    return 0.5 * ((k + 1) ** (2 * h) - 2 * k ** (2 * h) + np.abs(k - 1) ** (2 * h))


def theory(name, n, h):
    levels = pywt.dwt_max_level(n, name)
    gamma = noise_covariance(h, 3 * n)
    filters = [octave_filter(name, j + 1) for j in range(levels)]
    counts = [n - len(f) + 1 for f in filters]
    # The covariance of W_i(t) and W_j(s) by the lag t - s.
    lags = np.arange(-n, n + 1)
    cross = {}
    for i in range(levels):
        for j in range(i, levels):
            c = np.correlate(filters[i], filters[j], "full")
            at = np.arange(len(c)) - (len(filters[j]) - 1)
            cross[i, j] = np.array([np.dot(c, gamma[np.abs(at + t)]) for t in lags])
    energy = np.array([cross[i, i][n] for i in range(levels)])
    spread = np.zeros((levels, levels))
    for (i, j), c in cross.items():
        t, s = np.arange(counts[i])[:, None], np.arange(counts[j])[None, :]
        v = 2 * np.sum(c[t - s + n] ** 2) / (counts[i] * counts[j] * energy[i] * energy[j])
        spread[i, j] = spread[j, i] = v
    return {"wavelet": name, "n": n, "h": h, "energy": (energy / energy[-1]).tolist(), "spread": spread.tolist()}


def decimated(x, name):
    w = pywt.Wavelet(name)
    taps = len(w.rec_lo)
    details, a = [], x
    while len(details) < pywt.dwt_max_level(len(x), name):
        at = 2 * np.arange((len(a) - taps) // 2 + 1)[:, None] + np.arange(taps)
        details.append(a[at] @ w.rec_hi)
        a = a[at] @ w.rec_lo
    return details


def estimates(x, name, first):
    d = decimated(x, name)[first - 1:]
    n = np.array([len(v) for v in d], float)
    energy = np.array([np.mean(v**2) for v in d])
    j = np.arange(first, first + len(d), dtype=float)
    y = np.log2(energy) - (psi(n / 2) / np.log(2) - np.log2(n / 2))
    w = np.log(2) ** 2 / polygamma(1, n / 2)
    middle = np.sum(w * j) / np.sum(w)
    slope = np.sum(w * (j - middle) * y) / np.sum(w * (j - middle) ** 2)
    # Overlapping coefficients, for the likelihood.
    f = [octave_filter(name, int(i)) for i in j]
    overlap = [np.correlate(x, v, "valid") for v in f]
    full = np.array([np.mean(v**2) for v in overlap])
    share = np.array([len(v) for v in overlap]) / 2**j
    share /= share.sum()
    contrast = lambda h: np.log(np.sum(share * full * 2 ** (-(2 * h - 1) * j))) + np.sum(share * (2 * h - 1) * j) * np.log(2)
    local = minimize_scalar(contrast, bounds=(-1, 2), method="bounded", options={"xatol": 1e-9}).x
    return {"wavelet": name, "from": first, "veitch": (slope + 1) / 2, "whittle": local}


def leaders(x, name, first):
    """Every coefficient is kept with the values that it is made of; those that reach over the ends are
    not used."""
    y, taps = np.cumsum(x - np.mean(x)), pywt.Wavelet(name).dec_len
    level = pywt.dwt_max_level(len(x), name)
    c = pywt.wavedec(y, name, mode="periodization", level=level)
    inside, lo, hi = [], 0, len(x)
    for j in range(level):
        ok = [k for k in range(len(c[level - j])) if 2 * k + 1 - taps // 2 >= lo and 2 * k + taps // 2 < hi]
        if not ok:
            break
        lo, hi = ok[0], ok[-1] + 1
        inside.append(set(ok))
    rows = []
    for j in range(len(inside)):
        own = {}
        for k in inside[j]:
            below = [(i, m) for i in range(j + 1) for m in range(k << (j - i), (k + 1) << (j - i))]
            if all(m in inside[i] for i, m in below):
                own[k] = max(2 ** (-(i + 1) / 2) * abs(c[level - i][m]) for i, m in below)
        logs = [np.log(max(own[k - 1], own[k], own[k + 1])) for k in own if k - 1 in own and k + 1 in own]
        if len(logs) < 3:
            break
        rows.append((j + 1, len(logs), np.mean(logs), np.var(logs, ddof=1)))
    j, n, k1, k2 = np.array(rows[first - 1:]).T
    fit = lambda v: np.polyfit(j * np.log(2), v, 1, w=np.sqrt(n))[0]
    return {"wavelet": name, "from": first, "c1": fit(k1), "c2": fit(k2)}


def main():
    t = np.arange(300)
    x = np.sin(t * t / 7.0) + np.cos(t / 9.0)
    x = (x - x.mean()) / x.std()
    json.dump({
        "theory": [theory(name, 256, h) for name in ("haar", "db2") for h in (0.2, 0.5, 0.8)],
        "series": [estimates(x, "haar", 1), estimates(x, "haar", 2), estimates(x, "db2", 2), estimates(x, "sym4", 1)],
        "leaders": [leaders(x, "db2", 2), leaders(x, "db3", 1)],
    }, sys.stdout, separators=(",", ":"))
    print()


main()
