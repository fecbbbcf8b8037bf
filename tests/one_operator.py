"""One operator at a time: its true multiply-accumulates, and the figures other counters have on record for it.

The figures were taken from the counters themselves by other hands: thop 0.1.1, fvcore 0.1.5, and FlopCounterMode of
torch 2.14 on the CPU. Attention alone is not as on record there: torch 2.15 gave the CPU's kernel a formula, and what
torch.nn's layers run as one kernel while no gradient is wanted (on record as 0) is run here as its parts.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the field's name for it


class Calls(nn.Module):
    """A model whose forward is a function, over whatever modules and parameters it is given."""

    def __init__(self, function: Callable[..., Any], **members: nn.Module | Tensor) -> None:
        super().__init__()
        self.function = function
        for name, member in members.items():
            setattr(self, name, nn.Parameter(member) if isinstance(member, Tensor) else member)

    def forward(self, x: Tensor) -> Any:
        return self.function(self, x)


class SubclassedConv2d(nn.Conv2d):
    """What model libraries do to count, pad or initialise."""


class OwnParameter(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(16))
        self.linear = nn.Linear(16, 16, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + self.scale


def conv(*arguments: int, kind: type[nn.Conv2d] = nn.Conv2d, **options: Any) -> nn.Module:
    return kind(4, *(arguments or (6, 3)), **{"padding": 1, **options})


def transposed(*arguments: int, **options: Any) -> nn.Module:
    return nn.ConvTranspose2d(4, *(arguments or (6, 2)), **{"stride": 2, **options})


def functional(function: Callable[..., Any], *weight: int) -> nn.Module:
    """The figures on record are those of a weight that is no parameter, which some counters would count."""
    model = Calls(function)
    if weight:
        model.register_buffer("weight", torch.zeros(weight))
    return model


def frozen(module: nn.Module) -> nn.Module:
    return module.requires_grad_(False)


def recurrent(kind: type[nn.Module], **options: Any) -> Callable[[], nn.Module]:
    return lambda: kind(16, 8, **options)


def attention(*, need_weights: bool, **options: Any) -> nn.Module:
    layer = nn.MultiheadAttention(16, 4, **{"batch_first": True, **options})
    return Calls(lambda m, x: m.layer(x, x, x, need_weights=need_weights)[0], layer=layer)


def attended(**options: Any) -> Callable[[], nn.Module]:
    return lambda: functional(lambda m, x: F.scaled_dot_product_attention(x, x, x, **options))


def encoder_layer(**options: Any) -> nn.Module:
    return nn.TransformerEncoderLayer(16, 4, 32, **{"batch_first": True, **options})


class Case(NamedTuple):
    """A model, the shape and dtype of its input, its multiply-accumulates, and the figure of each counter.

    `before_2_15` is that of a FlopCounterMode of torch before 2.15, where it is another.
    """

    make: Callable[[], nn.Module]
    shape: tuple[int, ...]
    macs: int
    thop: int
    fvcore: int
    torch: int
    dtype: Any = torch.float32
    before_2_15: int | None = None

    def figure(self, peer: str) -> int:
        old = peer == "torch" and release(torch) < (2, 15)
        return self.before_2_15 if old and self.before_2_15 is not None else int(getattr(self, peer))

    @property
    def input(self) -> Tensor:
        return torch.zeros(self.shape, dtype=self.dtype)


def release(package: Any) -> tuple[int, ...]:
    return tuple(map(int, package.__version__.split(".")[:2]))


def uncounted(make: Callable[[], nn.Module], shape: tuple[int, ...], **figures: int) -> Case:
    """No multiply-accumulates, and nothing for the counters that are not said."""
    return Case(make, shape, **{"macs": 0, "thop": 0, "fvcore": 0, "torch": 0, **figures})


IMAGE, VECTORS, SEQUENCE, HEADS = (2, 4, 8, 8), (2, 16), (2, 10, 16), (2, 2, 10, 16)

CONVOLUTIONS = {
    "conv 3x3, bias": Case(conv, IMAGE, 27648, 27648, 27648, 55296),
    "conv 3x3, no bias": Case(lambda: conv(bias=False), IMAGE, 27648, 27648, 27648, 55296),
    "conv in 2 groups": Case(lambda: conv(groups=2, bias=False), IMAGE, 13824, 13824, 13824, 27648),
    "conv, depthwise": Case(lambda: conv(4, 3, groups=4, bias=False), IMAGE, 4608, 4608, 4608, 9216),
    "conv, dilated": Case(lambda: conv(dilation=2, padding=2, bias=False), IMAGE, 27648, 27648, 27648, 55296),
    "conv 4x4, padding same": Case(lambda: conv(6, 4, padding="same", bias=False), IMAGE, 49152, 49152, 0, 98304),
    "transposed conv, no bias": Case(lambda: transposed(bias=False), IMAGE, 12288, 49152, 12288, 24576),
    "transposed conv, bias": Case(transposed, IMAGE, 12288, 49152, 12288, 24576),
    "transposed conv in 2 groups": Case(lambda: transposed(groups=2, bias=False), IMAGE, 6144, 24576, 6144, 12288),
    "transposed conv 3x3, padded": Case(
        lambda: transposed(6, 3, padding=1, output_padding=1, bias=False), IMAGE, 27648, 110592, 27648, 55296
    ),
    "F.conv2d": Case(
        lambda: functional(lambda m, x: F.conv2d(x, m.weight, padding=1), 6, 4, 3, 3), IMAGE, 27648, 0, 27648, 55296
    ),
    "subclassed conv": Case(lambda: conv(kind=SubclassedConv2d, bias=False), IMAGE, 27648, 0, 27648, 55296),
    "conv without a batch": Case(lambda: conv(bias=False), (4, 8, 8), 13824, 27648, 13824, 27648),
    "conv 1d": Case(lambda: nn.Conv1d(4, 6, 3, padding=1, bias=False), (2, 4, 8), 1152, 1152, 1152, 2304),
    "conv 3d": Case(lambda: nn.Conv3d(4, 6, 3, padding=1, bias=False), (2, 4, 4, 4, 4), 82944, 82944, 82944, 165888),
}

PRODUCTS = {
    "linear, bias": Case(lambda: nn.Linear(16, 10), VECTORS, 320, 320, 320, 640),
    "linear, no bias": Case(lambda: nn.Linear(16, 10, bias=False), VECTORS, 320, 320, 320, 640),
    "linear on a sequence": Case(lambda: nn.Linear(16, 10), SEQUENCE, 3200, 3200, 3200, 6400),
    "F.linear": Case(
        lambda: functional(lambda m, x: F.linear(x, m.weight, torch.zeros(10)), 10, 16), VECTORS, 320, 0, 320, 640
    ),
    "torch.matmul": Case(
        lambda: functional(lambda m, x: torch.matmul(x, m.weight), 16, 10), SEQUENCE, 3200, 0, 3200, 6400
    ),
    "x @ w": Case(lambda: functional(lambda m, x: x @ m.weight, 16, 10), SEQUENCE, 3200, 0, 3200, 6400),
    "torch.mm": Case(lambda: functional(lambda m, x: torch.mm(x, m.weight), 16, 10), VECTORS, 320, 0, 320, 640),
    "torch.bmm": Case(
        lambda: functional(lambda m, x: torch.bmm(x, m.weight), 2, 16, 10), SEQUENCE, 3200, 0, 3200, 6400
    ),
    "einsum": Case(
        lambda: functional(lambda m, x: torch.einsum("bsi,io->bso", x, m.weight), 16, 10), SEQUENCE, 3200, 0, 3200, 6400
    ),
    "torch.addmm": Case(
        lambda: Calls(lambda m, x: torch.addmm(m.b, x, m.w), w=torch.zeros(16, 10), b=torch.zeros(10)),
        VECTORS,
        320,
        0,
        320,
        640,
    ),
    "bilinear": Case(
        lambda: Calls(lambda m, x: m.pair(x, x), pair=nn.Bilinear(16, 16, 10, bias=False)), VECTORS, 5440, 0, 0, 0
    ),
    "linear called three times": Case(
        lambda: Calls(lambda m, x: m.fc(m.fc(m.fc(x))), fc=nn.Linear(16, 16, bias=False)),
        VECTORS,
        1536,
        1536,
        1536,
        3072,
    ),
    "linear beside an unused one": Case(
        lambda: Calls(lambda m, x: m.fc(x), fc=nn.Linear(16, 16, bias=False), unused=nn.Linear(16, 16)),
        VECTORS,
        512,
        512,
        512,
        1024,
    ),
    "linear in a module with a parameter of its own": Case(OwnParameter, VECTORS, 512, 512, 512, 1024),
    "linear, frozen": Case(lambda: frozen(nn.Linear(16, 16, bias=False)), VECTORS, 512, 512, 512, 1024),
}

SEQUENCES = {
    "rnn": Case(recurrent(nn.RNN, batch_first=True), SEQUENCE, 3840, 4320, 0, 7680),
    "gru": Case(recurrent(nn.GRU, batch_first=True), SEQUENCE, 11520, 13600, 0, 23040),
    "lstm, batch first": Case(recurrent(nn.LSTM, batch_first=True), SEQUENCE, 15360, 17920, 0, 0),
    "lstm, sequence first": Case(recurrent(nn.LSTM), SEQUENCE, 15360, 17920, 0, 0),
    "lstm of 2 layers in both directions": Case(
        recurrent(nn.LSTM, num_layers=2, bidirectional=True), SEQUENCE, 61440, 71680, 0, 0
    ),
    "lstm, projected": Case(recurrent(nn.LSTM, proj_size=4, batch_first=True), SEQUENCE, 13440, 17920, 0, 26880),
    "lstm cell": Case(
        lambda: Calls(lambda m, x: m.cell(x)[0], cell=nn.LSTMCell(16, 8)), VECTORS, 1536, 1792, 1536, 3072
    ),
    "attention": Case(lambda: attention(need_weights=False), SEQUENCE, 26880, 0, 20480, 53760, before_2_15=40960),
    "attention with its weights": Case(lambda: attention(need_weights=True), SEQUENCE, 26880, 0, 26880, 53760),
    "F.scaled_dot_product_attention": Case(attended(), HEADS, 12800, 0, 0, 25600, before_2_15=0),
    "causal attention": Case(attended(is_causal=True), HEADS, 12800, 0, 0, 25600, before_2_15=0),
    "transformer encoder layer": Case(encoder_layer, SEQUENCE, 47360, 23040, 44160, 94720, before_2_15=81920),
}

REST = {
    "batch norm": uncounted(lambda: nn.BatchNorm2d(4), IMAGE, thop=2048, fvcore=1024),
    "batch norm, not affine": uncounted(lambda: nn.BatchNorm2d(4, affine=False), IMAGE, thop=1024, fvcore=512),
    "layer norm": uncounted(lambda: nn.LayerNorm(16), SEQUENCE, thop=1280, fvcore=1600),
    "group norm": uncounted(lambda: nn.GroupNorm(2, 4), IMAGE, fvcore=2560),
    "instance norm": uncounted(lambda: nn.InstanceNorm2d(4, affine=True), IMAGE, thop=2048, fvcore=2560),
    "rms norm": uncounted(lambda: nn.RMSNorm(16), SEQUENCE),
    "local response norm": uncounted(lambda: nn.LocalResponseNorm(5), IMAGE),
    "relu": uncounted(nn.ReLU, IMAGE),
    "F.relu": uncounted(lambda: functional(lambda m, x: F.relu(x)), IMAGE),
    "leaky relu": uncounted(nn.LeakyReLU, IMAGE),
    "prelu": uncounted(nn.PReLU, IMAGE, thop=512),
    "gelu": uncounted(nn.GELU, IMAGE),
    "silu": uncounted(nn.SiLU, IMAGE),
    "sigmoid": uncounted(nn.Sigmoid, IMAGE),
    "tanh": uncounted(nn.Tanh, IMAGE),
    "hardswish": uncounted(nn.Hardswish, IMAGE),
    "softmax": uncounted(lambda: nn.Softmax(1), VECTORS, thop=94),
    "F.softmax": uncounted(lambda: functional(lambda m, x: F.softmax(x, 1)), VECTORS),
    "log softmax": uncounted(lambda: nn.LogSoftmax(1), VECTORS),
    "dropout": uncounted(nn.Dropout, IMAGE),
    "max pool 2": uncounted(lambda: nn.MaxPool2d(2), IMAGE),
    "max pool 3, stride 2": uncounted(lambda: nn.MaxPool2d(3, 2), IMAGE),
    "average pool 2": uncounted(lambda: nn.AvgPool2d(2), IMAGE, thop=128),
    "average pool 4": uncounted(lambda: nn.AvgPool2d(4), IMAGE, thop=32),
    "adaptive average pool to 1": uncounted(lambda: nn.AdaptiveAvgPool2d(1), IMAGE, thop=520, fvcore=512),
    "adaptive average pool to 6": uncounted(lambda: nn.AdaptiveAvgPool2d(6), IMAGE, thop=800, fvcore=512),
    "adaptive average pool to its own size": uncounted(lambda: nn.AdaptiveAvgPool2d(8), IMAGE, thop=1024, fvcore=512),
    "adaptive max pool to 1": uncounted(lambda: nn.AdaptiveMaxPool2d(1), IMAGE),
    "mean over positions": uncounted(lambda: functional(lambda m, x: x.mean([2, 3])), IMAGE),
    "nearest upsampling": uncounted(lambda: nn.Upsample(scale_factor=2), IMAGE, thop=2048, fvcore=2048),
    "bilinear upsampling": uncounted(
        lambda: nn.Upsample(scale_factor=2, mode="bilinear"), IMAGE, thop=22528, fvcore=8192
    ),
    "F.interpolate": uncounted(
        lambda: functional(lambda m, x: F.interpolate(x, scale_factor=2, mode="bilinear")), IMAGE, fvcore=8192
    ),
    "F.interpolate to a size": uncounted(
        lambda: functional(lambda m, x: F.interpolate(x, size=(16, 16), mode="bilinear")), IMAGE, fvcore=8192
    ),
    "F.interpolate, bicubic": uncounted(
        lambda: functional(lambda m, x: F.interpolate(x, scale_factor=2, mode="bicubic")), IMAGE
    ),
    "pixel shuffle": uncounted(lambda: nn.PixelShuffle(2), IMAGE),
    "x + x": uncounted(lambda: functional(lambda m, x: x + x), IMAGE),
    "torch.add": uncounted(lambda: functional(lambda m, x: torch.add(x, x)), IMAGE),
    "x * x": uncounted(lambda: functional(lambda m, x: x * x), IMAGE),
    "cat": uncounted(lambda: functional(lambda m, x: torch.cat([x, x], 1)), IMAGE),
    "embedding": uncounted(lambda: nn.Embedding(50, 16), (2, 10), dtype=torch.int64),
    "fft": uncounted(lambda: functional(lambda m, x: torch.fft.fft(x)), IMAGE),
    "grid sampling": uncounted(
        lambda: functional(lambda m, x: F.grid_sample(x, m.weight, align_corners=False), 2, 8, 8, 2), IMAGE, fvcore=2048
    ),
    "cumulative sum": uncounted(lambda: functional(lambda m, x: x.cumsum(1)), IMAGE),
}

RECORDED = {**CONVOLUTIONS, **PRODUCTS, **SEQUENCES, **REST}
