"""Operators that work value by value, and softmax."""

import random
from collections.abc import Callable, Iterator

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, total
from oracle.draws import DTYPES, shapes, tensors
from oracle.tensors import Index, Tensor, positions


def each_value(function: Callable[[Counted], Counted]) -> Callable[..., tuple[Tensor]]:
    """The operator that does `function` to every value."""

    def loops(input: Tensor, inplace: bool = False) -> tuple[Tensor]:
        output = input.like()
        for at in positions(input.shape):
            output[at] = function(input[at])
        return (output,)

    return loops


def relu(x: Counted) -> Counted:
    return x if x > 0 else Counted(0.0, x.tally)


def sigmoid(x: Counted) -> Counted:
    return 1 / (1 + (-x).exp())


@st.composite
def activations(draw: DrawFn) -> Call:
    return Call({"input": draw(tensors())}, {"inplace": draw(st.booleans())})


def softmax(input: Tensor, dim: int | None = None, dtype: str | None = None) -> tuple[Tensor]:
    """e^x over the sum of the row's e^x; without a `dim`, torch takes 0 for 0, 1 and 3 dimensions, else 1."""
    rank = len(input.shape)
    dim = (0 if rank in (0, 1, 3) else 1) if dim is None else dim
    output = input.like(dtype=dtype)
    rows: dict[Index, list[Index]] = {}
    for at in positions(input.shape):
        rest = list(at)
        del rest[dim : dim + 1 or None]
        rows.setdefault(tuple(rest), []).append(at)
    for row in rows.values():
        powers = [input[at].exp() for at in row]
        whole = total(powers)
        for at, power in zip(row, powers, strict=True):
            output[at] = power / whole
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


def add(input: Tensor, other: Tensor | float, alpha: float = 1) -> tuple[Tensor]:
    """input + alpha · other, either repeated along the dimensions it lacks or has once."""
    if not isinstance(other, Tensor):
        output, constant = input.like(), alpha * other
        for at in positions(input.shape):
            output[at] = input[at] + constant
        return (output,)
    scaled = {at: other[at] if alpha == 1 else other[at] * alpha for at in positions(other.shape)}
    output = input.like(stretched(input.shape, other.shape))
    for at in positions(output.shape):
        output[at] = input[within(input.shape, at)] + scaled[within(other.shape, at)]
    return (output,)


def stretched(a: Index, b: Index) -> Index:
    """The shape that holds both, lined up at the last dimension."""
    rank = max(len(a), len(b))
    a, b = (1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b
    return tuple(y if x == 1 else x for x, y in zip(a, b, strict=True))


def within(shape: Index, at: Index) -> Index:
    """The index that stands at `at` once a tensor of `shape` is repeated."""
    return tuple(0 if size == 1 else i for size, i in zip(shape, at[len(at) - len(shape) :], strict=True))


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
    return Call({"input": input, "other": TensorSpec(draw(broadcastable(whole)), dtype)}, alpha)


def elementwise(function: Callable[[Counted], Counted]) -> Oracle:
    return Oracle(each_value(function), activations())


ORACLES["relu"] = elementwise(relu)
ORACLES["sigmoid"] = elementwise(sigmoid)
ORACLES["tanh"] = elementwise(Counted.tanh)
ORACLES["softmax"] = Oracle(softmax, softmaxes())
ORACLES["dropout"] = Oracle(dropout, dropouts())
ORACLES["add"] = Oracle(add, adds())
