"""Runs exported networks with onnxruntime and compares them with the native engine.

    pip install onnxruntime onnx numpy
    cases=$(mktemp -d)
    go test ./pkg/onnx -run TestWrite -args -write "$cases"
    python pkg/onnx/testdata/check.py "$cases"

A network passes where every output is within TOLERANCE of the native engine's, relative to the
largest of that batch: sums of float32 in another order round so.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

TOLERANCE = 1e-4


def session(path):
    """The model, checked against ONNX's own rules, shapes included, ready to run."""
    onnx.checker.check_model(str(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def difference(run, folder, case):
    """The largest difference between the outputs, relative to the largest output."""
    x = np.fromfile(folder / case["input"], dtype="<f4").reshape(case["shape"])
    want = np.fromfile(folder / case["output"], dtype="<f4").reshape(-1, case["width"])
    (got,) = run.run(None, {run.get_inputs()[0].name: x})
    if got.shape != want.shape or not np.isfinite(got).all():
        return float("inf")
    return float(np.abs(got - want).max() / max(np.abs(want).max(), 1e-3))


def main(folder):
    cases = json.loads((folder / "index.json").read_text())
    sessions, failed, worst = {}, 0, (0.0, "")
    for case in cases:
        if case["model"] not in sessions:
            sessions[case["model"]] = session(folder / case["model"])
        d = difference(sessions[case["model"]], folder, case)
        worst = max(worst, (d, case["name"]))
        if not d <= TOLERANCE:
            failed += 1
            print(f"FAIL {case['name']} {case['shape']}: {d:.2g}")
    print(f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}: {len(sessions)} networks,"
          f" {len(cases)} batches, {failed} fail; the worst is {worst[0]:.2g} ({worst[1]})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
