"""The networks of pkg/nn/zoo as one would write them in PyTorch, and Hurst's weights for them."""

import torch
from torch import nn
from torch.nn import functional as F


def hidden(inputs, sizes, dropout):
    layers = []
    for n in sizes:
        layers += [nn.Linear(inputs, n), nn.BatchNorm1d(n), nn.ReLU(), nn.Dropout(dropout)]
        inputs = n
    return layers + [nn.Linear(inputs, 1), nn.Sigmoid()]


def block(inputs, units, end):
    return [nn.Conv1d(inputs, units, 3, padding=1), nn.BatchNorm1d(units), nn.ReLU(), *end]


class Plain(nn.Sequential):
    """A network whose parameters have Hurst's order."""

    def forward(self, x):  # rows × points
        return super().forward(x.unsqueeze(1))

    def ordered(self):
        return list(self.parameters())


def adaptive_cnn(n, dropout):
    def end():
        return [nn.MaxPool1d(2), nn.Dropout(dropout)]
    net = Plain(*block(1, 32, end()), *block(32, 64, end()), *block(64, 128, end()), nn.Flatten(),
                *hidden(128 * (n // 8), (64, 32), dropout))
    net.flat = next(m.weight for m in net if isinstance(m, nn.Linear)), n // 8
    return net


def reference_cnn(n, dropout):
    def end():
        return [nn.MaxPool1d(2), nn.Dropout(dropout)]
    return Plain(*block(1, 32, end()), *block(32, 64, end()),
                 *block(64, 128, [nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Dropout(dropout)]),
                 *hidden(128, (64, 32), dropout))


class FilterBank(nn.Module):
    def __init__(self, n, dropout):
        super().__init__()
        levels = (n // 8).bit_length()
        self.filters = nn.ModuleList(nn.Conv1d(1, 16, 9, padding=4) for _ in range(levels))
        self.norm = nn.LayerNorm(16 * levels)
        self.head = nn.Sequential(nn.Linear(16 * levels, 64), nn.GELU("tanh"), nn.Linear(64, 32), nn.GELU("tanh"), nn.Linear(32, 1))

    def forward(self, x):
        x = x.unsqueeze(1)
        energies = []
        for i, f in enumerate(self.filters):
            if i > 0:
                x = F.avg_pool1d(x, 2)
            energies.append(f(x).square().mean(2))
        return self.head(self.norm(torch.log(torch.cat(energies, 1) + 1e-6)))

    def ordered(self):
        return list(self.parameters())


class AdaptiveTransformer(nn.Module):
    def __init__(self, n, dropout):
        super().__init__()
        self.embed = nn.Linear(1, 64)
        self.position = nn.Parameter(torch.randn(n, 64))
        self.layers = nn.ModuleList(nn.TransformerEncoderLayer(64, 4, 128, dropout, batch_first=True) for _ in range(2))
        for layer in self.layers:
            layer.self_attn.dropout = 0.0  # Hurst's attention has none either
        self.head = nn.Sequential(*hidden(64, (64, 32), dropout))

    def forward(self, x):
        x = self.embed(x.unsqueeze(2)) + self.position
        for layer in self.layers:
            x = layer(x)
        return self.head(x.mean(1))

    def ordered(self):
        all = [self.embed.weight, self.embed.bias, self.position]
        for la in self.layers:
            a = la.self_attn
            for p in (a.in_proj_weight, a.in_proj_bias, a.out_proj.weight, a.out_proj.bias, la.norm1.weight, la.norm1.bias,
                      la.linear1.weight, la.linear1.bias, la.linear2.weight, la.linear2.bias, la.norm2.weight, la.norm2.bias):
                all.append(p)
        return all + list(self.head.parameters())


NETWORKS = {
    "adaptive-cnn": adaptive_cnn,
    "reference-cnn": reference_cnn,
    "filter-bank": FilterBank,
    "adaptive-transformer": AdaptiveTransformer,
}


def turned(net, tensor, like):
    """A tensor of Hurst's, weights (in, out) and channels last, in the shape of PyTorch's."""
    if tensor.dim() == 1 or like is getattr(net, "position", None):
        return tensor
    if tensor.dim() == 3:
        return tensor.permute(2, 1, 0)
    flat, points = getattr(net, "flat", (None, 0))
    if like is flat:  # points of channels to channels of points
        tensor = tensor.reshape(points, -1, tensor.shape[1]).transpose(0, 1).reshape(tensor.shape)
    return tensor.t()


def tensors(net, flat, shapes):
    """Cuts Hurst's vector into tensors as PyTorch has them, one for each parameter of net."""
    out, at = [], 0
    for shape, p in zip(shapes, net.ordered(), strict=True):
        n = p.numel()
        t = turned(net, flat[at:at + n].reshape(shape), p)
        assert t.shape == p.shape, (shape, p.shape)
        out.append(t.contiguous())
        at += n
    assert at == len(flat)
    return out


def load(net, params, shapes, state):
    """Sets net's weights and running moments to Hurst's."""
    with torch.no_grad():
        for p, t in zip(net.ordered(), tensors(net, params, shapes)):
            p.copy_(t)
        at = 0
        for m in net.modules():
            if isinstance(m, nn.BatchNorm1d):
                for moment in (m.running_mean, m.running_var):
                    moment.copy_(state[at:at + len(moment)])
                    at += len(moment)
        assert at == len(state)
