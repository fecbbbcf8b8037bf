"""ultralytics-thop, a fork of thop that goes by thop's import name: run in a process of its own, or skipped."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import pytest

from netstat.peers import PEERS, find
from netstat.records.crosscheck import CrossCheck
from tests.peers.apart import checks, in_its_place
from tests.peers.settled import captured, said

torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812  the field's name for it

from tests.one_operator import HEADS, IMAGE, SEQUENCE, VECTORS, Calls, attention, conv  # noqa: E402
from tests.peers.test_single_operators import ON_A_LINE, UNRECORDED  # noqa: E402
from tests.peers.test_thop import SHARED  # noqa: E402
from tests.ten_models import TEN_MODELS, outlined  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

PEER = "ultralytics-thop"
Make = tuple[Callable[[], nn.Module], tuple[int, ...]]


class Adapted(nn.Linear):
    """A linear layer with two more products, by functions, and a child with a rule of its own."""

    def __init__(self) -> None:
        super().__init__(16, 10)
        self.down, self.up = nn.Linear(16, 2), nn.Parameter(torch.zeros(2, 10))

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) + self.down(x) @ self.up


class Transposed(nn.Linear):
    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T


class ChannelsLast(nn.LayerNorm):
    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x.permute(0, 2, 3, 1), self.normalized_shape, self.weight).permute(0, 3, 1, 2)


class Product(nn.Module):
    """A module without children, and without a rule."""

    def forward(self, x: Tensor) -> Tensor:
        return x @ x.mT


class InSequential(nn.Sequential):
    """A class whose rule is to count nothing: what its forward runs is counted."""

    def forward(self, x: Tensor) -> Any:
        return F.linear(super().forward(x), torch.zeros(3, 10))


class Inherited(nn.MultiheadAttention):
    """Attention of a sequence to itself."""

    def forward(self, x: Tensor) -> Any:  # type: ignore[override]
        return super().forward(x, x, x)


def several(function: Callable[..., Any], *shapes: tuple[int, ...]) -> Callable[[], nn.Module]:
    """A function of the input and of tensors of these shapes."""
    names = [f"w{i}" for i in range(len(shapes))]
    tensors = {name: torch.zeros(shape) for name, shape in zip(names, shapes, strict=True)}
    return lambda: Calls(lambda m, x: function(x, *(getattr(m, name) for name in names)), **tensors)


def attended_functionally(x: Tensor, w: Tensor, out: Tensor) -> Tensor:
    return F.multi_head_attention_forward(x, x, x, 16, 4, w, None, None, None, False, 0.0, out, None)[0]


def attends(**options: Any) -> Callable[[], nn.Module]:
    """Attention whose keys and values are longer than its queries, and of other sizes."""
    return lambda: Calls(
        lambda m, x: m.layer(x, m.keys, m.values, **options)[0],
        layer=nn.MultiheadAttention(16, 4, kdim=3, vdim=5),
        keys=torch.zeros(7, 10, 3),
        values=torch.zeros(7, 10, 5),
    )


CASES: dict[str, Make] = {
    "eight images": (lambda: nn.Sequential(conv(), nn.BatchNorm2d(6), nn.ReLU(), nn.AvgPool2d(2)), (8, 4, 8, 8)),
    "linear layer with products beside it": (Adapted, VECTORS),
    "linear layer by another function": (lambda: Transposed(16, 10), VECTORS),
    "layer norm of channels": (lambda: nn.Sequential(ChannelsLast(4)), IMAGE),
    "product in a module without a rule": (lambda: nn.Sequential(Product(), nn.Linear(10, 3)), SEQUENCE),
    "product in a Sequential": (lambda: InSequential(nn.Linear(16, 10)), VECTORS),
    "linear layer with a parametrised weight": (
        lambda: nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(16, 10))),
        VECTORS,
    ),
    "linear layer with an orthogonal weight": (
        lambda: nn.Sequential(nn.utils.parametrizations.orthogonal(nn.Linear(16, 16))),
        VECTORS,
    ),
    "attention of a subclass": (
        lambda: Calls(lambda m, x: m.a(x)[0], a=Inherited(16, 4, batch_first=True)),
        SEQUENCE,
    ),
    "attention with other keys and values": (attends(need_weights=True), SEQUENCE),
    "attention with other keys and values, weights kept": (attends(need_weights=False), SEQUENCE),
    "attention with a mask": (
        several(lambda x, mask: F.scaled_dot_product_attention(x, x, x, attn_mask=mask), (10, 10)),
        HEADS,
    ),
    "attention of arguments by name": (
        lambda: Calls(lambda m, x: m.a(query=x, key=x, value=x)[0], a=nn.MultiheadAttention(16, 4)),
        SEQUENCE,
    ),
    "attention without a batch": (lambda: attention(need_weights=True), (10, 16)),
    "attention as the whole model": (lambda: Inherited(16, 4), SEQUENCE),
    "attention by the function": (several(attended_functionally, (48, 16), (16, 16)), SEQUENCE),
    "grouped queries": (
        several(lambda x, k: F.scaled_dot_product_attention(x, k, k, enable_gqa=True), (2, 1, 10, 16)),
        HEADS,
    ),
    "attention of values of another size": (
        several(lambda x, v: F.scaled_dot_product_attention(x, x, v), (2, 2, 10, 5)),
        HEADS,
    ),
    "x.matmul": (several(lambda x, w: x.matmul(w), (16, 10)), SEQUENCE),
    "x.bmm": (several(lambda x, w: x.bmm(w), (2, 16, 10)), SEQUENCE),
    "x.mm": (several(lambda x, w: x.mm(w), (16, 10)), VECTORS),
    "torch.linalg.matmul": (several(lambda x, w: torch.linalg.matmul(x, w), (16, 10)), SEQUENCE),
    "matmul inside tensordot": (several(lambda x, w: torch.tensordot(x, w, 1), (16, 10)), SEQUENCE),
    "outer product by einsum": (several(lambda x: torch.einsum("bi,bj->bij", x, x)), VECTORS),
    "einsum of an ellipsis": (several(lambda x, w: torch.einsum("...i,oi->...o", x, w), (5, 16)), SEQUENCE),
    "einsum of an ellipsis that is summed": (
        several(lambda x, w: torch.einsum("b...,b...->b", x, w), (2, 1, 16)),
        SEQUENCE,
    ),
    "einsum without an arrow": (several(lambda x, w: torch.einsum("bi,io", x, w), (16, 3)), VECTORS),
    "einsum with an index of one alone": (several(lambda x, w: torch.einsum("bsi,o->bo", x, w), (3,)), SEQUENCE),
    "einsum with a diagonal": (several(lambda x, w: torch.einsum("bi,ii->bi", x, w), (16, 16)), VECTORS),
    "einsum that repeats a size of 1": (several(lambda x, w: torch.einsum("bi,bi->bi", x, w), (1, 16)), VECTORS),
    "average pool that leaves out padding": (
        lambda: nn.AvgPool2d(3, 2, padding=1, ceil_mode=True, count_include_pad=False),
        (2, 4, 7, 9),
    ),
    "average pool over the edge": (lambda: nn.AvgPool1d(3, 2, padding=1, ceil_mode=True), ON_A_LINE),
    "softmin": (lambda: nn.Softmin(-1), SEQUENCE),
    "softmin over the first dimension": (lambda: nn.Softmin(0), SEQUENCE),
    "log softmax of a sequence": (lambda: nn.LogSoftmax(1), SEQUENCE),
    "softmax of a dimension unsaid": (nn.Softmax, SEQUENCE),
    "softmax of channels without a batch": (nn.Softmax2d, (4, 5, 6)),
    "rms norm without weights": (lambda: nn.RMSNorm(16, elementwise_affine=False), SEQUENCE),
    "lstm without a batch": (lambda: nn.LSTM(16, 8, proj_size=3, num_layers=2), (10, 16)),
    "gru cell without a batch": (lambda: nn.GRUCell(16, 8), (16,)),
    "embedding": (lambda: Calls(lambda m, x: m.table(x.long()), table=nn.Embedding(5, 16)), VECTORS),
    "upsampling": (lambda: nn.Upsample(scale_factor=2, mode="bicubic"), IMAGE),
    "F.conv2d": (several(lambda x, w: F.conv2d(x, w), (6, 4, 3, 3)), IMAGE),
    **{f"shared: {name}": (make, shape) for name, (make, shape, _, _) in SHARED.items()},
    **UNRECORDED,
}


def ran(cases: Iterable[Make]) -> list[CrossCheck]:
    models = [(make().eval(), (torch.zeros(shape),)) for make, shape in cases]
    return checks(PEER, models, [captured(module, *inputs) for module, inputs in models])


@cache
def all_cases() -> dict[str, CrossCheck]:
    return dict(zip(CASES, ran(CASES.values()), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_case_closes_in_total_and_per_module(case: str) -> None:
    check = all_cases()[case]
    if "not installed" in check.error:
        pytest.skip(check.error)
    assert check.closed, said(check)


@pytest.mark.slow
@pytest.mark.parametrize("name", TEN_MODELS)
def test_a_model_closes_in_total_and_per_module(name: str) -> None:
    module, image = outlined(name)
    (check,) = checks(PEER, [(module, (image,))], [captured(module, image)])
    if "not installed" in check.error:
        pytest.skip(check.error)
    assert check.closed, said(check)
    assert check.reported_params == sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("name", ["eight images", "attention by the function", "lstm without a batch", "x.bmm"])
def test_it_counts_tensors_without_values_as_it_counts_real_ones(name: str) -> None:
    """Where it could not do without values it would be handed some: not here."""
    from netstat.peers._stand_ins import with_values, without_values

    if find(PEERS[PEER]) is None:
        pytest.skip(f"{PEER} has no folder of its own: python -m netstat.peers {PEER}")
    make, shape = CASES[name]
    model = make().eval(), (torch.randn(shape),)
    count = PEERS[PEER].count
    first, second = (
        in_its_place(PEER, lambda *model, stand_in=stand_in: count(*stand_in(*model)), [model])
        for stand_in in (without_values, with_values)
    )
    assert first == second
