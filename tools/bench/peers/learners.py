"""Fits scikit-learn's learners to the data that the command learners left in a folder, one core, and prints a
table beside Hurst's results: ratio 3.0x means that Hurst takes a third of the time.

    python3 learners.py FOLDER

Times are those of the processor, of which others' work takes nothing.
"""

import json
import os
import sys
import time

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import numpy as np  # noqa: E402  (it reads the variables above when imported)
import sklearn  # noqa: E402
from sklearn.compose import TransformedTargetRegressor  # noqa: E402
from sklearn.ensemble import (  # noqa: E402
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.kernel_approximation import Nystroem  # noqa: E402
from sklearn.kernel_ridge import KernelRidge  # noqa: E402
from sklearn.linear_model import Ridge  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.svm import SVR  # noqa: E402

SLOW = 60  # seconds that a fit may be expected to take


def peers(rows, columns):
    """Hurst's name, the peer's, how to make it, and seconds a fit takes for 1000 rows, about, at 20000."""
    def hist(**kw):
        return lambda: HistGradientBoostingRegressor(early_stopping=False, **kw)

    yield "boost leaves=31", "HistGradientBoosting", hist(), 0.1
    yield "boost depth=3", "HistGradientBoosting", hist(max_depth=3, max_leaf_nodes=None, min_samples_leaf=1), 0.1
    yield "boost depth=3", "GradientBoosting", lambda: GradientBoostingRegressor(random_state=1), 1.7
    yield "forest sqrt", "RandomForest", lambda: RandomForestRegressor(max_features="sqrt", random_state=1), 1
    yield "forest all", "RandomForest", lambda: RandomForestRegressor(random_state=1), 4
    yield "extra", "ExtraTrees", lambda: ExtraTreesRegressor(random_state=1), 1.5

    def scaled(model):  # as Hurst's standardise
        return lambda: make_pipeline(StandardScaler(), model())

    def centred(model):
        return lambda: TransformedTargetRegressor(scaled(model)(), transformer=StandardScaler(with_std=False))

    yield "svr rbf", "SVR", scaled(SVR), 0.1
    yield "svr rbf eps=.01", "SVR", scaled(lambda: SVR(epsilon=0.01)), 7
    yield "svr linear", "SVR", scaled(lambda: SVR(kernel="linear")), 0.2
    yield "svr poly", "SVR", scaled(lambda: SVR(kernel="poly")), 0.5
    alpha = 1e-3 * rows  # Hurst's lambda is a row's part
    gamma = 1 / columns
    yield "kernel ridge", "KernelRidge", centred(lambda: KernelRidge(alpha=alpha, kernel="rbf", gamma=gamma)), 1
    yield "kernel landmarks", "Nystroem and Ridge", centred(lambda: make_pipeline(
        Nystroem(gamma=gamma, n_components=1000, random_state=1), Ridge(alpha=alpha, fit_intercept=False))), 0.5


def clocked(work):
    start = time.process_time()
    out = work()
    return time.process_time() - start, out


def main(folder):
    load = lambda name: np.fromfile(os.path.join(folder, name + ".f64"))
    y, yt = load("y"), load("yt")
    x, xt = load("x").reshape(len(y), -1), load("xt").reshape(len(yt), -1)
    with open(os.path.join(folder, "hurst.json")) as f:
        ours = {r["name"]: r for r in json.load(f)}
    print(f"{len(y)} rows of {x.shape[1]}, scikit-learn {sklearn.__version__}, numpy {np.__version__}")
    print(f"{'':18}{'peer':22}{'fit s':>16}{'single us':>20}{'batch us/row':>18}{'RMSE':>18}")
    for name, peer, make, cost in peers(*x.shape):
        if name not in ours or cost * len(y) / 1000 > SLOW:
            continue
        r = ours[name]
        fit, m = min((clocked(lambda: make().fit(x, y)) for _ in range(2 if cost < 1 else 1)), key=lambda p: p[0])
        batch = min(clocked(lambda: m.predict(xt))[0] for _ in range(5)) / len(yt)
        single = min(clocked(lambda: [m.predict(xt[i:i + 1]) for i in range(10)])[0] for _ in range(3)) / 10
        rmse = np.sqrt(np.mean((m.predict(xt) - yt) ** 2))

        def column(mine, theirs, unit, form):
            return f"{mine / unit:{form}} {theirs / unit:{form}} {theirs / mine:5.1f}x"
        print(f"{name:18}{peer:22}{column(r['fit'], fit, 1, '.3f'):>18}{column(r['single'], single, 1e-6, '.1f'):>20}"
              f"{column(r['batch'], batch, 1e-6, '.2f'):>18}  {r['rmse']:.5f} {rmse:.5f}", flush=True)


main(sys.argv[1])
