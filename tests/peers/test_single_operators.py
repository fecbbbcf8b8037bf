"""Operators one by one: the real peers return what is on record for them, and their conventions predict it.

The recorded figures were taken from the peers themselves by other hands (torch 2.14, CPU, batch 2); each rule of a
convention has to hold here before it may explain anything in a model.
"""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.peers.settled import ALL, captured, said, settled

torch = pytest.importorskip("torch")
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812  the field's name for it

pytestmark = [
    pytest.mark.torch,
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore:Using padding='same'", "ignore:Implicit dimension choice"),
]


class Calls(nn.Module):
    """A model whose forward is a function, over whatever modules and parameters it is given."""

    def __init__(self, function: Callable[..., Tensor], **members: nn.Module | Tensor) -> None:
        super().__init__()
        self.function = function
        for name, member in members.items():
            setattr(self, name, nn.Parameter(member) if isinstance(member, Tensor) else member)

    def forward(self, x: Tensor) -> Tensor:
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


def conv(*arguments: int, kind: type[nn.Conv2d] = nn.Conv2d, **options: object) -> nn.Module:
    return kind(4, *(arguments or (6, 3)), **{"padding": 1, **options})


def functional(function: Callable[..., Tensor], *weight: int) -> nn.Module:
    return Calls(function, weight=torch.zeros(weight)) if weight else Calls(function)


def frozen(module: nn.Module) -> nn.Module:
    return module.requires_grad_(False)


class Case(NamedTuple):
    make: Callable[[], nn.Module]
    shape: tuple[int, ...]
    thop: int
    fvcore: int
    torch: int


IMAGE = (2, 4, 8, 8)
RECORDED = {
    "conv 3x3, bias": Case(conv, IMAGE, 27648, 27648, 55296),
    "conv 3x3, no bias": Case(lambda: conv(bias=False), IMAGE, 27648, 27648, 55296),
    "conv in 2 groups": Case(lambda: conv(groups=2), IMAGE, 13824, 13824, 27648),
    "conv, depthwise": Case(lambda: conv(4, 3, groups=4), IMAGE, 4608, 4608, 9216),
    "conv, dilated": Case(lambda: conv(dilation=2, padding=2), IMAGE, 27648, 27648, 55296),
    "conv 4x4, padding same": Case(lambda: conv(6, 4, padding="same"), IMAGE, 49152, 0, 98304),
    "F.conv2d": Case(
        lambda: functional(lambda m, x: F.conv2d(x, m.weight, padding=1), 6, 4, 3, 3), IMAGE, 0, 27648, 55296
    ),
    "subclassed conv": Case(lambda: conv(kind=SubclassedConv2d), IMAGE, 0, 27648, 55296),
    "conv without a batch": Case(conv, (4, 8, 8), 27648, 13824, 27648),
    "conv 1d": Case(lambda: nn.Conv1d(4, 6, 3, padding=1), (2, 4, 8), 1152, 1152, 2304),
    "conv 3d": Case(lambda: nn.Conv3d(4, 6, 3, padding=1), (2, 4, 4, 4, 4), 82944, 82944, 165888),
    "linear, bias": Case(lambda: nn.Linear(16, 10), (2, 16), 320, 320, 640),
    "linear, no bias": Case(lambda: nn.Linear(16, 10, bias=False), (2, 16), 320, 320, 640),
    "linear on a sequence": Case(lambda: nn.Linear(16, 10), (2, 10, 16), 3200, 3200, 6400),
    "F.linear": Case(lambda: functional(lambda m, x: F.linear(x, m.weight), 10, 16), (2, 16), 0, 320, 640),
    "linear called three times": Case(
        lambda: Calls(lambda m, x: m.fc(m.fc(m.fc(x))), fc=nn.Linear(16, 16)), (2, 16), 1536, 1536, 3072
    ),
    "linear beside an unused one": Case(
        lambda: Calls(lambda m, x: m.fc(x), fc=nn.Linear(16, 16), unused=nn.Linear(16, 16)), (2, 16), 512, 512, 1024
    ),
    "linear in a module with a parameter of its own": Case(OwnParameter, (2, 16), 512, 512, 1024),
    "linear, frozen": Case(lambda: frozen(nn.Linear(16, 16)), (2, 16), 512, 512, 1024),
    "batch norm": Case(lambda: nn.BatchNorm2d(4), IMAGE, 2048, 1024, 0),
    "batch norm, not affine": Case(lambda: nn.BatchNorm2d(4, affine=False), IMAGE, 1024, 512, 0),
    "local response norm": Case(lambda: nn.LocalResponseNorm(5), IMAGE, 0, 0, 0),
    "relu": Case(nn.ReLU, IMAGE, 0, 0, 0),
    "F.relu": Case(lambda: functional(lambda m, x: F.relu(x)), IMAGE, 0, 0, 0),
    "sigmoid": Case(nn.Sigmoid, IMAGE, 0, 0, 0),
    "tanh": Case(nn.Tanh, IMAGE, 0, 0, 0),
    "softmax": Case(lambda: nn.Softmax(1), (2, 16), 94, 0, 0),
    "F.softmax": Case(lambda: functional(lambda m, x: F.softmax(x, 1)), (2, 16), 0, 0, 0),
    "dropout": Case(nn.Dropout, IMAGE, 0, 0, 0),
    "max pool 2": Case(lambda: nn.MaxPool2d(2), IMAGE, 0, 0, 0),
    "max pool 3, stride 2": Case(lambda: nn.MaxPool2d(3, 2), IMAGE, 0, 0, 0),
    "average pool 2": Case(lambda: nn.AvgPool2d(2), IMAGE, 128, 0, 0),
    "average pool 4": Case(lambda: nn.AvgPool2d(4), IMAGE, 32, 0, 0),
    "adaptive average pool to 1": Case(lambda: nn.AdaptiveAvgPool2d(1), IMAGE, 520, 512, 0),
    "adaptive average pool to 6": Case(lambda: nn.AdaptiveAvgPool2d(6), IMAGE, 800, 512, 0),
    "adaptive average pool to its own size": Case(lambda: nn.AdaptiveAvgPool2d(8), IMAGE, 1024, 512, 0),
    "adaptive max pool to 1": Case(lambda: nn.AdaptiveMaxPool2d(1), IMAGE, 0, 0, 0),
    "x + x": Case(lambda: functional(lambda m, x: x + x), IMAGE, 0, 0, 0),
    "torch.add": Case(lambda: functional(lambda m, x: torch.add(x, x)), IMAGE, 0, 0, 0),
    "cat": Case(lambda: functional(lambda m, x: torch.cat([x, x], 1)), IMAGE, 0, 0, 0),
}

ON_A_LINE, IN_A_CUBE = (2, 4, 8), (2, 4, 5, 7, 6)
UNRECORDED: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "conv 3x3, padding same": (lambda: conv(padding="same"), IMAGE),
    "conv, padding valid": (lambda: conv(padding="valid"), IMAGE),
    "conv 1d, padding same": (lambda: nn.Conv1d(4, 6, 4, padding="same"), ON_A_LINE),
    "conv 3d, padding same": (lambda: nn.Conv3d(4, 6, 3, padding="same"), IN_A_CUBE),
    "conv, reflecting padding": (lambda: conv(padding_mode="reflect"), IMAGE),
    "conv, padding same and circular": (lambda: conv(padding="same", padding_mode="circular"), IMAGE),
    "F.conv2d, padding same": (
        lambda: functional(lambda m, x: F.conv2d(x, m.weight, padding="same"), 6, 4, 3, 3),
        IMAGE,
    ),
    "conv 1d without a batch": (lambda: nn.Conv1d(4, 6, 3), (4, 9)),
    "conv 3d without a batch": (lambda: nn.Conv3d(4, 6, 3), (4, 5, 6, 7)),
    "conv in 2 groups without a batch": (lambda: conv(groups=2), (4, 9, 8)),
    "subclassed conv, not the whole model": (lambda: nn.Sequential(conv(kind=SubclassedConv2d), nn.ReLU()), IMAGE),
    "F.conv2d in a leaf module": (
        lambda: nn.Sequential(functional(lambda m, x: F.conv2d(x, m.weight), 6, 4, 3, 3)),
        IMAGE,
    ),
    "F.linear between modules": (
        lambda: nn.Sequential(Calls(lambda m, x: F.linear(m.fc(x), m.w), fc=nn.Linear(16, 16), w=torch.zeros(7, 16))),
        (2, 16),
    ),
    "F.linear, vector weight": (lambda: functional(lambda m, x: F.linear(x, m.weight), 16), (2, 3, 16)),
    "F.linear, vector weight and input": (lambda: functional(lambda m, x: F.linear(x, m.weight), 16), (16,)),
    "linear on a vector": (lambda: nn.Linear(16, 10), (16,)),
    "linear on a vector, no bias": (lambda: nn.Linear(16, 10, bias=False), (16,)),
    "linear, forward called past the hooks": (
        lambda: Calls(lambda m, x: m.fc.forward(x), fc=nn.Linear(16, 10)),
        (2, 16),
    ),
    "linear called by its parent and its grandparent": (
        lambda: Calls(lambda m, x: m.block[0](x) + m.block(x), block=nn.Sequential(nn.Linear(16, 16))),
        (2, 16),
    ),
    "batch norm of vectors": (lambda: nn.BatchNorm1d(4), (3, 4)),
    "batch norm 1d": (lambda: nn.BatchNorm1d(4), ON_A_LINE),
    "batch norm 3d": (lambda: nn.BatchNorm3d(4), IN_A_CUBE),
    "batch norm without running statistics": (lambda: nn.BatchNorm2d(4, track_running_stats=False), IMAGE),
    "batch norm without anything": (lambda: nn.BatchNorm2d(4, affine=False, track_running_stats=False), IMAGE),
    "F.batch_norm": (lambda: functional(lambda m, x: F.batch_norm(x, None, None, training=True)), IMAGE),
    "local response norm 1d": (lambda: nn.LocalResponseNorm(3), ON_A_LINE),
    "softmax over the last dimension": (lambda: nn.Softmax(-1), (2, 3, 16)),
    "softmax over the first dimension": (lambda: nn.Softmax(0), (2, 3, 16)),
    "softmax over channels": (nn.Softmax2d, IMAGE),
    "max pool 1d": (lambda: nn.MaxPool1d(2), ON_A_LINE),
    "max pool 3d": (lambda: nn.MaxPool3d(2), IN_A_CUBE),
    "max pool with indices": (lambda: functional(lambda m, x: F.max_pool2d(x, 2, return_indices=True)[0]), IMAGE),
    "average pool 1d": (lambda: nn.AvgPool1d(2), ON_A_LINE),
    "average pool 3d": (lambda: nn.AvgPool3d(2), IN_A_CUBE),
    "average pool without a batch, padded": (lambda: nn.AvgPool2d(2, padding=1, ceil_mode=True), (4, 7, 7)),
    "F.avg_pool2d": (lambda: functional(lambda m, x: F.avg_pool2d(x, 2)), IMAGE),
    "adaptive average pool 1d": (lambda: nn.AdaptiveAvgPool1d(3), ON_A_LINE),
    "adaptive average pool 3d": (lambda: nn.AdaptiveAvgPool3d((2, 3, 1)), IN_A_CUBE),
    "adaptive average pool without a batch": (lambda: nn.AdaptiveAvgPool2d(3), (4, 8, 7)),
    "adaptive average pool 1d without a batch": (lambda: nn.AdaptiveAvgPool1d(3), (4, 8)),
    "adaptive average pool where sizes do not divide": (lambda: nn.AdaptiveAvgPool2d(6), (1, 7, 13, 13)),
    "adaptive average pool of one dimension": (lambda: nn.AdaptiveAvgPool2d((None, 2)), IMAGE),
    "adaptive average pool to a larger size": (lambda: nn.AdaptiveAvgPool2d(7), (2, 4, 2, 2)),
    "F.adaptive_avg_pool2d": (lambda: functional(lambda m, x: F.adaptive_avg_pool2d(x, 3)), IMAGE),
    "adaptive max pool 1d": (lambda: nn.AdaptiveMaxPool1d(2), ON_A_LINE),
    "adaptive max pool 3d": (lambda: nn.AdaptiveMaxPool3d(2), IN_A_CUBE),
    "flatten, view, reshape": (lambda: functional(lambda m, x: x.flatten(1).view(2, -1, 4).reshape(-1)), IMAGE),
    "permute, transpose": (lambda: functional(lambda m, x: x.permute(0, 2, 3, 1).transpose(1, 2)), IMAGE),
    "squeeze, unsqueeze": (lambda: functional(lambda m, x: x.unsqueeze(0).squeeze(0)), IMAGE),
    "clone, contiguous": (lambda: functional(lambda m, x: x.clone().contiguous()), IMAGE),
    "pad": (lambda: functional(lambda m, x: F.pad(x, (1, 2))), IMAGE),
    "one module under two names of one parent": (lambda: nn.Sequential(*[nn.Linear(16, 16)] * 2), (2, 16)),
    "one block under two names of one parent": (
        lambda: nn.Sequential(*[nn.Sequential(nn.Conv2d(4, 4, 3), nn.BatchNorm2d(4), nn.ReLU())] * 2),
        IMAGE,
    ),
}


@pytest.mark.parametrize("peer", ALL)
@pytest.mark.parametrize("case", RECORDED.values(), ids=RECORDED)
def test_a_peer_returns_its_recorded_figure_and_its_convention_predicts_it(case: Case, peer: str) -> None:
    check = settled(peer, case.make(), torch.zeros(case.shape))
    assert check.reported == getattr(case, peer)
    assert check.closed, said(check)


@pytest.mark.parametrize("peer", ALL)
@pytest.mark.parametrize(("make", "shape"), UNRECORDED.values(), ids=UNRECORDED)
def test_a_convention_predicts_what_the_peer_returns(
    make: Callable[[], nn.Module], shape: tuple[int, ...], peer: str
) -> None:
    check = settled(peer, make(), torch.zeros(shape))
    assert check.closed, said(check)


def test_string_padding_is_named_as_a_defect_of_fvcore() -> None:
    (term,) = settled("fvcore", conv(padding="same"), torch.zeros(IMAGE)).terms
    assert term.reason.startswith("defect: string padding")
    assert term.amount == -27648


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("F.linear between modules", "functional call not seen by module hooks"),
        ("F.conv2d in a leaf module", "module of a class without a rule"),
        ("subclassed conv, not the whole model", "module of a class without a rule"),
        ("conv 1d without a batch", "defect: input without a batch"),
    ],
)
def test_what_thop_does_not_see_or_misreads_is_billed_with_the_reason(case: str, reason: str) -> None:
    make, shape = UNRECORDED[case]
    (term,) = settled("thop", make(), torch.zeros(shape)).terms
    assert term.reason.startswith(reason)


def test_softmax_without_a_dimension_fails_in_thop_and_nowhere_else() -> None:
    module, input = nn.Softmax(dim=None), torch.zeros(2, 16)
    assert settled("thop", module, input).error.startswith("TypeError")
    assert settled("thop", module, input).reported is None
    assert all(settled(peer, module, input).closed for peer in ("fvcore", "torch"))


def test_a_layer_under_two_parents_stays_unexplained_for_thop() -> None:
    """A known defect, hooked and summed once per path, that a graph's nodes do not tell: shown, not hidden."""
    fc = nn.Linear(16, 16)
    model = Calls(lambda m, x: m.b(m.a(x)), a=nn.Sequential(fc), b=nn.Sequential(fc))
    check = settled("thop", model, torch.zeros(2, 16))
    assert (check.ours, check.reported) == (2 * 2 * 16 * 16, 4 * 2 * 2 * 16 * 16)
    assert check.unexplained == check.reported - check.ours
    assert [layer.path for layer in check.layers if layer.unexplained] == ["a.0"]


@pytest.mark.parametrize("peer", ALL)
@pytest.mark.parametrize("case", ["conv 3x3, bias", "average pool 2", "batch norm", "adaptive average pool to 6"])
def test_eight_images_are_eight_times_one(case: str, peer: str) -> None:
    one, eight = (settled(peer, RECORDED[case].make(), torch.zeros(batch, 4, 8, 8)) for batch in (1, 8))
    assert eight.closed
    assert eight.reported == 8 * one.reported


def test_every_operator_is_met_by_a_case() -> None:
    """An operator that is added needs a case here, whether the peers count it or not."""
    from netstat.ops import OPERATORS

    cases = [*((case.make, case.shape) for case in RECORDED.values()), *UNRECORDED.values()]
    met = {node.op for make, shape in cases for node in captured(make().eval(), torch.zeros(shape)).nodes}
    assert set(OPERATORS.names()) - met == set()
