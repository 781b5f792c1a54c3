"""Predictions and objectives of scikit-learn's SVR, written to reference.json.

Run as: python3 reference.py   (scikit-learn 1.9.1, numpy 2.x)
"""
import json

import numpy as np
from sklearn.svm import SVR

rng = np.random.default_rng(1)
x = rng.normal(size=(150, 4)) * [1, 10, 0.1, 5] + [0, 3, -1, 100]
z = (x - x.mean(0)) / x.std(0)
y = np.sin(z[:, 0]) + 0.5 * z[:, 1] * z[:, 2] + 0.1 * rng.normal(size=150)
test = x + rng.normal(size=x.shape) * x.std(0) * 0.3
cases = []
for kernel, C, epsilon, gamma, coef0, degree in [
    ("rbf", 1, 0.1, 0.25, 0, 3),
    ("rbf", 100, 0.01, 0.1, 0, 3),
    ("rbf", 0.05, 0.3, 1.0, 0, 3),
    ("rbf", 10, 0, 0.25, 0, 3),
    ("linear", 1, 0.1, 1, 0, 3),
    ("poly", 1, 0.1, 0.25, 1, 3),
    ("poly", 0.5, 0.05, 0.25, 1, 2),
    ("sigmoid", 0.2, 0.1, 0.02, -1, 3),
]:
    m = SVR(kernel=kernel, C=C, epsilon=epsilon, gamma=gamma, coef0=coef0, degree=degree, tol=1e-6, cache_size=100)
    m.fit(z, y)
    p = m.predict((test - x.mean(0)) / x.std(0))
    beta = np.zeros(len(y))
    beta[m.support_] = m.dual_coef_[0]
    f = m.predict(z) - m.intercept_[0]
    objective = 0.5 * beta @ f - y @ beta + epsilon * np.abs(beta).sum()
    cases.append(dict(kernel=kernel, c=C, epsilon=epsilon, gamma=gamma, coef0=coef0, degree=degree,
                      predictions=p.tolist(), objective=float(objective), bias=float(m.intercept_[0]), vectors=len(m.support_)))
json.dump(dict(x=x.ravel().tolist(), y=y.tolist(), test=test.ravel().tolist(), cases=cases), open("reference.json", "w"))
