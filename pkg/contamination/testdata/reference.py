"""Writes quantiles.json: rows of (distribution, parameter, z, x) where x is as likely to be exceeded
as z is by a standard normal value.

Student's t: scipy.stats.t.isf. Symmetric alpha-stable: the tail of x by mpmath's quadosc over the
characteristic function, P(X > x) = 1/2 - 1/pi int sin(xt)/t exp(-t^alpha) dt, in 40 digits, and z by
mpmath's erfinv of it (below x = 1 its power series, where quadosc is slow): another route than Nolan's integrals.

python3 reference.py (scipy 1.17.1, mpmath 1.3.0)
"""

import json

import mpmath as mp
from scipy import stats

mp.mp.dps = 40
rows = []
for df in (1, 1.5, 2, 3, 5, 30, 1000):
    for z in (1e-3, 0.1, 0.5, 1, 2, 3.3, 5, 7.7):
        rows.append(["student", df, z, float(stats.t.isf(stats.norm.sf(z), df))])
for alpha in (1.1, 1.3, 1.5, 1.7, 1.9, 1.99, 2):
    for x in (0.01, 0.3, 1, 2.5, 5, 8, 12, 60, 1000):
        if alpha == 2 and x > 10:
            continue
        a, xx = mp.mpf(str(alpha)), mp.mpf(str(x))
        if x > 1:
            integral = mp.quadosc(lambda t: mp.sin(xx * t) / t * mp.exp(-(t**a)), [0, mp.inf], omega=xx)
        else:
            terms = ((-1) ** k * mp.gamma((2 * k + 1) / a) / mp.factorial(2 * k + 1) * xx ** (2 * k + 1) for k in range(400))
            integral = mp.fsum(terms) / a
        tail = mp.mpf(1) / 2 - integral / mp.pi
        z = mp.sqrt(2) * mp.erfinv(1 - 2 * tail)
        rows.append(["stable", alpha, float(z), x])
with open("quantiles.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
