"""Answers networks.py's questions about PyTorch, one thread: a line of JSON in, a line out."""

import json
import os
import sys
import time
import warnings

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import numpy as np  # noqa: E402  (it reads the variables above when imported)
import torch  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from torch_networks import NETWORKS, load, tensors  # noqa: E402


def clocked(work, repeat):
    """Seconds on the wall for each of some runs, and of the processor for one of them on average."""
    wall, cpu = [], time.process_time()
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        wall.append(time.perf_counter() - start)
    return {"wall": wall, "cpu": (time.process_time() - cpu) / repeat}


def frozen(net, x):
    return torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, x)))


def compiled(net, x):
    return torch.compile(net)


COMPILERS = [frozen] + [compiled] * hasattr(torch, "compile")  # the second is PyTorch 2's


class Worker:
    def __init__(self, folder):
        self.folder = folder
        self.nets, self.optimisers, self.frozen = {}, {}, {}

    def read(self, name):
        return torch.from_numpy(np.fromfile(os.path.join(self.folder, name + ".f32"), dtype="<f4"))

    def hello(self, q):
        return {"version": torch.__version__, "cpu": torch.backends.cpu.get_cpu_capability() if hasattr(torch.backends, "cpu") else ""}

    def load(self, q):
        """Takes Hurst's weights and says how far its outputs and its gradient are from PyTorch's."""
        name, n = q["network"], q["n"]
        params, state, x, y = (self.read(f"{name}.{part}") for part in ("params", "state", "x", "y"))
        x = x.reshape(-1, n)
        net = NETWORKS[name](n, 0.0)
        load(net, params, q["shapes"], state)
        net.eval()
        with torch.inference_mode():
            apart = (net(x)[:, 0] - self.read(name + ".outputs")).abs().max().item()
        net.train()
        loss = F.mse_loss(net(x)[:, 0], y)
        loss.backward()
        theirs = tensors(net, self.read(name + ".gradient"), q["shapes"])
        squares = sum(((p.grad - t) ** 2).sum().item() for p, t in zip(net.ordered(), theirs))
        size = sum((p.grad ** 2).sum().item() for p in net.ordered())
        self.nets[name] = net = NETWORKS[name](n, 0.2)
        load(net, params, q["shapes"], state)
        self.optimisers[name] = torch.optim.Adam(net.parameters(), 1e-4)
        return {"outputs": apart, "gradient": (squares / size) ** 0.5, "parameters": sum(p.numel() for p in net.parameters())}

    def step(self, q):
        net, optimiser = self.nets[q["network"]], self.optimisers[q["network"]]
        x, y = torch.randn(q["rows"], q["n"]), torch.rand(q["rows"], 1)
        net.train()

        def work():
            optimiser.zero_grad()
            F.mse_loss(net(x), y).backward()
            optimiser.step()
        work()
        return clocked(work, q["repeat"])

    def predict(self, q):
        """The network as it is, or the quickest of what its compilers make of it, by their least times."""
        x = torch.randn(q["rows"], q["n"])
        net = self.nets[q["network"]].eval()
        best = None
        with torch.inference_mode():
            for run in self.compiled(q["network"], net, x) if q["compiled"] else [net]:
                r = clocked(lambda: run(x), q["repeat"])
                if best is None or min(r["wall"]) < min(best["wall"]):
                    best = r
        return best

    def compiled(self, name, net, x):
        """The network frozen by TorchScript, and, of PyTorch 2, compiled by its successor."""
        key = name, len(x)
        if key not in self.frozen:
            found = []
            for make in COMPILERS:
                try:
                    run = make(net, x)
                    for _ in range(3):  # they look at the first calls
                        run(x)
                    found.append(run)
                except Exception as e:  # what a compiler cannot do is no error here
                    print(f"{name}: {make.__name__}: {type(e).__name__}: left out", file=sys.stderr)
            self.frozen[key] = found or [net]
        return self.frozen[key]

    def job(self, q):
        """Trains on a set for so many epochs, looking at the validation error after each."""
        n, j = q["n"], q["job"]
        x, y = self.read("job.x").reshape(-1, n), self.read("job.y").reshape(-1, 1)
        k, test = j["training"], j["test"]
        torch.manual_seed(j["seed"])
        net = NETWORKS[q["network"]](n, j["dropout"])
        times = clocked(lambda: fit(net, x[:k], y[:k], x[k:-test], y[k:-test], j), 1)
        net.eval()
        with torch.inference_mode():
            return times | {"mae": (net(x[-test:]) - y[-test:]).abs().mean().item()}


def fit(net, x, y, xv, yv, j):
    """Adam, warm-up and cosine as in pkg/nn/train, with slices, flips and reversals of the series."""
    optimiser = torch.optim.AdamW(net.parameters(), j["rate"], weight_decay=0)
    per_epoch = len(x) // j["batch"]
    steps, best, kept, stale = j["epochs"] * per_epoch, float("inf"), None, 0
    for step in range(steps):
        if step % per_epoch == 0:
            order = torch.randperm(len(x))
        for group in optimiser.param_groups:
            group["lr"] = j["rate"] * rate(step, steps, j["warmup"])
        rows = order[step % per_epoch * j["batch"]:][:j["batch"]]
        optimiser.zero_grad()
        F.mse_loss(net(augmented(x[rows], j["slice"])), y[rows]).backward()
        optimiser.step()
        if (step + 1) % per_epoch == 0:
            net.eval()
            with torch.inference_mode():
                error = (net(xv) - yv).abs().mean().item()
            net.train()
            stale += 1
            if error < best:
                best, kept, stale = error, {k: v.clone() for k, v in net.state_dict().items()}, 0
            if stale >= j["patience"]:
                break
    net.load_state_dict(kept)


def rate(step, steps, warmup):
    if step < warmup:
        return (step + 1) / warmup
    return (1 + np.cos(np.pi * (step - warmup) / max(1, steps - warmup))) / 2


def augmented(x, part):
    """Slices of a random length, at least part of the series, turned round and over by chance."""
    points = int(x.shape[1] * (part + (1 - part) * torch.rand(()).item()))
    start = int(torch.randint(x.shape[1] - points + 1, ()))
    x = x[:, start:start + points] * (torch.randint(2, (len(x), 1)) * 2 - 1)
    if torch.rand(()) < 0.5:
        x = x.flip(1)
    x = x - x.mean(1, keepdim=True)
    return x / x.std(1, unbiased=False, keepdim=True)


def main(folder):
    warnings.simplefilter("ignore", FutureWarning)  # of names that newer versions will not have
    warnings.simplefilter("ignore", DeprecationWarning)
    torch.set_num_threads(1)
    worker = Worker(folder)
    for line in sys.stdin:
        q = json.loads(line)
        print(json.dumps(getattr(worker, q["do"])(q)), flush=True)


main(sys.argv[1])
