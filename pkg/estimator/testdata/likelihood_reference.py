"""Writes likelihood.json: spectra, expected periodograms and exact likelihoods by dense matrices.

python3 testdata/likelihood_reference.py > testdata/likelihood.json
(numpy 1.x or 2.x, scipy 1.x, mpmath)
"""

import json
import sys

import mpmath
import numpy as np
from scipy.linalg import toeplitz


def fgn(h, n):
    """Autocovariances in 50 digits, rounded once."""
    mpmath.mp.dps = 50
    a = 2 * mpmath.mpf(h)
    g = [(mpmath.mpf(k + 1) ** a - 2 * mpmath.mpf(k) ** a + mpmath.mpf(abs(k - 1)) ** a) / 2 for k in range(n)]
    return np.array([float(v) for v in g])


def arfima(h, n):
    """Γ(k+d) Γ(1-d) / (Γ(k+1-d) Γ(d)), in logarithms."""
    mpmath.mp.dps = 50
    d = mpmath.mpf(h) - mpmath.mpf(1) / 2
    g = [mpmath.gammaprod([k + d, 1 - d], [k + 1 - d, d]) if k else mpmath.mpf(1) for k in range(n)]
    return np.array([float(v) for v in g])


def waves(n):
    j = np.arange(1, n // 2 + 1)
    return np.exp(-2j * np.pi * np.outer(j, np.arange(n)) / n)


def expected(sigma):
    """E |Σ x exp(-iλt)|²/n at 2πj/n, j = 1 … n/2."""
    w = waves(len(sigma))
    return np.einsum("jt,ts,js->j", w, sigma, w.conj()).real / len(sigma)


def straight(n):
    """The matrix that takes the line of least squares out of a series."""
    x = np.vander(np.arange(n) - (n - 1) / 2, 2)
    return np.eye(n) - x @ np.linalg.pinv(x)


def walk(h, n):
    """Covariance of fBm at 1 … n."""
    t = np.arange(1, n + 1.0)
    p = 2 * h
    return (t[:, None] ** p + t[None, :] ** p - np.abs(t[:, None] - t[None, :]) ** p) / 2


def spectrum(h, frequency):
    """Σ_j |λ + 2πj|^(-2H-1), by Hurwitz's zeta function in 30 digits."""
    mpmath.mp.dps = 30
    s, u = 2 * mpmath.mpf(h) + 1, mpmath.mpf(frequency) / (2 * mpmath.pi)
    return float((2 * mpmath.pi) ** -s * (mpmath.zeta(s, u) + mpmath.zeta(s, 1 - u)))


def gaussian(x, gamma):
    """Log likelihood with the best mean and scale, and that of the differences, up to constants."""
    n = len(x)
    sigma = toeplitz(gamma)
    one = np.ones(n)
    inverse = np.linalg.inv(sigma)
    ones = one @ inverse @ one
    mean = one @ inverse @ x / ones
    square = (x - mean) @ inverse @ (x - mean)
    det = np.linalg.slogdet(sigma)[1]
    full = -n / 2 * np.log(square) - det / 2
    return full, -(n - 1) / 2 * np.log(square) - det / 2 - np.log(ones) / 2


def posterior(x, low, high):
    """Mean, sd and quantiles of H under a uniform prior, on a grid of 20,001 by the trapezoid rule."""
    n = len(x)
    power = np.abs(np.fft.rfft(x)[1:]) ** 2
    weight = np.ones(len(power))
    if n % 2 == 0:
        weight[-1] = 0.5
    m = weight.sum()
    grid = np.linspace(low, high, 401)
    logs = []
    for v in grid:
        f = expected(toeplitz(fgn(v, n)))
        logs.append(-m * np.log((weight * power / f).sum()) - (weight * np.log(f)).sum())
    from scipy.interpolate import CubicSpline

    fine = np.linspace(low, high, 20001)
    logs = CubicSpline(grid, logs)(fine)
    p = np.exp(logs - logs.max())
    cdf = np.concatenate([[0], np.cumsum((p[1:] + p[:-1]) / 2)])
    cdf /= cdf[-1]
    p /= p.sum()
    mean = (fine * p).sum()
    return [mean, np.sqrt((fine**2 * p).sum() - mean**2)] + list(np.interp([0.025, 0.5, 0.975], cdf, fine))


def series(n):
    """A series that any program can make: a linear congruence through a short moving sum."""
    state, values = 12345, []
    for _ in range(n):
        state = (1103515245 * state + 12345) % 2**31
        values.append(state / 2**31 - 0.5)
    x = np.array(values)
    return x + 0.5 * np.roll(x, 1) + 0.25 * np.roll(x, 2)


def main():
    out = {"spectrum": [], "expected": [], "gaussian": [], "posterior": []}
    for h in (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
        frequencies = [1e-5, 0.01, 0.1, 1.0, 2.0, 3.14159]
        out["spectrum"].append({"h": h, "frequency": frequencies, "f": [spectrum(h, v) for v in frequencies]})
    for n in (16, 63):
        for h in (0.05, 0.3, 0.7, 0.95):
            p = straight(n)
            out["expected"].append(
                {
                    "h": h,
                    "n": n,
                    "noise": list(expected(toeplitz(fgn(h, n)))),
                    "arfima": list(expected(toeplitz(arfima(h, n)))),
                    "walk": list(expected(walk(h, n))),
                    "noise_straight": list(expected(p @ toeplitz(fgn(h, n)) @ p)),
                    "walk_straight": list(expected(p @ walk(h, n) @ p)),
                }
            )
    for h in (0.05, 0.3, 0.7, 0.95):
        for n in (2, 7, 100):
            x = series(n)
            out["gaussian"].append(
                {"h": h, "n": n, "noise": gaussian(x, fgn(h, n)), "arfima": gaussian(x, arfima(h, n))}
            )
    for n, low, high in ((64, 0.001, 0.999), (65, 0.1, 0.9), (100, 0.3, 0.6)):
        out["posterior"].append({"n": n, "from": low, "to": high, "want": posterior(series(n), low, high)})
    json.dump(out, sys.stdout)
    sys.stdout.write("\n")


main()
