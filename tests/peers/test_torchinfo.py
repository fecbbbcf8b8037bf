"""torchinfo at the edges of its rules, and by the rule of its main branch."""

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812  the field's name for it
from torch.nn.utils import parametrizations  # noqa: E402

from tests.one_operator import IMAGE, RECORDED, SEQUENCE, VECTORS, Calls, attention, conv, transposed  # noqa: E402
from tests.peers.closing import closes, predicted  # noqa: E402
from tests.peers.settled import captured  # noqa: E402
from tests.peers.test_single_operators import UNRECORDED, Doubled, Packed  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]


class Standardised(nn.Conv2d):
    """A convolution whose class name does not say so."""


class ConvLinear(nn.Linear):
    """A linear layer whose class name says convolution."""


class Projection(nn.Linear):
    """A linear layer whose class name does not say so."""


class Head(nn.Module):
    """A leaf module with parameters of several names, and a product of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(10, 16)), nn.Parameter(torch.zeros(10))
        self.weight_scale, self.gain = nn.Parameter(torch.ones(10)), nn.Parameter(torch.ones(10))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias) * self.weight_scale * self.gain


class Table(nn.Module):
    """A leaf module without a product."""

    def __init__(self) -> None:
        super().__init__()
        self.position_bias = nn.Parameter(torch.zeros(7))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.position_bias.sum()


class ConvTable(Table):
    """Its one parameter goes by its name, and the class name does not matter."""


class Multiplies(nn.Module):
    """A leaf module of two products without parameters."""

    def forward(self, x: Tensor) -> Tensor:
        return (x @ x.mT) @ x


class Tied(nn.Module):
    """Two linear layers of one weight; the second has it twice."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(16, 16, bias=False), nn.Linear(16, 16, bias=False)
        self.b.weight = self.a.weight
        self.b.second = self.a.weight

    def forward(self, x: Tensor) -> Tensor:
        return self.b(self.a(x))


class Flat(nn.Module):
    """Recurrent layers without a batch."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Any:
        return self.layer(x[0])[0]


def under_two_parents() -> nn.Module:
    fc = nn.Linear(16, 16)
    return nn.Sequential(nn.Sequential(fc), nn.Sequential(fc, nn.ReLU()))


POSITIONS, K = 2 * 8 * 8, 4 * 6 * 9  # of an image, and weights of a 3×3 convolution from 4 channels to 6
LINEAR, ROWS = 16 * 10 + 10, 2 * 10
LSTM = 4 * 8 * (16 + 8 + 2)  # weights and both biases of an LSTM from 16 features to 8

# A model, the shape of its input, and its figure in the release and on the main branch.
EDGES: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...], int, int]] = {
    "subclassed conv": (lambda: conv(6, 3, kind=type("ConvX", (nn.Conv2d,), {})), IMAGE, *[(K + 6) * POSITIONS] * 2),
    "conv under another name": (lambda: conv(kind=Standardised), IMAGE, *[(K + 6) * 2] * 2),
    "transposed conv under another name": (
        lambda: type("Up", (nn.ConvTranspose2d,), {})(4, 6, 2, stride=2),
        IMAGE,
        *[(4 * 6 * 4 + 6) * 2] * 2,
    ),
    "linear layer named a conv": (lambda: ConvLinear(16, 10), SEQUENCE, *[(LINEAR) * 2 * 10] * 2),
    "linear layer under another name": (lambda: Projection(16, 10), SEQUENCE, *[LINEAR * 2] * 2),
    "conv without a batch, bias": (conv, (4, 8, 8), *[(K + 6) * 6 * 8] * 2),
    "transposed conv without a batch, bias": (transposed, (4, 7, 9), *[(4 * 6 * 4 + 6) * 6 * 18] * 2),
    "transposed conv, cropped": (
        lambda: nn.ConvTranspose1d(4, 6, 3, stride=2, padding=1, groups=2),
        (2, 4, 8),
        *[(4 * 3 * 3 + 6) * 2 * 15] * 2,
    ),
    "linear layer of a batch of 8": (lambda: nn.Linear(16, 10), (8, 16), *[LINEAR * 8] * 2),
    "linear layer on images": (lambda: nn.Linear(8, 10), IMAGE, 90 * 2, 90 * 2 * 4 * 8),
    "linear layer on a vector": (lambda: nn.Linear(16, 10), (16,), LINEAR * 10, LINEAR),
    "linear layer on a vector, no bias": (lambda: nn.Linear(16, 10, bias=False), (16,), 160 * 10, 160),
    "two linear layers of one weight": (Tied, SEQUENCE, 2 * 256 * 2, 2 * 256 * ROWS),
    "layer called three times": (
        lambda: Calls(lambda m, x: m.fc(m.fc(m.fc(x))), fc=nn.Linear(16, 16)),
        VECTORS,
        *[3 * 272 * 2] * 2,
    ),
    "layer under two parents": (under_two_parents, VECTORS, *[2 * 272 * 2] * 2),
    "lstm without a batch": (lambda: Flat(nn.LSTM(16, 8)), SEQUENCE, *[LSTM * 10 * 8] * 2),
    "lstm of packed sequences": (lambda: Packed(nn.LSTM(16, 8)), SEQUENCE, *[LSTM * 17 * 8] * 2),
    "lstm in double precision": (lambda: Doubled(nn.LSTM(16, 8)), SEQUENCE, *[LSTM * ROWS] * 2),
    "lstm without biases, projected": (
        lambda: nn.LSTM(16, 8, bias=False, proj_size=4),
        SEQUENCE,
        *[(4 * 8 * (16 + 4) + 8 * 4) * ROWS] * 2,
    ),
    "gru cell": (lambda: nn.GRUCell(16, 8), VECTORS, *[3 * 8 * (16 + 8 + 2) * 2 * 8] * 2),
    "gru cell without a batch": (lambda: nn.GRUCell(16, 8), (16,), *[3 * 8 * (16 + 8 + 2) * 8] * 2),
    "attention": (lambda: attention(need_weights=True), SEQUENCE, 0, 0),
    "attention with bias vectors": (lambda: attention(need_weights=False, add_bias_kv=True), SEQUENCE, 0, 0),
    "bilinear layer on sequences": (
        lambda: Calls(lambda m, x: m.pair(x, x), pair=nn.Bilinear(16, 16, 10)),
        SEQUENCE,
        *[2570 * 2] * 2,
    ),
    "leaf module with parameters of several names": (Head, SEQUENCE, *[LINEAR * 2 + 10 * ROWS] * 2),
    "leaf module with a bias of another name": (Table, IMAGE, *[7 * 2 * 4] * 2),
    "leaf module with a bias of another name, named a conv": (ConvTable, IMAGE, *[7 * 2 * 4] * 2),
    "leaf module of products without parameters": (Multiplies, SEQUENCE, 0, 0),
    "parameters of a container": (
        lambda: Calls(lambda m, x: m.fc(x) * m.weight, fc=nn.Linear(16, 10), weight=torch.ones(10)),
        VECTORS,
        *[LINEAR * 2] * 2,
    ),
    "parametrised layer, which has children": (
        lambda: parametrizations.weight_norm(nn.Linear(16, 10)),
        VECTORS,
        0,
        0,
    ),
    "weight norm in two parameters": (
        lambda: nn.utils.weight_norm(nn.Linear(16, 10)),
        VECTORS,
        *[10 * 2 + 170 * 20] * 2,
    ),
    "spectral norm, a weight by another name": (
        lambda: nn.utils.spectral_norm(nn.Linear(16, 10)),
        VECTORS,
        *[10 * 2 + 160 * 20] * 2,
    ),
    "layer norm without a bias": (lambda: nn.LayerNorm(16, bias=False), SEQUENCE, *[16 * 2] * 2),
    "prelu with a slope per channel": (lambda: nn.PReLU(4), IMAGE, *[4 * 2] * 2),
    "deformable conv": (
        lambda: Calls(
            lambda m, x: m.conv(x, m.offset.expand(2, 18, 8, 8)),
            conv=torchvision.ops.DeformConv2d(4, 6, 3, padding=1),
            offset=torch.zeros(18, 1, 1),
        ),
        IMAGE,
        *[(K + 6) * POSITIONS] * 2,
    ),
    "nothing at all": (nn.Identity, IMAGE, 0, 0),
}


@pytest.mark.parametrize(("make", "shape", "release", "main"), EDGES.values(), ids=EDGES)
def test_both_conventions_give_the_figure_that_the_rule_says(
    make: Callable[[], nn.Module], shape: tuple[int, ...], release: int, main: int
) -> None:
    graph = captured(make().eval(), torch.zeros(shape))
    assert predicted("torchinfo", graph) == release
    assert predicted("torchinfo-main", graph) == main


@pytest.mark.slow
@pytest.mark.parametrize(("make", "shape", "release", "main"), EDGES.values(), ids=EDGES)
def test_torchinfo_gives_that_figure_module_by_module(
    make: Callable[[], nn.Module], shape: tuple[int, ...], release: int, main: int
) -> None:
    assert closes("torchinfo", make(), torch.zeros(shape)).reported == release


@pytest.mark.slow
@pytest.mark.parametrize(("make", "shape"), UNRECORDED.values(), ids=UNRECORDED)
def test_what_other_counters_stumble_over_is_predicted_too(
    make: Callable[[], nn.Module], shape: tuple[int, ...]
) -> None:
    closes("torchinfo", make(), torch.zeros(shape))


@pytest.mark.parametrize("case", RECORDED)
def test_the_main_branch_differs_from_the_release_by_linear_layers_alone(case: str) -> None:
    graph = captured(RECORDED[case].make().eval(), RECORDED[case].input)
    linear = any(call.module.kind == "Linear" and len(call.outputs[0].shape) > 2 for call in graph.calls)
    assert (predicted("torchinfo", graph) == predicted("torchinfo-main", graph)) is not linear
