"""torch.profiler's own operations: what it has a formula for, wherever it runs."""

from collections.abc import Callable
from typing import Any

import pytest

from netstat.ops import OPERATORS
from tests.peers.settled import said, settled

torch = pytest.importorskip("torch")
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812  the field's name for it

from tests.one_operator import IMAGE, SEQUENCE, VECTORS, Calls, SubclassedConv2d, conv, functional  # noqa: E402
from tests.peers.test_every_operator import models  # noqa: E402
from tests.peers.test_single_operators import UNRECORDED  # noqa: E402
from tests.ten_models import TEN_MODELS, outlined  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

PEER = "torch-profiler"


def shared() -> nn.Module:
    """One layer, called twice, under two names."""
    fc = nn.Linear(16, 16)
    return Calls(lambda m, x: m.again(m.fc(x)), fc=fc, again=fc)


def attends(*heads: int, **options: Any) -> Callable[[], nn.Module]:
    """Queries attend to as many keys, in so many heads of either."""
    queries, keys = heads

    def forward(module: nn.Module, x: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(x[:, :queries], x[:, :keys], x[:, :keys], **options)

    return lambda: functional(forward)


HEADS = (2, 4, 6, 5)
CASES: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "add in place": (lambda: functional(lambda m, x: x.clone().add_(x)), IMAGE),
    "x += y": (lambda: functional(lambda m, x: x.clone().__iadd__(x)), IMAGE),
    "x - y": (lambda: functional(lambda m, x: x - x), IMAGE),
    "1 - x": (lambda: functional(lambda m, x: 1 - x), IMAGE),
    "2 * x + 1": (lambda: functional(lambda m, x: 2 * x + 1), IMAGE),
    "x / y": (lambda: functional(lambda m, x: x / 2), IMAGE),
    "a channel's scale * x": (lambda: functional(lambda m, x: m.weight * x, 4, 1, 1), IMAGE),
    "x * a channel's scale": (lambda: functional(lambda m, x: x * m.weight, 4, 1, 1), IMAGE),
    "torch.multiply": (lambda: functional(lambda m, x: torch.multiply(x, 2)), IMAGE),
    "torch.addcmul": (lambda: functional(lambda m, x: torch.addcmul(x, x, x)), IMAGE),
    "whole numbers": (lambda: functional(lambda m, x: x.long() * 2 + 1), IMAGE),
    "square": (lambda: functional(lambda m, x: x.square() + x**2), IMAGE),
    "conv 3x3 and its bias": (lambda: nn.Sequential(conv(), nn.Conv2d(6, 3, 1)), IMAGE),
    "subclassed conv": (lambda: conv(kind=SubclassedConv2d), IMAGE),
    "one linear layer under two names": (shared, VECTORS),
    "attention": (attends(4, 4), HEADS),
    "attention with shared keys": (attends(4, 2, enable_gqa=True), HEADS),
    "attention with dropout": (attends(4, 4, dropout_p=0.5), HEADS),
    "attention with shared keys and dropout": (attends(4, 2, enable_gqa=True, dropout_p=0.5), HEADS),
    "attention, masked": (attends(4, 4, attn_mask=torch.zeros(6, 6)), HEADS),
    "attention, masked in three dimensions": (attends(4, 4, attn_mask=torch.zeros(4, 6, 6)), HEADS),
    "attention, causal": (attends(4, 4, is_causal=True), HEADS),
    "attention of five dimensions": (
        lambda: functional(lambda m, x: F.scaled_dot_product_attention(x, x, x)),
        (2, 2, 4, 6, 5),
    ),
    "attention of three dimensions": (
        lambda: functional(lambda m, x: F.scaled_dot_product_attention(x, x, x)),
        (4, 6, 5),
    ),
    "rms norm without weights": (lambda: nn.RMSNorm(16, elementwise_affine=False), SEQUENCE),
    "instance norm with everything": (lambda: nn.InstanceNorm2d(4, affine=True, track_running_stats=True), IMAGE),
    "bilinear without a bias": (lambda: Calls(lambda m, x: m.b(x, x), b=nn.Bilinear(16, 16, 3, bias=False)), VECTORS),
    "repeat": (lambda: functional(lambda m, x: x.repeat(1, 2, 1, 1)), IMAGE),
    "einsum by values": (lambda: functional(lambda m, x: torch.einsum("bc,c->bc", x, m.weight), 16), VECTORS),
    "einsum, an outer product": (lambda: functional(lambda m, x: torch.einsum("bc,d->bcd", x, m.weight), 3), VECTORS),
}
TRAINED: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "dropout": (nn.Dropout, IMAGE),
    "dropout of nothing": (lambda: nn.Dropout(0.0), IMAGE),
    "dropout in place": (lambda: nn.Sequential(nn.BatchNorm2d(4), nn.Dropout(inplace=True)), IMAGE),
    "dropout of channels": (nn.Dropout2d, IMAGE),
    "alpha dropout": (nn.AlphaDropout, IMAGE),
    "alpha dropout of channels": (nn.FeatureAlphaDropout, IMAGE),
    "lstm with dropout": (lambda: nn.LSTM(16, 8, num_layers=3, dropout=0.5, bidirectional=True), SEQUENCE),
    "projected lstm with dropout": (lambda: nn.LSTM(16, 8, num_layers=3, dropout=0.5, proj_size=4), SEQUENCE),
    "gru with dropout": (lambda: nn.GRU(16, 8, num_layers=2, dropout=0.5), SEQUENCE),
    "rnn with dropout": (lambda: nn.RNN(16, 8, num_layers=3, dropout=0.5), SEQUENCE),
    "randomised relu": (nn.RReLU, IMAGE),
}


@pytest.mark.parametrize(("make", "shape"), {**UNRECORDED, **CASES}.values(), ids={**UNRECORDED, **CASES})
def test_the_convention_predicts_what_the_profiler_returns(
    make: Callable[[], nn.Module], shape: tuple[int, ...]
) -> None:
    check = settled(PEER, make().eval(), torch.zeros(shape))
    assert check.closed, said(check)


@pytest.mark.parametrize(
    ("make", "shape"), {**UNRECORDED, **CASES, **TRAINED}.values(), ids={**UNRECORDED, **CASES, **TRAINED}
)
def test_the_convention_predicts_the_training_pass(make: Callable[[], nn.Module], shape: tuple[int, ...]) -> None:
    check = settled(PEER, make(), torch.zeros(shape), training=True)
    assert check.closed, said(check)


@pytest.mark.parametrize("batch", [1, 8])
@pytest.mark.parametrize("case", ["2 * x + 1", "attention with dropout", "rms norm without weights"])
def test_a_batch_is_counted(case: str, batch: int) -> None:
    make, (_, *sizes) = CASES[case]
    one, many = (settled(PEER, make().eval(), torch.zeros(n, *sizes)) for n in (1, batch))
    assert many.closed, said(many)
    assert many.reported == batch * one.reported


@pytest.mark.parametrize(
    ("case", "reason", "amount"),
    [
        ("a channel's scale * x", "multiplication counted as 1 per element of its first operand", 4),
        ("x * a channel's scale", "multiplication counted as 1 per element of its first operand", 512),
        ("attention", "defect: attention kernel of the CPU without a formula", -2 * 2 * 2 * 4 * 6 * 6 * 5),
    ],
)
def test_a_rule_is_billed_with_what_it_makes(case: str, reason: str, amount: int) -> None:
    make, shape = CASES[case]
    terms = settled(PEER, make().eval(), torch.zeros(shape)).terms
    assert [term.amount for term in terms if term.reason.startswith(reason)] == [amount]


def test_the_range_of_a_module_is_that_of_its_own_forward() -> None:
    check = settled(PEER, shared().eval(), torch.zeros(VECTORS))
    assert {layer.path: layer.reported for layer in check.layers} == {"fc": 2 * 1024}


def test_nothing_is_written_past_the_interpreter(capfd: pytest.CaptureFixture[str]) -> None:
    settled(PEER, conv(padding="same"), torch.zeros(IMAGE))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", OPERATORS.names()[::8])  # every one in the slow tier
def test_an_operator_is_counted_as_the_convention_says(name: str) -> None:
    for model, inputs, graph in models(name, 1):
        check = settled(PEER, model, *inputs, graph=graph)
        assert check.closed, (said(check), model.call)


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATORS.names())
def test_every_operator_is_counted_as_the_convention_says(name: str) -> None:
    for model, inputs, graph in models(name, 3):
        check = settled(PEER, model, *inputs, graph=graph)
        assert check.closed, (said(check), model.call)


@pytest.mark.parametrize(
    "name", [name if name == "lstm" else pytest.param(name, marks=pytest.mark.slow) for name in TEN_MODELS]
)
def test_a_model_closes_in_total_and_per_module(name: str) -> None:
    check = settled(PEER, *outlined(name))
    assert check.closed, said(check)
    assert check.layers
