"""Reference values of the spectral estimators for the Nile's yearly minima (../../../testdata/nile_min.csv),
written to spectral.json. Run in this directory with numpy 2.4 and scipy 1.17: python3 spectral_reference.py"""

import json

import numpy as np
from scipy import optimize

x = np.genfromtxt("../../../testdata/nile_min.csv", delimiter=",", skip_header=1)[:, -1]
n = len(x)
x = (x - x.mean()) / x.std()
power = np.abs(np.fft.rfft(x)[1 : (n - 1) // 2 + 1]) ** 2 / n
lam = 2 * np.pi * np.arange(1, len(power) + 1) / n


def regression(regressor, m):
    """H and its standard error from the slope of the log periodogram."""
    X, y = regressor[:m], np.log(power[:m])
    slope = np.polyfit(X, y, 1)[0]
    se = np.pi / np.sqrt(6) / np.sqrt(((X - X.mean()) ** 2).sum())
    return (1 - slope) / 2, se / 2


def local_whittle(m):
    lw, pw = np.log(lam[:m]), power[:m]
    r = lambda d: np.log(np.mean(np.exp(2 * d * lw) * pw)) - 2 * d * lw.mean()
    d = optimize.minimize_scalar(r, bounds=(-1, 1), method="bounded", options={"xatol": 1e-10}).x
    return d + 0.5, 1 / (2 * np.sqrt(((lw - lw.mean()) ** 2).sum()))


def exact_local_whittle(m):
    lw = np.log(lam[:m])

    def r(d):
        filt = np.cumprod(np.concatenate([[1.0], (np.arange(n - 1) - d) / np.arange(1, n)]))
        y = np.convolve(filt, x)[:n]
        p = np.abs(np.fft.rfft(y)[1 : m + 1]) ** 2 / n
        return np.log(p.mean()) - 2 * d * lw.mean()

    return optimize.minimize_scalar(r, bounds=(-0.75, 0.75), method="bounded", options={"xatol": 1e-8}).x + 0.5


def modified_local_whittle(m):
    l, pw = np.log(lam[:m]), power[:m]

    def r(p):
        f = np.exp(-2 * p[0] * l) + np.exp(p[1]) * np.exp(-2 * l) / n
        return np.log(np.mean(pw / f)) + np.log(f).mean()

    starts = [(d, t) for d in (-0.2, 0.0, 0.2, 0.4) for t in (-8, -4, 0, 4)]
    fits = [optimize.minimize(r, s, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 4000}) for s in starts]
    best = min(fits, key=lambda f: f.fun)
    return best.x[0] + 0.5, float(best.fun)


out = {}
out["periodogram"] = regression(np.log(lam), int(0.1 * n / 2))
out["periodogram-all"] = regression(np.log(lam), len(power))
out["gph"] = regression(np.log(2 * np.sin(lam / 2)), int(n**0.5))
out["gph-0.7"] = regression(np.log(2 * np.sin(lam / 2)), int(n**0.7))
out["local-whittle"] = local_whittle(int(n**0.65))
out["elw"] = (exact_local_whittle(int(n**0.65)), local_whittle(int(n**0.65))[1])
out["mlw"] = (modified_local_whittle(int(n**0.7))[0], 0)
json.dump({k: {"h": round(v[0], 9), "se": round(v[1], 9)} for k, v in out.items()}, open("spectral.json", "w"), indent=1)
