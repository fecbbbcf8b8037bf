"""thop and modules that the model has under several names: what it counts several times, and what it does not."""

from collections.abc import Callable

import pytest

from tests.peers.settled import said, settled

torch = pytest.importorskip("torch")
from torch import Tensor, nn  # noqa: E402

from tests.one_operator import Calls  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers]

PRODUCTS = 2 * 16 * 16  # of a linear layer of 16 features on 2 rows


def linear() -> nn.Module:
    return nn.Linear(16, 16)


def block() -> nn.Module:
    return nn.Sequential(nn.Conv2d(4, 4, 3), nn.AvgPool2d(3, 1, 1))


class Own(nn.Module):
    """A layer in a container that is no Sequential, which also multiplies by itself."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layer(x) @ x.T
        return y @ x


def under_two_parents() -> nn.Module:
    shared = linear()
    return nn.Sequential(nn.Sequential(shared), nn.Sequential(shared))


def under_three_parents() -> nn.Module:
    shared = linear()
    return nn.Sequential(shared, nn.Sequential(shared), Own(shared))


def a_block_under_three_parents() -> nn.Module:
    shared = block()
    return nn.Sequential(nn.Sequential(shared, nn.ReLU()), nn.ModuleList([shared])[0], nn.Sequential(shared))


def a_block_with_a_layer_of_another() -> nn.Module:
    """Three ways to the layer: as its own, and through a block that two parents have."""
    shared = linear()
    inner = nn.Sequential(shared)
    return nn.Sequential(nn.Sequential(inner), nn.Sequential(inner), shared)


def twice_in_one_parent_under_two() -> nn.Module:
    shared = linear()
    pair = nn.Sequential(shared, shared)
    return nn.Sequential(nn.Sequential(pair), nn.Sequential(pair))


def under_two_parents_and_called_by_one() -> nn.Module:
    shared = linear()
    return Calls(lambda m, x: m.a(x), a=nn.Sequential(shared), b=nn.Sequential(shared))


ROWS = (2, 16)
# Model, input, how often its layers are called, how many chains of parents lead to each.
SHARED: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...], int, int]] = {
    "under two parents": (under_two_parents, ROWS, 2 * PRODUCTS, 2),
    "under three parents": (under_three_parents, ROWS, 3 * PRODUCTS, 3),
    "a block within, its layer by itself": (a_block_with_a_layer_of_another, ROWS, 3 * PRODUCTS, 3),
    "twice in one parent, which two have": (twice_in_one_parent_under_two, ROWS, 4 * PRODUCTS, 2),
    "under two parents and called by one": (under_two_parents_and_called_by_one, ROWS, PRODUCTS, 2),
    "twice in one parent": (lambda: nn.Sequential(*[linear()] * 2), ROWS, 2 * PRODUCTS, 1),
    "three times in one parent": (lambda: nn.Sequential(*[linear()] * 3), ROWS, 3 * PRODUCTS, 1),
}


@pytest.mark.parametrize(("make", "shape", "figure", "parents"), SHARED.values(), ids=SHARED)
def test_a_layer_counts_the_square_of_how_many_parents_have_it(
    make: Callable[[], nn.Module], shape: tuple[int, ...], figure: int, parents: int
) -> None:
    check = settled("thop", make(), torch.zeros(shape))
    assert check.closed, said(check)
    assert check.reported == parents**2 * figure


def test_what_a_block_under_three_parents_counts_is_billed_with_what_is_no_multiply_accumulate() -> None:
    check = settled("thop", a_block_under_three_parents(), torch.zeros(2, 4, 12, 12))
    assert check.closed, said(check)
    (term,) = [term for term in check.terms if term.issue == "thop#163"]
    assert term.reason.startswith("defect: module under several parents")
    assert term.paths == ("0.0.0", "0.0.1")
    assert term.amount * 9 == check.reported * 8


def test_the_bill_of_a_shared_layer_is_one_line() -> None:
    check = settled("thop", under_two_parents(), torch.zeros(ROWS))
    (term,) = check.terms
    assert (term.amount, term.paths) == (3 * 2 * PRODUCTS, ("0.0",))
    assert check.reported_params == 2 * (16 * 16 + 16)


def test_the_activation_that_is_reused_on_record_counts_nothing_however_often() -> None:
    shared = nn.LeakyReLU()
    check = settled("thop", nn.Sequential(nn.Sequential(shared), nn.Sequential(shared)), torch.zeros(ROWS))
    assert (check.closed, check.reported) == (True, 0)


@pytest.mark.parametrize("peer", ["fvcore", "torch"])
@pytest.mark.parametrize(("make", "shape", "figure", "parents"), SHARED.values(), ids=SHARED)
def test_counters_of_operators_count_a_shared_layer_call_by_call(
    make: Callable[[], nn.Module], shape: tuple[int, ...], figure: int, parents: int, peer: str
) -> None:
    check = settled(peer, make(), torch.zeros(shape))
    assert check.closed, said(check)


@pytest.mark.parametrize("peer", ["thop", "torch", "torchinfo", "torchscan", "ptflops"])
def test_layers_that_a_closure_brings_in_are_counted_by_what_runs_and_not_by_what_walks_the_model(peer: str) -> None:
    outside = nn.Sequential(nn.Linear(16, 16), nn.BatchNorm1d(16)).eval()
    module = Calls(lambda m, x: outside(m.layer(x)), layer=nn.Linear(16, 16)).eval()
    check = settled(peer, module, torch.zeros(2, 16))
    if "not installed" in check.error:
        pytest.skip(check.error)
    assert check.closed, said(check)
    assert check.ours == 2 * 2 * 16 * 16
    assert (check.reported == 2 * check.ours) is (peer == "torch")
