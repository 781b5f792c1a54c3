"""Writes reference.json: the features of the sets "reference-…" for three series, by numpy and scipy.

Made from the definitions that stand in reference.go and beside each field, in the plainest way, on the
series' own scale.  python3 reference.py  (numpy 2.4.6, scipy 1.17.1)
"""

import json

import numpy as np
from scipy import stats


def acf(x, k):
    if k + 1 >= len(x):
        return 0.0
    return np.corrcoef(x[:-k], x[k:])[0, 1]


def detrend(y):
    t = np.arange(len(y))
    return y - np.polyval(np.polyfit(t, y, 1), t)


def pieces(x, size):
    return [x[i * size : (i + 1) * size] for i in range(len(x) // size)]


def fluctuation(x, size):
    return np.mean([np.sqrt(np.mean(detrend(p) ** 2)) for p in pieces(x, size)]) if size <= len(x) else 0.0


def block_var(x, size):
    means = [np.mean(p) for p in pieces(x, size)]
    return np.var(means) if len(means) > 1 else 0.0


def rescaled(p):
    y = np.cumsum(p - np.mean(p))
    return (np.max(y) - np.min(y)) / np.std(p)


def rs(x, size):
    return np.mean([rescaled(p) for p in pieces(x, size)]) if size <= len(x) else None


def scaling(x, f, sizes):
    values = [f(x, s) for s in sizes]
    seen = [(s, v) for s, v in zip(sizes, values) if v]
    slope, intercept = np.polyfit(np.log([s for s, _ in seen]), np.log([v for _, v in seen]), 1)
    return values, slope, intercept


def approximate_entropy(x):
    r = 0.2 * np.std(x)

    def phi(m):
        v = np.array([x[i : i + m] for i in range(len(x) - m + 1)])
        near = np.max(np.abs(v[:, None, :] - v[None, :, :]), axis=2) <= r
        return np.mean(np.log(np.mean(near, axis=1)))

    return phi(2) - phi(3)


def box_slope(x):
    unit = (x - np.min(x)) / (np.max(x) - np.min(x))
    steps = [1, 2, 4, 8]
    counts = []
    for s in steps:
        rows = np.floor(unit[::s] * (len(x) - 1) / s)
        counts.append(np.sum(np.abs(np.diff(rows)) + 1))
    return np.polyfit(np.log(1 / np.array(steps)), np.log(counts), 1)[0]


def mad(x):
    return stats.median_abs_deviation(x)


def everything(x):
    """Every feature by its name."""
    n = len(x)
    f = {
        "mean": np.mean(x), "std": np.std(x), "var": np.var(x), "min": np.min(x), "max": np.max(x),
        "median": np.median(x), "skew": stats.skew(x), "kurt": stats.kurtosis(x), "mad": mad(x),
    }
    for q in (10, 25, 75, 90):
        f[f"quantile_{q}"] = np.percentile(x, q)
    f["quantile_range"] = np.percentile(x, 95) - np.percentile(x, 5)
    for k in (1, 2, 4, 5, 6, 8, 10, 20, 50, 100):
        f[f"acf_{k}"] = f[f"period_acf_{k}"] = acf(x, k)
    for s in (1, 2, 4, 8, 16):
        d = x[s:] - x[:-s]
        f[f"inc_var_{s}"], f[f"inc_abs_{s}"] = np.var(d), np.mean(np.abs(d))
        f[f"inc_std_{s}"], f[f"inc_range_{s}"] = np.std(d), np.ptp(d)
    spectrum(f, x, n)
    for sizes, tail in (([10, 20, 50, 100, 200, 500], ""), ([10, 20, 50, 100, 200], "_200")):
        _, f["dfa_slope" + tail], f["dfa_intercept" + tail] = scaling(x, fluctuation, sizes)
        _, f["rs_slope" + tail], f["rs_intercept" + tail] = scaling(x, rs, sizes)
    for s in (4, 8, 10, 16, 20, 32, 50, 100, 200, 500):
        f[f"dfa_{s}"] = fluctuation(x, s)
        f[f"rs_{s}"] = rs(x, s) or 1.0
    for sizes, tail in (([2, 4, 8, 16, 32, 64], ""), ([2, 4, 8, 16, 32], "_32")):
        values, f["block_slope" + tail], f["block_intercept" + tail] = scaling(x, block_var, sizes)
        f |= {f"block_var_{s}": v for s, v in zip(sizes, values)}
    t = np.arange(n)
    f["trend_slope"], f["trend_intercept"] = np.polyfit(t, x, 1)
    f["trend_corr"] = np.corrcoef(t, x)[0, 1]
    y = detrend(x)
    f["detrended_std"], f["detrended_abs"], f["detrended_mad"] = np.std(y), np.mean(np.abs(y)), mad(y)
    parts = pieces(y, max(10, n // 4))
    f["dfa_alpha"] = np.polyfit(np.log(np.arange(len(parts)) + 1), np.log([np.std(p) for p in parts]), 1)[0]
    f["approx_entropy"], f["box_slope"] = approximate_entropy(x), box_slope(x)
    d, d2 = np.diff(x), np.diff(x, n=2)
    f["diff_abs"] = f["range_diff_abs"] = np.mean(np.abs(d))
    f["diff_std"], f["diff_var"], f["diff_skew"], f["diff_kurt"] = np.std(d), np.var(d), stats.skew(d), stats.kurtosis(d)
    f["diff2_abs"], f["diff2_std"] = np.mean(np.abs(d2)), np.std(d2)
    for s in (2, 4, 8):
        f[f"decimated_var_{s}"] = np.var(x[::s])
        f[f"rs_in_{s}"] = np.mean([rescaled(p) for p in pieces(x, n // s)])
    even, odd = x[: n // 2 * 2 : 2], x[1 : n // 2 * 2 : 2]
    f["haar_approx_var"] = np.var((even + odd) / np.sqrt(2))
    f["haar_detail_var"] = np.var((even - odd) / np.sqrt(2))
    f["haar_detail_abs"] = np.mean(np.abs(even - odd) / np.sqrt(2))
    f["rs_total"], f["range"], f["range_std"] = rescaled(x), np.ptp(x), np.ptp(x) / np.std(x)
    return f


def spectrum(f, x, n):
    full = np.abs(np.fft.fft(x))
    f["fft_mean"], f["fft_std"], f["fft_max"], f["fft_argmax"] = np.mean(full), np.std(full), np.max(full), np.argmax(full) / n
    bins = np.arange((n + 1) // 2)  # those below n/2
    amplitude, freq = full[bins], bins / n
    power = amplitude**2
    p = power / np.sum(power)
    for i, (a, b) in enumerate([(0, n // 16), (n // 16, n // 8), (n // 8, n // 4), (n // 4, len(bins))]):
        f[f"fft_band_{i}"] = np.sum(p[a:b])
    for i in range(3):
        f[f"fft_quarter_{i}"] = np.sum(p[i * n // 8 : (i + 1) * n // 8])
    f["fft_slope"], f["fft_intercept"] = np.polyfit(np.log(freq[1:]), np.log(power[1:]), 1)
    f["fft_amplitude_slope"] = np.polyfit(np.log(freq[1:]), np.log(amplitude[1:]), 1)[0]
    f["fft_centroid"] = np.sum(freq * p)
    f["fft_amplitude_centroid"] = np.sum(freq * amplitude) / np.sum(amplitude)
    f["fft_spread"] = np.sqrt(np.sum((freq - f["fft_centroid"]) ** 2 * p))
    f["fft_entropy"] = stats.entropy(p)
    f["fft_dominant"], f["fft_dominant_power"] = freq[np.argmax(power)], np.max(power)
    f["fft_rolloff"] = freq[np.argmax(np.cumsum(p) >= 0.95)]


def fgn(n, h, rng):
    k = np.arange(n)
    gamma = 0.5 * (np.abs(k + 1) ** (2 * h) - 2 * k ** (2 * h) + np.abs(k - 1) ** (2 * h))
    return np.linalg.cholesky(gamma[np.abs(k[:, None] - k[None, :])]) @ rng.standard_normal(n)


def main():
    rng = np.random.default_rng(11)
    series = {
        "noise 500": 3 + 2 * fgn(500, 0.7, rng),
        "walk 300": 40 + 0.01 * np.cumsum(rng.standard_normal(300)),
        "skewed 64": -0.5 + np.exp(rng.standard_normal(64)),
        "odd 323": 0.1 * fgn(323, 0.3, rng) + 0.05,
    }
    out = []
    for name, x in series.items():
        x = np.round(x, 9)
        out.append({"name": name, "x": list(x), "features": {k: float(v) for k, v in everything(x).items()}})
    with open("reference.json", "w") as f:
        json.dump(out, f, indent=0)
        f.write("\n")


main()
