"""Times Hurst's networks and PyTorch's on the same work, alternating, one thread each, and prints a
table: ratio 3.0x means that Hurst takes a third of the time. First it makes sure that both compute the
same: outputs from the same weights, and the gradient of a loss.

    python3 networks.py HURST [--rounds 5] [--only NETWORK]

HURST is the program of this folder. The variable PYTHON names the Python that has PyTorch, TORCH2
another one with a newer PyTorch; what is not there is left out with a word.

A time is the median of the rounds' times: each the median of the runs on the wall's clock, and their
mean on the processor's, of which others' work takes less.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS, POINTS, BATCH = 32, 500, 200
SECONDS = 0.3  # that a measurement takes, about
NETWORKS = ["adaptive-cnn", "filter-bank", "adaptive-transformer"]
OUTPUTS, GRADIENT = 1e-4, 1e-3  # how far apart is the same: absolute, and as a part of the norm


class Peer:
    """A program that answers questions."""

    def __init__(self, name, *command):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = self.ask(do="hello")["version"]

    def ask(self, **question):
        try:
            self.process.stdin.write(json.dumps(question) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} does not answer {question}")
        return json.loads(line)


def start(folder, hurst):
    """Hurst and the PyTorches that there are."""
    worker = os.path.join(HERE, "torch_worker.py")
    peers = [Peer("Hurst", hurst, "-dir", folder)]
    for variable, standard in (("PYTHON", "python3"), ("TORCH2", "")):
        python = os.environ.get(variable, standard)
        if not python or subprocess.run([python, "-c", "import torch"], capture_output=True).returncode:
            print(f"{variable} names no Python with PyTorch: left out")
            continue
        peer = Peer(variable, python, worker, folder)
        peer.name = "PyTorch " + peer.version
        peers.append(peer)
    return peers


def same(peers, network):
    """Says how far apart the peers' outputs and gradients are, and whether that is near enough."""
    shapes = peers[0].ask(do="load", network=network, n=POINTS)["shapes"]
    alike = True
    for p in peers[1:]:
        r = p.ask(do="load", network=network, n=POINTS, shapes=shapes)
        near = r["outputs"] <= OUTPUTS and r["gradient"] <= GRADIENT  # not so if one is not a number
        alike = alike and near
        print(f"{network}: {r['parameters']} parameters; {p.name}'s outputs within {r['outputs']:.0e}, "
              f"gradient within {r['gradient']:.0e}: {'the same' if near else 'NOT THE SAME'}", flush=True)
    return alike


def alternate(peers, rounds, **question):
    """The peers' medians of seconds, each measured once in every round."""
    repeat = {}
    for p in peers:
        once = min(p.ask(repeat=3, **question)["wall"])
        repeat[p] = max(3, min(20_000, int(SECONDS / once)))
    found = {p: {"wall": [], "cpu": []} for p in peers}
    for _ in range(rounds):
        for p in peers:
            r = p.ask(repeat=repeat[p], **question)
            found[p]["wall"].append(statistics.median(r["wall"]))
            found[p]["cpu"].append(r["cpu"])
    return {p: {clock: statistics.median(v) for clock, v in f.items()} for p, f in found.items()}


def show(title, peers, times, series):
    """A line of the table: microseconds for each series, wall and processor."""
    mine = times[peers[0]]
    cells = [f"{title:52}"]
    for p in peers:
        t = times[p]
        cells.append(f"{t['wall'] / series * 1e6:11.1f} {t['cpu'] / series * 1e6:11.1f}")
        if p is not peers[0]:
            cells.append(f"{t['wall'] / mine['wall']:5.1f}x {t['cpu'] / mine['cpu']:5.1f}x")
    print(" ".join(cells), flush=True)


def predictions(peers, rounds, network, sizes):
    """PyTorch's networks as they are, and compiled, each against the same prediction of ours."""
    for title, rows in sizes.items():
        for compiled in (False, True):
            times = alternate(peers, rounds, do="predict", rows=rows, network=network, n=POINTS, compiled=compiled)
            show(f"{network}: {title}{', compiled' * compiled}", peers, times, rows)


def job(peers, rounds):
    """The reference's job: its network on 200 fixed series, other ones in each round."""
    recipe = {"training": 160, "validation": 40, "test": 1000, "batch": ROWS, "epochs": 12, "patience": 10,
              "rate": 0.02, "warmup": 15, "slice": 0.5, "dropout": 0.0}
    times = {p: {"wall": [], "cpu": [], "mae": []} for p in peers}
    for seed in range(rounds):
        for p in peers:
            r = p.ask(do="job", network="reference-cnn", n=POINTS, job=recipe | {"seed": seed + 1})
            times[p]["wall"] += r["wall"]
            for key in ("cpu", "mae"):
                times[p][key].append(r[key])
    errors = {p: statistics.fmean(t.pop("mae")) for p, t in times.items()}
    show("reference's job, all of it", peers, {p: {k: statistics.median(v) for k, v in t.items()} for p, t in times.items()}, 1)
    print("its mean absolute error on new series: " + ", ".join(f"{p.name} {e:.4f}" for p, e in errors.items()))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("hurst")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--only")
    a = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        peers = start(folder, a.hurst)
        chosen = [n for n in NETWORKS + ["reference-cnn"] if a.only in (None, n)]
        alike = [same(peers, n) for n in chosen]
        heads = [f"{p.name + ', us':>23}" + ("" if p is peers[0] else " " * 14) for p in peers]
        print(f"\n{'one thread, n = 500; wall, processor':52} " + " ".join(heads))
        for network in chosen:
            if network == "reference-cnn":
                predictions(peers, a.rounds, network, {"one series": 1})
                job(peers, a.rounds)
                continue
            rounds = a.rounds if network != "adaptive-transformer" else min(a.rounds, 3)
            step = alternate(peers, rounds, do="step", rows=ROWS, network=network, n=POINTS)
            show(f"{network}: step of {ROWS}", peers, step, 1)
            predictions(peers, rounds, network, {"one series": 1, f"{BATCH} at once, each": BATCH})
    return 0 if all(alike) else 1


sys.exit(main())
