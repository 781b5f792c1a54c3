"""Writes stable.json: distribution functions of symmetric stable laws of scale one.

python3 stable.py, with scipy 1.17.1 (scipy.stats.levy_stable, Nolan's integrals).
"""

import json

from scipy.stats import levy_stable

points = [0.05, 0.2, 0.5, 1, 2, 5, 20, 100]
rows = []
for alpha in (0.6, 1, 1.3, 1.7, 1.9, 2):
    cdf = [float(levy_stable.cdf(x, alpha, 0)) for x in points]
    rows.append({"alpha": alpha, "x": points, "cdf": cdf})
with open("stable.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
