"""Writes reference.json: transforms by PyWavelets 1.8.0 and numpy 2.4, for wavelet_test.go.

Run: python3 reference.py > reference.json
"""
import json

import numpy as np
import pywt

MODES = {"periodic": "periodization", "symmetric": "symmetric", "zero": "zero"}


def series(n):
    t = np.arange(n)
    return np.sin(t * t / 7.0) + t / 10.0


def discrete():
    for name, n, level in [("haar", 37, 5), ("db2", 37, 3), ("db3", 64, 3), ("db4", 53, 2), ("db10", 80, 2),
                           ("sym4", 61, 3), ("sym5", 61, 2), ("sym8", 70, 2)]:
        for mode in MODES:
            c = pywt.wavedec(series(n), name, mode=MODES[mode], level=level)
            yield {"wavelet": name, "mode": mode, "n": n, "levels": level,
                   "sizes": [len(v) for v in c], "coefficients": np.concatenate(c).tolist()}


def stationary():
    """Undecimated details inside the series: the convolutions that make them, written out."""
    for name, n, level in [("haar", 40, 3), ("db2", 50, 3)]:
        w = pywt.Wavelet(name)
        a, details = series(n), []
        for j in range(level):
            up = lambda f: np.concatenate([[v] + [0.0] * (2**j - 1) for v in f])[:(len(f) - 1) * 2**j + 1]
            details.append(np.correlate(a, up(w.rec_hi), "valid").tolist())
            a = np.correlate(a, up(w.rec_lo), "valid")
        yield {"wavelet": name, "n": n, "details": details}


def continuous():
    """The sum of the definition, with the textbook wavelets of pywt's documentation."""
    n = 60
    x, t = series(n), np.arange(n)
    u = t[None, :] - t[:, None]
    for mother in ("ricker", "morlet"):
        for a in ([2.0, 3.3, 8.0] if mother == "ricker" else [4.0, 7.0]):
            v = u / a
            if mother == "ricker":
                psi = 2 / (np.sqrt(3) * np.pi**0.25) * (1 - v**2) * np.exp(-(v**2) / 2)
            else:
                psi = np.pi**-0.25 * np.exp(-6j * v - v**2 / 2)
            w = psi @ x / np.sqrt(a)
            yield {"mother": mother, "n": n, "scale": a, "re": np.real(w).tolist(), "im": np.imag(w).tolist()}


json.dump({
    "filters": {n: pywt.Wavelet(n).rec_lo for n in
                ["haar"] + ["db%d" % i for i in range(1, 11)] + ["sym%d" % i for i in range(2, 11)]},
    "levels": [[n, name, pywt.dwt_max_level(n, name)] for n in (4, 7, 63, 64, 65, 1000, 1024)
               for name in ("haar", "db2", "db4", "db10")],
    "discrete": list(discrete()), "stationary": list(stationary()), "continuous": list(continuous()),
}, fp=__import__("sys").stdout, separators=(",", ":"))
print()
