"""Writes reference.json: outputs and gradients of PyTorch's layers, in double precision, for the
tests of the sequence layers. Weights are given in this project's layout (see nn.Param): matrices
are (in, out). Run with any PyTorch from 1.13 on: python3 reference.py > reference.json"""

import json
import sys

import torch
from torch import nn

torch.manual_seed(20240607)
torch.set_default_dtype(torch.float64)


def values(t):
    return [float("%.9g" % v) for v in t.detach().reshape(-1).tolist()]


def case(name, module, x, d, forward, tensors, **about):
    """tensors: (value, gradient) in the order of the plan's vector, made after the backward pass."""
    y = forward(module, x)
    (y * d).sum().backward()
    pairs = tensors(module)
    return dict(
        name=name, points=x.shape[0], inputs=x.shape[1], x=values(x), d=values(d), y=values(y), dx=values(x.grad),
        weights=sum([values(w) for w, _ in pairs], []), gradient=sum([values(g) for _, g in pairs], []), **about)


def plain(p):
    return p, p.grad


def flipped(p):
    return p.t(), p.grad.t()


def directions(module):
    return ["", "_reverse"] if module.bidirectional else [""]


def lstm_tensors(m):
    # PyTorch keeps two biases with equal effect; here is one.
    all = []
    for s in directions(m):
        w, u = getattr(m, "weight_ih_l0" + s), getattr(m, "weight_hh_l0" + s)
        b, c = getattr(m, "bias_ih_l0" + s), getattr(m, "bias_hh_l0" + s)
        all += [flipped(w), flipped(u), (b + c, b.grad)]
    return all


def gru_tensors(m):
    all = []
    for s in directions(m):
        w, u = getattr(m, "weight_ih_l0" + s), getattr(m, "weight_hh_l0" + s)
        b, c = getattr(m, "bias_ih_l0" + s), getattr(m, "bias_hh_l0" + s)
        all += [flipped(w), flipped(u), plain(b), plain(c)]
    return all


def attention_tensors(m):
    return [flipped(m.in_proj_weight), plain(m.in_proj_bias), flipped(m.out_proj.weight), plain(m.out_proj.bias)]


def inputs(points, channels):
    return torch.randn(points, channels, requires_grad=True)


def main():
    cases = []
    for both in (False, True):
        for kind, tensors in ((nn.LSTM, lstm_tensors), (nn.GRU, gru_tensors)):
            m = kind(3, 5, bidirectional=both)
            with torch.no_grad():
                for p in m.parameters():
                    p.copy_(torch.randn_like(p) * 0.6)
            cases.append(case(kind.__name__.lower() + ("_both" if both else ""), m, inputs(7, 3),
                              torch.randn(7, 10 if both else 5), lambda m, x: m(x)[0], tensors,
                              kind=kind.__name__.lower(), units=5, both=both))
    m = nn.MultiheadAttention(8, 2)
    with torch.no_grad():
        for p in m.parameters():
            p.copy_(torch.randn_like(p) * 0.5)
    cases.append(case("attention", m, inputs(7, 8), torch.randn(7, 8), lambda m, x: m(x, x, x)[0],
                      attention_tensors, kind="attention", heads=2))
    m = nn.LayerNorm(6)
    with torch.no_grad():
        for p in m.parameters():
            p.copy_(torch.randn_like(p))
    cases.append(case("layer_norm", m, inputs(5, 6), torch.randn(5, 6), lambda m, x: m(x),
                      lambda m: [plain(m.weight), plain(m.bias)], kind="layer_norm"))
    json.dump(cases, sys.stdout, separators=(",", ":"))
    print()


main()
