"""Writes arfima.json: python3 reference.py (mpmath 1.3.0, statsmodels 0.15.0; half a minute).

Autocorrelations of ARFIMA processes, by ways that share nothing with the Go code: for d = 0 those of
statsmodels.tsa.arima_process.arma_acovf; for no ar and no ma the gamma functions of Hosking 1981; for
the others the integral of the spectrum times a cosine, by tanh-sinh quadrature in 30 digits.
"""

import json
import pathlib

from mpmath import cos, expjpi, gamma, mp, mpf, pi, quad, sin
from statsmodels.tsa.arima_process import arma_acovf

mp.dps = 30


def by_gamma(d, k):
    d = mpf(d)
    return gamma(1 - d) / gamma(d) * gamma(k + d) / gamma(k + 1 - d)


def by_spectrum(d, ar, ma, lags):
    d = mpf(d)

    def spectrum(w):
        z = expjpi(-w / pi)
        above = abs(1 + sum(mpf(c) * z ** (i + 1) for i, c in enumerate(ma))) ** 2
        below = abs(1 - sum(mpf(c) * z ** (i + 1) for i, c in enumerate(ar))) ** 2
        return above / below * (2 * sin(w / 2)) ** (-2 * d)

    def integral(k):
        # w = u^4: the pole at 0 is gone for all d below 1/2 that are used here.
        top = pi ** mpf("0.25")
        cuts = [top * (mpf(i) / 12) for i in range(13)]
        return quad(lambda u: spectrum(u**4) * cos(k * u**4) * 4 * u**3, cuts)

    zero = integral(0)
    return [integral(k) / zero for k in lags]


cases = []
for d in [-0.489, -0.3, 0.1, 0.4, 0.489]:
    lags = [1, 2, 10, 1000, 100_000, 1_000_000]
    cases.append(dict(d=d, ar=[], ma=[], lags=lags, want=[float(by_gamma(d, k)) for k in lags]))
for ar, ma in [([0.5], []), ([], [0.4, -0.3]), ([1.2, -0.5], [0.7]), ([0.99], [-0.6]), ([0.2, 0.1, -0.1, 0.3], [0.5, 0.2, 0.1])]:
    lags = [1, 2, 3, 10, 40]
    acov = arma_acovf([1] + [-c for c in ar], [1] + ma, 41)
    cases.append(dict(d=0.0, ar=ar, ma=ma, lags=lags, want=[acov[k] / acov[0] for k in lags]))
for d, ar, ma in [
    (0.3, [0.5], []),
    (-0.3, [], [-0.5]),
    (0.45, [-0.7], [0.4]),
    (-0.45, [1.2, -0.5], [0.3, 0.2]),
    (0.2, [0.4, 0.1, -0.2, 0.05, 0.1, -0.1, 0.05, 0.1], [0.3, -0.2, 0.1, 0.05, 0.02, 0.03, -0.1, 0.2]),
]:
    lags = [1, 2, 3, 10, 40]
    cases.append(dict(d=d, ar=ar, ma=ma, lags=lags, want=[float(v) for v in by_spectrum(d, ar, ma, lags)]))

out = pathlib.Path(__file__).parent / "arfima.json"
out.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
