"""Writes fou.json: autocovariances of the stationary fractional Ornstein-Uhlenbeck process of unit variance.

python3 fou.py, with mpmath 1.3.0. They are the integral of the spectral density,
2 theta^2H sin(pi H)/pi * cos(kx) x^(1-2H) / (theta^2 + x^2) over x > 0 (Cheridito, Kawaguchi and
Maejima 2003, remark 2.4), which is written in incomplete gamma functions; some are integrated
numerically as well, to see that it is the same.
"""

import json

import mpmath as mp

mp.mp.dps = 40


def direct(h, theta, k):
    """The integral itself; x = y^5 takes the singularity at zero away."""
    f = lambda x: mp.cos(k * x) * x ** (1 - 2 * h) / (theta**2 + x**2)
    turn = mp.pi / (2 * k)
    first = mp.quad(lambda y: f(y**5) * 5 * y**4, mp.linspace(0, turn ** mp.mpf("0.2"), 4))
    return 2 * theta ** (2 * h) * mp.sin(mp.pi * h) / mp.pi * (first + mp.quadosc(f, [turn, mp.inf], omega=k))


def gamma(h, theta, k):
    """With s = theta k and a = 2h, over Gamma(a+1):
    (exp(-s) Gamma(a+1) + exp(s) Gamma(a+1, s) + exp(-s) int_0^s v^a exp(v) dv)/2 - s^a."""
    s, a = theta * k, 2 * h
    if k == 0:
        return mp.mpf(1)
    up = mp.exp(-s) * s ** (a + 1) / (a + 1) * mp.hyp1f1(a + 1, a + 2, s)
    both = mp.exp(-s) * mp.gamma(a + 1) + mp.exp(s) * mp.gammainc(a + 1, s) + up
    return (both / 2 - s**a) / mp.gamma(a + 1)


rows = []
for h in ("0.02", "0.1", "0.3", "0.5", "0.6", "0.75", "0.9", "0.98"):
    for theta in ("0.001", "0.03", "0.1", "1", "3", "10"):
        lags = [0, 1, 2, 3, 10, 15, 16, 17, 100, 1000]
        H, T = mp.mpf(h), mp.mpf(theta)
        values = [gamma(H, T, k) for k in lags]
        if theta == "1" and h in ("0.3", "0.5", "0.75"):
            for k, v in list(zip(lags, values))[1:5]:
                assert abs(direct(H, T, k) - v) < mp.mpf(10) ** -18, (h, k)
        rows.append({"h": float(h), "theta": float(theta), "lags": lags, "gamma": [float(mp.nstr(v, 18)) for v in values]})
with open("fou.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
