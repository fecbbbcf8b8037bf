"""Cases at the edges of what counters count that replace functions by ones that count, and hook recurrent layers."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the field's name for it

from tests.one_operator import IMAGE, SEQUENCE, VECTORS, Calls, attention, functional, recurrent, transposed

Make = tuple[Callable[[], nn.Module], tuple[int, ...]]


class SubclassedGru(nn.GRU):
    """Hooks are given to the very class."""


class SubclassedEncoderLayer(nn.TransformerEncoderLayer):
    """It calls the activation that its parent keeps."""


class TwoParents(nn.Module):
    """One block below two parents, one of which is itself below two."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        self.first = nn.Sequential(block, nn.ReLU())
        self.second = nn.Sequential(self.first, block)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.first(x))


def masked(m: Calls, x: Tensor) -> Tensor:
    return m.layer(x, x, x, attn_mask=m.mask)[0]


def decoder_layer(**options: object) -> nn.Module:
    return Calls(lambda m, x: m.layer(x, x), layer=nn.TransformerDecoderLayer(16, 4, 32, batch_first=True, **options))


def of(function: Callable[[Tensor], Tensor]) -> Callable[[], nn.Module]:
    return lambda: functional(lambda m, x: function(x))


CONVOLUTIONS: dict[str, Make] = {
    "conv 4x4 in 2 groups, dilated, padding same": (
        lambda: nn.Conv2d(4, 6, 4, padding="same", dilation=3, groups=2),
        (1, 4, 9, 8),
    ),
    "conv 1x4, padding same, no bias": (lambda: nn.Conv2d(4, 6, (1, 4), padding="same", bias=False), IMAGE),
    "conv, as many rows as channels instead of a batch": (lambda: nn.Conv2d(4, 6, 3, padding=1), (4, 4, 8)),
    "conv 1d, as many values as channels instead of a batch": (lambda: nn.Conv1d(4, 6, 3), (4, 4)),
    "conv, strides and padding of each dimension": (lambda: nn.Conv2d(4, 6, 3, (2, 3), (2, 1)), (8, 4, 9, 7)),
    "transposed conv, bias, dilated": (lambda: transposed(6, 3, dilation=2), (1, 4, 5, 7)),
    "transposed conv, depthwise": (lambda: transposed(4, 3, groups=4), IMAGE),
    "transposed conv 1d in 2 groups of 4": (lambda: nn.ConvTranspose1d(4, 8, 3, 2, groups=2), (8, 4, 6)),
    "transposed conv to a size": (
        lambda: Calls(lambda m, x: m.up(x, output_size=(16, 17)), up=transposed(6, 3, padding=1)),
        (2, 4, 8, 9),
    ),
    "transposed conv 3d without a batch": (lambda: nn.ConvTranspose3d(4, 6, 2, 2), (4, 3, 5, 6)),
}
PRODUCTS: dict[str, Make] = {
    "x.matmul(w)": (lambda: functional(lambda m, x: x.matmul(m.weight), 16, 10), SEQUENCE),
    "x.mm(w)": (lambda: functional(lambda m, x: x.mm(m.weight), 16, 10), VECTORS),
    "x.bmm(w)": (lambda: functional(lambda m, x: x.bmm(m.weight), 2, 16, 10), SEQUENCE),
    "torch.matmul by a vector": (lambda: functional(lambda m, x: torch.matmul(x, m.weight), 16), SEQUENCE),
    "torch.matmul of a batch of one": (lambda: functional(lambda m, x: torch.matmul(x[:1], x.mT)), SEQUENCE),
    "x.addmm(a, b), x repeated": (lambda: functional(lambda m, x: m.weight.addmm(x, x.T), 2), VECTORS),
    "x.baddbmm(a, b)": (lambda: functional(lambda m, x: m.weight.baddbmm(x, x.mT), 2, 10, 10), SEQUENCE),
    "torch.baddbmm, a row repeated": (
        lambda: functional(lambda m, x: torch.baddbmm(m.weight, x, x.mT), 1, 1, 10),
        SEQUENCE,
    ),
    "einsum of one operand": (lambda: functional(lambda m, x: torch.einsum("bsi->b", x)), SEQUENCE),
    "attention of a query for a batch": (
        lambda: functional(lambda m, x: F.scaled_dot_product_attention(x[:1], x, x)),
        (3, 2, 5, 4),
    ),
    "attention of grouped queries": (
        lambda: functional(lambda m, x: F.scaled_dot_product_attention(x, x[:, :2], x[:, :2], enable_gqa=True)),
        (2, 4, 5, 8),
    ),
    "attention with a mask and its weights": (
        lambda: Calls(masked, layer=nn.MultiheadAttention(16, 4, batch_first=True), mask=torch.zeros(10, 10)),
        SEQUENCE,
    ),
    "attention of other keys and values": (
        lambda: Calls(
            lambda m, x: m.layer(x, x[..., :6], x[..., :5])[0],
            layer=nn.MultiheadAttention(16, 4, kdim=6, vdim=5, bias=False, batch_first=True),
        ),
        SEQUENCE,
    ),
    "attention without a batch": (
        lambda: Calls(lambda m, x: m.layer(x, x, x)[0], layer=attention(need_weights=False).layer),
        (10, 16),
    ),
}
RECURRENT: dict[str, Make] = {
    "lstm without a batch": (recurrent(nn.LSTM), (10, 16)),
    "gru of 2 layers in both directions without a batch": (
        recurrent(nn.GRU, num_layers=2, bidirectional=True),
        (10, 16),
    ),
    "rnn of 2 layers in both directions, no bias": (
        recurrent(nn.RNN, num_layers=2, bidirectional=True, bias=False),
        (8, 5, 16),
    ),
    "subclassed gru beside a stock one": (
        lambda: Calls(lambda m, x: m.b(m.a(x)[0]), a=SubclassedGru(16, 16), b=nn.GRU(16, 8)),
        SEQUENCE,
    ),
    "lstm called twice": (lambda: Calls(lambda m, x: m.layer(m.layer(x)[0])[0], layer=nn.LSTM(16, 16)), SEQUENCE),
    "gru cell without biases": (lambda: nn.GRUCell(16, 8, bias=False), (8, 16)),
}
ELEMENTS: dict[str, Make] = {
    "elu": (nn.ELU, IMAGE),
    "relu6": (nn.ReLU6, IMAGE),
    "F.relu6": (of(lambda x: F.relu6(x)), IMAGE),
    "relu in place": (lambda: nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU(inplace=True)), IMAGE),
    "torch.relu, x.relu()": (lambda: functional(lambda m, x: torch.relu(x).relu()), IMAGE),
    "torch.softmax, x.softmax()": (lambda: functional(lambda m, x: torch.softmax(x, 1).softmax(1)), VECTORS),
    "max pool module with indices": (lambda: nn.MaxPool2d(2, return_indices=True), IMAGE),
    "adaptive max pool with indices": (lambda: nn.AdaptiveMaxPool2d(2, return_indices=True), IMAGE),
    "power-average pool": (lambda: nn.LPPool2d(2, 3), IMAGE),
    "local response norm of an even size": (lambda: nn.LocalResponseNorm(4), (1, 7, 5, 3)),
    "x.add(y), x.mul(y)": (lambda: functional(lambda m, x: x.add(x).mul(x)), IMAGE),
    "torch.mul by a number": (lambda: functional(lambda m, x: torch.mul(x, 2)), IMAGE),
    "torch.add of a row": (lambda: functional(lambda m, x: torch.add(x, m.weight), 16), SEQUENCE),
    "torch.mul of a column by a row": (
        lambda: functional(lambda m, x: torch.mul(x[:, :1], m.weight), 3, 1, 5),
        VECTORS,
    ),
    "x.add_(y), x.mul_(y)": (lambda: functional(lambda m, x: x.clone().add_(x).mul_(x)), IMAGE),
    "x - y * z": (lambda: functional(lambda m, x: x - x * x), IMAGE),
    "upsampling to two sizes": (lambda: nn.Upsample((9, 5)), IMAGE),
    "upsampling by two factors": (lambda: nn.Upsample(scale_factor=(2, 3), mode="bilinear"), IMAGE),
    "upsampling by 1.3": (lambda: nn.Upsample(scale_factor=1.3), (3, 5, 9, 7)),
    "F.interpolate to a size by areas": (of(lambda x: F.interpolate(x, (4, 5), mode="area")), IMAGE),
}
MODULES: dict[str, Make] = {
    "encoder layer with gelu": (lambda: nn.TransformerEncoderLayer(16, 4, 32, activation="gelu"), SEQUENCE),
    "encoder layer with a module for activation": (
        lambda: nn.TransformerEncoderLayer(16, 4, 32, activation=nn.GELU()),
        SEQUENCE,
    ),
    "subclassed encoder layer": (lambda: SubclassedEncoderLayer(16, 4, 32, batch_first=True), SEQUENCE),
    "decoder layer": (decoder_layer, SEQUENCE),
    "decoder layer with gelu, norm first": (lambda: decoder_layer(activation=F.gelu, norm_first=True), SEQUENCE),
    "linear below two parents": (lambda: TwoParents(nn.Linear(16, 16)), VECTORS),
    "block below two parents": (
        lambda: TwoParents(nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU())),
        IMAGE,
    ),
    "einsum and lstm below two parents": (
        lambda: TwoParents(
            Calls(lambda m, x: torch.einsum("bsi,bti->bsi", m.layer(x)[0], x), layer=nn.LSTM(16, 16)),
        ),
        SEQUENCE,
    ),
    "linear in a list and by itself": (
        lambda: Calls(lambda m, x: m.fc(m.all[0](x)), all=nn.ModuleList([fc := nn.Linear(16, 16), fc]), fc=fc),
        VECTORS,
    ),
}
EDGES = {**CONVOLUTIONS, **PRODUCTS, **RECURRENT, **ELEMENTS, **MODULES}

# What a graph does not tell: a size asked for as one number, a function that stands behind a newer one, one that a
# model keeps an object of.
UNTOLD: dict[str, Make] = {
    "upsampling to one number": (lambda: nn.Upsample(5), IMAGE),
    "F.upsample": (of(lambda x: F.upsample(x, scale_factor=2)), IMAGE),
    "F.relu, kept before it is replaced": (of(F.relu), IMAGE),
}
