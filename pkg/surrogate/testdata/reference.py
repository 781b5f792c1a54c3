"""Writes autoregression.json: a series, and for some orders the coefficients and the innovations'
deviation of Yule and Walker's equations, by statsmodels.regression.linear_model.yule_walker with
method="mle" (divisor n), which solves a Toeplitz system and does not recur.

python3 reference.py (statsmodels 0.15.0, numpy 2.4.6)
"""

import json

import numpy as np
from statsmodels.regression.linear_model import yule_walker

rng = np.random.default_rng(1)
e = rng.normal(size=300)
x = np.zeros(300)
for t in range(300):
    x[t] = 1.2 * x[t - 1] - 0.6 * x[t - 2] + e[t] if t > 1 else e[t]
x = np.round(10 + 3 * x[100:], 6)
models = []
for order in (1, 2, 5, 20):
    rho, sigma = yule_walker(x, order=order, method="mle", demean=True, result_object=False)
    models.append({"order": order, "coefficients": rho.tolist(), "deviation": float(sigma)})
with open("autoregression.json", "w") as f:
    json.dump({"series": x.tolist(), "models": models}, f, indent=1)
    f.write("\n")
