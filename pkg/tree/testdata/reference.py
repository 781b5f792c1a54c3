"""Writes reference.json: errors of scikit-learn 1.9.1's trees (numpy 2.4) on data that both sides make from
the same whole numbers, for reference_test.go.

Run: python3 reference.py > reference.json
"""
import json

import numpy as np
from sklearn.ensemble import (ExtraTreesRegressor, GradientBoostingRegressor, HistGradientBoostingRegressor,
                              RandomForestRegressor)

COLS = 12
MASK = 0xFFFFFFFFFFFFFFFF


def uniforms(state, count):
    """SplitMix64's numbers (Steele, Lea, Flood, OOPSLA 2014) within [0, 1)."""
    out = []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        out.append(((z ^ (z >> 31)) >> 11) / 2.0**53)
    return np.array(out)


def data(seed, rows):
    """Friedman's first function (Annals of Statistics 19, 1991) of five inputs, noise, and seven idle ones."""
    u = uniforms(seed, rows * (COLS + 1)).reshape(rows, COLS + 1)
    x, noise = u[:, :COLS], u[:, COLS]
    y = (10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
         + 4 * (noise - 0.5))
    return x, y


def main():
    x, y = data(1, 1000)
    xt, yt = data(2, 2000)

    def hist(**kw):
        return HistGradientBoostingRegressor(early_stopping=False, **kw)

    models = {
        "boost": lambda s: hist(),
        "boost l2": lambda s: hist(l2_regularization=5.0),
        "boost absolute": lambda s: hist(loss="absolute_error"),
        "boost depth 3": lambda s: GradientBoostingRegressor(random_state=s),
        "boost half": lambda s: GradientBoostingRegressor(subsample=0.5, random_state=s),
        "forest": lambda s: RandomForestRegressor(max_features="sqrt", random_state=s),
        "forest all": lambda s: RandomForestRegressor(random_state=s),
        "forest leaf": lambda s: RandomForestRegressor(min_samples_leaf=5, max_depth=7, random_state=s),
        "extra": lambda s: ExtraTreesRegressor(random_state=s),
        "extra log2": lambda s: ExtraTreesRegressor(max_features="log2", random_state=s),
    }
    out = {"first": [float(v) for v in [x[0, 0], x[0, 11], y[0], xt[1999, 11], yt[1999]]], "rmse": {}, "mae": {}}
    for name, make in models.items():
        e = [make(seed).fit(x, y).predict(xt) - yt for seed in range(3)]
        out["rmse"][name] = round(float(np.mean([np.sqrt(np.mean(v * v)) for v in e])), 5)
        out["mae"][name] = round(float(np.mean([np.mean(abs(v)) for v in e])), 5)
    print(json.dumps(out, indent=1))


main()
