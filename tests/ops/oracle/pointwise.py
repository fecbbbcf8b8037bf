"""Operators that work value by value, and softmax."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.broadcasting import COMPLEX, joined, mapped, parts
from oracle.broadcasting import stretched as stretched
from oracle.broadcasting import within as within
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, total
from oracle.draws import DTYPES, shapes, tensors
from oracle.tensors import Index, Tensor, positions


def relu(x: Counted) -> Counted:
    return x if x > 0 else Counted(0.0, x.tally)


def sigmoid(x: Counted) -> Counted:
    return 1 / (1 + (-x).exp())


@st.composite
def activations(draw: DrawFn) -> Call:
    return Call({"input": draw(tensors())}, {"inplace": draw(st.booleans())})


def softmax(input: Tensor, dim: int | None = None, dtype: str | None = None) -> tuple[Tensor]:
    """e^x over the sum of the row's e^x."""
    return shared(input, dim, dtype, Counted.exp)


def shared(
    input: Tensor,
    dim: int | None,
    dtype: str | None,
    power: Callable[[Counted], Counted],
    finish: Callable[[Counted], Counted] = lambda share: share,
) -> tuple[Tensor]:
    """A power over the sum of the row's; without a `dim`, torch takes 0 for 0, 1 and 3 dimensions, else 1."""
    rank = len(input.shape)
    dim = (0 if rank in (0, 1, 3) else 1) if dim is None else dim
    output = input.like(dtype=dtype)
    rows: dict[Index, list[Index]] = {}
    for at in positions(input.shape):
        rest = list(at)
        del rest[dim : dim + 1 or None]
        rows.setdefault(tuple(rest), []).append(at)
    for row in rows.values():
        powers = [power(input[at]) for at in row]
        whole = total(powers)
        for at, one in zip(row, powers, strict=True):
            output[at] = finish(one / whole)
    return (output,)


@st.composite
def softmaxes(draw: DrawFn) -> Call:
    input = draw(tensors())
    rank = max(len(input.shape), 1)
    return Call(
        {"input": input}, {"dim": draw(st.none() | st.integers(-rank, rank - 1)), "dtype": draw(st.none() | DTYPES)}
    )


def dropout(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False, drawn: Iterator[float] | None = None
) -> tuple[Tensor]:
    """In training a value survives where a number drawn from 0 … 1 is over p, and is then scaled by 1 / (1 − p)."""
    if not training:
        return (input,)
    drawn = iter(random.Random(0).random, None) if drawn is None else drawn
    scale = 1 / (1 - p) if p < 1 else 0.0
    output = input.like()
    for at in positions(input.shape):
        survives = Counted(next(drawn), input.tally) > p
        output[at] = input[at] * (scale if survives else 0.0)
    return (output,)


@st.composite
def dropouts(draw: DrawFn) -> Call:
    chosen = {
        "p": draw(st.sampled_from([0.0, 0.1, 0.5, 1.0])),
        "training": draw(st.booleans()),
        "inplace": draw(st.booleans()),
    }
    return Call({"input": draw(tensors())}, chosen)


def summed(plus: Callable[[Any, Any], Counted]) -> Callable[..., tuple[Tensor]]:
    """`plus` of input and alpha · other, either repeated along the dimensions it lacks or has once."""

    def loops(input: Tensor | float, other: Tensor | float, alpha: float = 1, inplace: bool = False) -> tuple[Tensor]:
        if not isinstance(other, Tensor):
            other = alpha * other
        elif alpha != 1:
            other = other.renewed({at: scaled(other[at], alpha) for at in positions(other.shape)})
        return mapped(plus)(input=input, other=other)

    return loops


def plus(input: Any, other: Any) -> Counted:
    """The sum, of two complex numbers part by part."""
    (a, b), (c, d) = parts(input), parts(other)
    return a + c if b is None and d is None else joined(a + c, (d if b is None else b if d is None else b + d))


def scaled(x: Counted, factor: float) -> Counted:
    a, b = parts(x)
    return a * factor if b is None else joined(a * factor, b * factor)


@st.composite
def broadcastable(draw: DrawFn, whole: Index) -> Index:
    """A shape that stretches to `whole`: some sizes 1, some of the first dimensions missing."""
    kept = whole[draw(st.integers(0, len(whole))) :]
    return tuple(draw(st.sampled_from([1, size])) for size in kept)


@st.composite
def adds(draw: DrawFn) -> Call:
    whole, dtype = draw(shapes()), draw(DTYPES)
    input = TensorSpec(draw(st.just(whole) | broadcastable(whole)), dtype)
    alpha = {"alpha": draw(st.sampled_from([1, 1.0, 2, -0.5, 0]))}
    if draw(st.integers(0, 4)) == 0:
        return Call({"input": input}, alpha | {"other": draw(st.sampled_from([0.0, 1.5, -2]))})
    if draw(st.integers(0, 9)) == 0:
        return Call({"input": COMPLEX, "other": draw(st.sampled_from([COMPLEX, TensorSpec((2,), "float64")]))}, alpha)
    return Call({"input": input, "other": TensorSpec(draw(broadcastable(whole)), dtype)}, alpha)


def elementwise(function: Callable[[Counted], Counted]) -> Oracle:
    return Oracle(mapped(lambda input: function(input)), activations())


ORACLES["relu"] = elementwise(relu)
ORACLES["sigmoid"] = elementwise(sigmoid)
ORACLES["tanh"] = elementwise(Counted.tanh)
ORACLES["softmax"] = Oracle(softmax, softmaxes())
ORACLES["dropout"] = Oracle(dropout, dropouts())
ORACLES["add"] = Oracle(summed(plus), adds())
