"""Writes reference.json, which rescaled_test.go compares with. Run: python3 reference.py"""
import json
import numpy as np
from scipy import special
from statsmodels.regression.linear_model import burg
from statsmodels.tsa.stattools import pacf_burg
from statsmodels.stats.diagnostic import acorr_ljungbox

rng = np.random.default_rng(11)
e = rng.standard_normal(400)
x = np.zeros(400)
for t in range(2, 400):
    x[t] = 0.5 * x[t - 1] - 0.2 * x[t - 2] + e[t]
x = np.round(x[100:], 6)
n = len(x)

def statistic(q):
    y = x - x.mean()
    gamma = [np.dot(y[k:], y[:n - k]) / n for k in range(q + 1)]
    s2 = gamma[0] + 2 * sum((1 - k / (q + 1)) * gamma[k] for k in range(1, q + 1))
    s = np.cumsum(y)
    return {"Lags": q, "Variance": float(np.var(s) / (n * s2)),
            "Range": float((max(s.max(), 0) - min(s.min(), 0)) / np.sqrt(n * s2))}

def kuiper(v):  # the tail as a sum of many terms; scipy has no such function
    k = np.arange(1, 2000.0)
    return float(np.sum(2 * (4 * k**2 * v**2 - 1) * np.exp(-2 * k**2 * v**2)))

def fit(p):
    coefficients, _ = burg(x, order=p)
    partial, _ = pacf_burg(x, nlags=p)
    variance = np.var(x) * np.prod(1 - partial[1:] ** 2)
    return {"Order": p, "Coefficients": list(map(float, coefficients)), "Variance": float(variance)}

lb = acorr_ljungbox(x, lags=[10])
print(json.dumps({
    "Series": list(x),
    "Kolmogorov": [{"V": v, "Tail": float(special.kolmogorov(np.pi * np.sqrt(v)))} for v in (0.012, 0.03, 0.05, 0.1, 0.1869, 0.3, 1.0)],
    "Kuiper": [{"V": v, "Tail": kuiper(v)} for v in (0.6, 0.861, 1.0, 1.4, 1.747, 2.0, 3.0)],
    "Statistic": [statistic(q) for q in (0, 1, 5, 30)],
    "Burg": [fit(p) for p in (1, 2, 5, 8)],
    "LjungBox": {"Lags": 10, "Q": float(lb.lb_stat.iloc[0]), "P": float(lb.lb_pvalue.iloc[0])},
}), file=open("reference.json", "w"))
