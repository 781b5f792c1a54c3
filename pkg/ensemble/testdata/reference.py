"""Non-negative least squares by scipy, of predictions that resemble each other, written to
reference.json.

Run as: python3 reference.py   (scipy 1.17.1, numpy 2.x)
"""
import json

import numpy as np
from scipy.optimize import minimize, nnls

rng = np.random.default_rng(3)
rows, members = 200, 8
y = rng.uniform(0.1, 0.9, rows)
common = 0.02 * rng.normal(size=rows)
bias = 0.01 * rng.normal(size=members)
noise = rng.normal(size=(rows, members)) * np.linspace(0.01, 0.05, members)
p = np.round(y[:, None] + common[:, None] + bias + noise, 9)
y = np.round(y, 9)

mean, middle = p.mean(0), y.mean()
free, _ = nnls(p - mean, y - middle, maxiter=1000)
errors = p - y[:, None]
simplex = minimize(lambda w: np.sum((errors @ w) ** 2), np.full(members, 1 / members),
                   jac=lambda w: 2 * errors.T @ (errors @ w), method="SLSQP", bounds=[(0, 1)] * members,
                   constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(members)},
                   options={"ftol": 1e-16, "maxiter": 1000})
assert simplex.success
json.dump(dict(p=p.ravel().tolist(), y=y.tolist(), members=members, nonNegative=free.tolist(),
               bias=float(middle - free @ mean), weighted=simplex.x.tolist()), open("reference.json", "w"))
