"""Predictions of scikit-learn's KernelRidge, written to reference.json.

Run as: python3 reference.py   (scikit-learn 1.9.1, numpy 2.x)
"""
import json

import numpy as np
from sklearn.kernel_ridge import KernelRidge

rng = np.random.default_rng(2)
rows = 300
x = np.round(rng.normal(size=(rows, 4)) * [1, 10, 0.1, 5] + [0, 3, -1, 100], 6)
mean, scale = x.mean(0), x.std(0)
z = (x - mean) / scale
y = np.round(5 + np.sin(z[:, 0]) + 0.5 * z[:, 1] * z[:, 2] + 0.1 * rng.normal(size=rows), 6)
test = np.round(x[:100] + rng.normal(size=(100, 4)) * scale * 0.3, 6)
zt = (test - mean) / scale
cases = []
for kernel, lam, gamma, coef0, degree in [
    ("rbf", 1e-1, 0.25, 0, 3),
    ("rbf", 1e-4, 0.25, 0, 3),
    ("rbf", 1e-6, 1.0, 0, 3),
    ("linear", 1e-3, 1, 0, 3),
    ("poly", 1e-3, 0.25, 1, 3),
    ("poly", 1e-2, 0.5, 0.5, 2),
]:
    m = KernelRidge(alpha=lam * rows, kernel=kernel, gamma=gamma, coef0=coef0, degree=degree)
    m.fit(z, y - y.mean())
    cases.append(dict(kernel=kernel, lam=lam, gamma=gamma, coef0=coef0, degree=degree,
                      predictions=(m.predict(zt) + y.mean()).tolist()))

json.dump(dict(x=x.ravel().tolist(), y=y.tolist(), test=test.ravel().tolist(), cases=cases),
          open("reference.json", "w"))
