"""Which of a model's outputs is trained, and by which loss."""

from collections import OrderedDict, namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from netstat.errors import ModelError, UsageError  # noqa: E402
from netstat.frontends.losses import LOSSES, loss_for, target  # noqa: E402
from netstat.frontends.specs import tensors_in  # noqa: E402

pytestmark = pytest.mark.torch

WEIGHT = torch.ones(1, requires_grad=True)
Pair = namedtuple("Pair", ["hidden", "logits"])


def made(*shape: int) -> Any:
    """An output that depends on a parameter."""
    return torch.full(shape, 2.0) * WEIGHT


@dataclass
class Outputs:
    loss: Any
    logits: Any


SCORES, AUXILIARY, CONSTANT, CLASSES = made(4, 10), made(4, 10), torch.zeros(4, 10), torch.zeros(4, dtype=torch.int64)
NUMBER, OTHER = made(1)[0], made(1)[0]
DETECTED = {"boxes": NUMBER, "classes": OTHER}


@pytest.mark.parametrize(
    ("output", "loss", "chosen"),
    [
        (SCORES, "cross-entropy", [SCORES]),
        ((SCORES, AUXILIARY, AUXILIARY), "cross-entropy", [SCORES]),
        ([CLASSES, CONSTANT, AUXILIARY, SCORES], "cross-entropy", [AUXILIARY]),
        ({"hidden": AUXILIARY, "logits": SCORES}, "cross-entropy", [SCORES]),
        (OrderedDict(aux=AUXILIARY, out=SCORES), "cross-entropy", [SCORES]),
        (Pair(AUXILIARY, SCORES), "cross-entropy", [SCORES]),
        (Outputs(None, SCORES), "cross-entropy", [SCORES]),
        ({"hidden": {"deep": [SCORES]}}, "cross-entropy", [SCORES]),
        ({"loss": NUMBER, "logits": SCORES}, "model", [NUMBER]),
        (DETECTED, "model", [NUMBER, OTHER]),
        ({"boxes": NUMBER, "scores": SCORES}, "mse", [NUMBER]),
    ],
    ids=["tensor", "googlenet", "first that learns", "logits", "segmentation", "named tuple", "dataclass", "nested",
         "own loss", "detector", "a number and others"],
)  # fmt: skip
def test_outputs_are_chosen_by_the_rules(output: Any, loss: str, chosen: list[Any]) -> None:
    if type(output) is Outputs:
        torch.utils._pytree.register_pytree_node(
            Outputs, lambda held: ([held.loss, held.logits], None), lambda items, _: Outputs(*items)
        )
    found = target(output, loss if loss in LOSSES else "cross-entropy")
    tensors = tensors_in(output)
    assert found.loss == loss
    assert [tensors[place] is one for place, one in zip(found.places, chosen, strict=True)] == [True] * len(chosen)
    assert found.of(output).requires_grad


@dataclass(slots=True)
class Slotted:
    hidden: Any
    logits: Any


@pytest.mark.parametrize("kind", [Slotted, SimpleNamespace], ids=["dataclass", "object"])
def test_an_object_that_torch_does_not_know_is_looked_into(kind: Callable[..., Any]) -> None:
    output = kind(hidden=[AUXILIARY], logits=SCORES)
    assert tensors_in(output) == []
    found = target(output, "sum")
    assert (found.loss, found.places) == ("sum", (1,))
    assert torch.equal(found.of(output), SCORES.sum())


@pytest.mark.parametrize(
    ("output", "loss", "by"),
    [
        (SCORES, "cross-entropy", "cross-entropy"),
        ({"out": made(2, 3, 5, 5)}, "cross-entropy", "cross-entropy"),
        (made(4, 1, 2), "cross-entropy", "cross-entropy"),
        (made(4, 2, 1), "sum", "sum"),
        (made(4, 1), "sum", "sum"),
        (made(4), "sum", "sum"),
        (NUMBER, "sum", "sum"),
        ({"loss": NUMBER, "logits": SCORES}, "sum", "model"),
        (DETECTED, "sum", "model"),
    ],
    ids=["scores", "maps", "tokens", "tokens of one class", "one class", "a row", "a number", "own loss", "detector"],
)
def test_where_nobody_names_a_loss_the_output_does(output: Any, loss: str, by: str) -> None:
    assert loss_for(output) == loss
    assert target(output, loss).loss == by


def test_an_output_that_cannot_be_differentiated_names_no_loss() -> None:
    with pytest.raises(ModelError, match="none of its outputs depends on a trainable parameter"):
        loss_for(CONSTANT)


@pytest.mark.parametrize("shape", [(4, 10), (2, 7, 10), (2, 10, 5, 5)], ids=str)
@pytest.mark.parametrize("loss", ["cross-entropy", "mse", "sum"])
def test_targets_without_values_are_as_large_as_those_with(loss: str, shape: tuple[int, ...]) -> None:
    real, empty = (target(torch.ones(shape, device=device, requires_grad=True), loss) for device in ("cpu", "meta"))
    assert (real.wanted is None) == (empty.wanted is None) == (loss == "sum")
    if real.wanted is not None and empty.wanted is not None:
        assert (empty.wanted.device.type, empty.wanted.nbytes) == ("meta", real.wanted.nbytes)
    assert empty.of(torch.ones(shape, device="meta", requires_grad=True)).shape == ()


def test_losses_of_the_models_own_are_added() -> None:
    assert target(DETECTED, "sum").of(DETECTED).item() == 4.0


@pytest.mark.parametrize(
    ("shape", "classes"), [((4, 10), (4,)), ((2, 10, 5, 5), (2, 5, 5)), ((2, 7, 10), (2, 7))], ids=str
)
def test_cross_entropy_finds_the_classes(shape: tuple[int, ...], classes: tuple[int, ...]) -> None:
    output = torch.randn(shape, generator=torch.Generator().manual_seed(1), requires_grad=True)
    axis = 2 if len(shape) == 3 else 1
    drawn = torch.randint(10, classes, generator=torch.Generator().manual_seed(0))
    by_hand = -output.log_softmax(axis).gather(axis, drawn.unsqueeze(axis)).mean()
    assert target(output, "cross-entropy").of(output).item() == pytest.approx(by_hand.item(), rel=1e-6)


def test_the_squares_and_the_sum_are_what_they_say() -> None:
    output = made(3, 2)
    drawn = torch.randn((3, 2), generator=torch.Generator().manual_seed(0))
    expected = ((2.0 - drawn) ** 2).mean().item()
    assert target(output, "mse").of(output).item() == pytest.approx(expected, rel=1e-6)
    assert target(output, "sum").of(output).item() == 12.0


@pytest.mark.parametrize("loss", ["cross-entropy", "mse", "sum"])
def test_targets_are_the_same_every_time(loss: str) -> None:
    state = torch.get_rng_state()
    first, second = (target(SCORES, loss).of(SCORES).item() for _ in range(2))
    assert first == second
    assert torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize("shape", [(), (5,), (4, 1)], ids=str)
def test_cross_entropy_refuses_what_has_no_classes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match=r"cross entropy needs .*; use --loss mse or --loss sum$"):
        target(torch.ones(shape) * WEIGHT.squeeze(), "cross-entropy")


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (CLASSES, "none of its outputs is a floating-point tensor"),
        ({"label": "cat"}, "none of its outputs is a floating-point tensor"),
        (None, "none of its outputs is a floating-point tensor"),
        ((CLASSES, CONSTANT), "none of its outputs depends on a trainable parameter"),
    ],
)
def test_outputs_that_cannot_be_differentiated_are_refused(output: Any, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        target(output, "sum")


def test_an_unknown_loss_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="unknown loss 'crossentropy'; did you mean cross-entropy"):
        target(SCORES, "crossentropy")
