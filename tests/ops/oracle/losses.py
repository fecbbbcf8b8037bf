"""Losses, value by value."""

from collections.abc import Callable
from math import exp, log
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.broadcasting import within
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, total
from oracle.draws import DTYPES, shapes
from oracle.magnitudes import magnitude
from oracle.pointwise import sigmoid
from oracle.tensors import Index, Tensor, positions


def gathered(losses: dict[Index, Counted], like: Tensor, shape: Index, reduction: str, divisor: Any) -> tuple[Tensor]:
    """As they are, their sum, or that over the divisor."""
    if reduction == "none":
        output = like.like(shape)
        for at, value in losses.items():
            output[at] = value
        return (output,)
    output = like.like(())
    whole = total(losses.values())
    output[()] = whole if reduction == "sum" else whole / divisor
    return (output,)


def by_value(loss: Callable[..., Counted]) -> Callable[..., tuple[Tensor]]:
    """One loss per pair of values, the weights' multiplied."""

    def loops(
        input: Tensor, target: Tensor, weight: Tensor | None = None, reduction: str = "mean", **chosen: Any
    ) -> tuple[Tensor]:
        losses: dict[Index, Counted] = {}
        for at in positions(input.shape):
            more = {
                name: value[within(value.shape, at)] if isinstance(value, Tensor) else value
                for name, value in chosen.items()
            }
            found = loss(input[at], target[at], **more)
            losses[at] = found if weight is None else found * weight[within(weight.shape, at)]
        divisor = input.shape[0] if reduction == "batchmean" else len(losses)
        return gathered(losses, input, input.shape, reduction, divisor)

    return loops


def squared(x: Counted, y: Counted) -> Counted:
    d = x - y
    return d * d


def smooth(x: Counted, y: Counted, beta: float) -> Counted:
    """Both branches are worked out, and one is taken."""
    d = magnitude(x - y)
    if beta == 0:
        return d
    inside, outside = d * d * (0.5 / beta), d - beta / 2
    return inside if d < beta else outside


def huber(x: Counted, y: Counted, delta: float) -> Counted:
    d = magnitude(x - y)
    inside, outside = d * d * 0.5, (d - delta / 2) * delta
    return inside if d < delta else outside


def divergence(x: Counted, y: Counted, log_target: bool) -> Counted:
    if log_target:
        return y.special(exp) * (y - x)
    return y * (y.special(log) - x)


def cross(p: Counted, y: Counted, pos_weight: Counted | None = None) -> Counted:
    there = y * p.special(log)
    if pos_weight is not None:
        there = there * pos_weight
    return -(there + (1 - y) * (1 - p).special(log))


def cross_of_logit(x: Counted, y: Counted, pos_weight: Counted | None = None) -> Counted:
    return cross(sigmoid(x), y, pos_weight)


REDUCTION = st.sampled_from(["none", "sum", "mean"])
BY_BATCH = st.sampled_from(["none", "sum", "batchmean"])


@st.composite
def by_values(
    draw: DrawFn,
    weights: tuple[str, ...] = (),
    ranges: dict[str, tuple[float, float]] | None = None,
    low: int = 0,
    **more: st.SearchStrategy[Any],
) -> Call:
    shape, dtype = draw(shapes(low, 3)), draw(DTYPES)
    tensors = {name: TensorSpec(shape, dtype) for name in ("input", "target")}
    for name in weights:
        tensors |= draw(st.sampled_from([{}, {name: TensorSpec(shape[len(shape) // 2 :], dtype)}]))
    chosen = {"reduction": draw(REDUCTION)} | {name: draw(value) for name, value in more.items()}
    return Call(tensors, chosen, ranges or {})


SHARES = {"target": (0.1, 0.9)}
BOTH_WEIGHTS = ("weight", "pos_weight")
PROBABLE = SHARES | {"input": (0.1, 0.9)}
ORACLES["mse_loss"] = Oracle(by_value(squared), by_values())
ORACLES["l1_loss"] = Oracle(by_value(lambda x, y: magnitude(x - y)), by_values())
ORACLES["smooth_l1_loss"] = Oracle(by_value(smooth), by_values(beta=st.sampled_from([0.0, 0.5, 1.0])))
ORACLES["huber_loss"] = Oracle(by_value(huber), by_values(delta=st.sampled_from([0.5, 1.0])))
ORACLES["kl_div"] = Oracle(
    by_value(divergence), by_values(ranges=PROBABLE, low=1, reduction=BY_BATCH, log_target=st.booleans())
)
ORACLES["binary_cross_entropy"] = Oracle(by_value(cross), by_values(("weight",), PROBABLE))
ORACLES["binary_cross_entropy_with_logits"] = Oracle(by_value(cross_of_logit), by_values(BOTH_WEIGHTS, SHARES))
