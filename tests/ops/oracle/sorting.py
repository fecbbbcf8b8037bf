"""Sorting by insertion: each value finds its place among those before it by halving."""

from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, plain
from oracle.draws import DTYPES, shapes
from oracle.reductions import ONE_OR_ALL, by_row, each_row, is_number, reductions
from oracle.tensors import Tensor, positions

Place = tuple[Counted, int]  # a value, and its number in the row


def place_of(x: Counted, ordered: list[Counted], descending: bool = False, after_equals: bool = True) -> int:
    """How many of an ordered list come before x.

    The list is laid out to the next length of the form 2^h − 1 by a value that comes last, so that halving it takes h
    comparisons wherever x ends up.
    """
    length = 0
    while length < len(ordered):
        length = 2 * length + 1
    last = Counted(float("-inf") if descending else float("inf"), x.tally)
    laid_out = ordered + [last] * (length - len(ordered))
    first = 0
    while length:
        length //= 2
        if before(laid_out[first + length], x, descending, after_equals):
            first += length + 1
    return first


def before(a: Counted, x: Counted, descending: bool, after_equals: bool) -> bool:
    """Whether a comes before x, in one comparison."""
    if after_equals:
        return not (a < x if descending else a > x)
    return a > x if descending else a < x


def in_order(row: list[Counted], kept: int, descending: bool = False) -> list[Place]:
    """The best values, at most so many, with their numbers."""
    found: list[Place] = []
    if kept == 0:
        return found
    for number, x in enumerate(row):
        found.insert(place_of(x, [value for value, _ in found], descending), (x, number))
        del found[kept:]
    return found


def ordered(input: Tensor, dim: int, kept: int | None = None, descending: bool = False) -> tuple[Tensor, Tensor]:
    """The best of each row in order, and where they stood."""
    at = dim % len(input.shape) if input.shape else 0
    sizes = list(input.shape)
    if kept is not None and sizes:
        sizes[at] = kept
    values, numbers = input.like(tuple(sizes)), input.like(tuple(sizes), "int64")
    for start, places in each_row(input.shape, dim):
        best = in_order([input[place] for place in places], len(places) if kept is None else kept, descending)
        for i, (x, number) in enumerate(best):
            there = (*start[:at], i, *start[at + 1 :]) if sizes else ()
            values[there], numbers[there] = x, number
    return values, numbers


def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> tuple[Tensor, Tensor]:
    return ordered(input, dim, None, descending)


def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> tuple[Tensor]:
    values, numbers = ordered(input, dim, None, descending)
    input.tally.written.discard(values)
    return (numbers,)


def msort(input: Tensor) -> tuple[Tensor]:
    values, numbers = ordered(input, 0)
    input.tally.written.discard(numbers)
    return (values,)


def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> tuple[Tensor, Tensor]:
    return ordered(input, dim, k, largest)


def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> tuple[Tensor, ...]:
    return by_row(input, dim, keepdim, (input.dtype, "int64"), lambda row: in_order(row, k)[-1])


def median(
    input: Tensor, dim: int | None = None, keepdim: bool = False, numbers_alone: bool = False
) -> tuple[Tensor, ...]:
    """The last of the smaller half, which holds the middle value."""
    dtypes = (input.dtype,) if dim is None else (input.dtype, "int64")

    def middle(row: list[Counted]) -> tuple[Any, ...]:
        there = [x for x in row if is_number(x)] if numbers_alone else row
        return in_order(there, (len(there) + 1) // 2)[-1][: len(dtypes)]

    return by_row(input, dim, keepdim, dtypes, middle)


def searchsorted(
    sorted_sequence: Tensor, input: Tensor | float, out_int32: bool = False, right: bool = False
) -> tuple[Tensor]:
    """The place of each value in the row of its leading dimensions, after its equals or before them."""
    values = input if isinstance(input, Tensor) else alone(input, sorted_sequence)
    output = values.like(dtype="int32" if out_int32 else "int64")
    for at in positions(values.shape):
        lead = at[:-1] if len(sorted_sequence.shape) > 1 else ()
        row = [sorted_sequence[*lead, i] for i in range(sorted_sequence.shape[-1])]
        x = values[at]
        output[at] = place_of(x, sorted(row, key=plain), after_equals=right)
    if values is not input:
        values.tally.read.discard(values)
    return (output,)


def alone(number: float, beside: Tensor) -> Tensor:
    """A plain number, which is no tensor that could be read."""
    return Tensor((), beside.dtype, beside.tally, {(): Counted(number, beside.tally)})


def bucketize(input: Tensor | float, boundaries: Tensor, out_int32: bool = False, right: bool = False) -> tuple[Tensor]:
    return searchsorted(boundaries, input, out_int32, right)


@st.composite
def sorts(draw: DrawFn) -> Call:
    shape = draw(shapes(0, 3, 9).filter(lambda shape: TensorSpec(shape).numel <= 60))
    rank = max(len(shape), 1)
    chosen = {"dim": draw(st.integers(-rank, rank - 1)), "descending": draw(st.booleans())}
    return Call({"input": TensorSpec(shape, draw(DTYPES))}, chosen | {"stable": draw(st.booleans())})


@st.composite
def first_sorts(draw: DrawFn) -> Call:
    return Call({"input": TensorSpec(draw(shapes(1, 2, 7)), draw(DTYPES))}, {})


@st.composite
def bests(draw: DrawFn, kth: bool) -> Call:
    call = draw(sorts())
    input, dim = call.tensors["input"], call.attributes["dim"]
    k = draw(st.integers(1, input.shape[dim] if input.shape else 1))
    more = {"keepdim": draw(st.booleans())} if kth else {"largest": draw(st.booleans())}
    return Call(call.tensors, {"k": k, "dim": dim, **more})


@st.composite
def searches(draw: DrawFn, sequence: str) -> Call:
    dtype = draw(DTYPES)
    leading = draw(shapes(0, 1)) if sequence == "sorted_sequence" else ()
    shape = (*leading, draw(st.integers(1, 4))) if leading else draw(shapes(0, 2))
    chosen = {"out_int32": draw(st.booleans()), "right": draw(st.booleans())}
    tensors = {sequence: TensorSpec((*leading, draw(st.integers(1, 9))), dtype)}
    if draw(st.integers(0, 4)) == 0 and not leading:
        return Call(tensors, chosen | {"input": draw(st.sampled_from([0.0, 0.5]))})
    return Call(tensors | {"input": TensorSpec(shape, dtype)}, chosen)


ORACLES["sort"] = Oracle(sort, sorts())
ORACLES["argsort"] = Oracle(argsort, sorts())
ORACLES["msort"] = Oracle(msort, first_sorts())
ORACLES["topk"] = Oracle(topk, bests(kth=False))
ORACLES["kthvalue"] = Oracle(kthvalue, bests(kth=True))
ORACLES["median"] = Oracle(median, reductions(DTYPES, ONE_OR_ALL))
ORACLES["nanmedian"] = Oracle(partial(median, numbers_alone=True), reductions(DTYPES, ONE_OR_ALL))
ORACLES["searchsorted"] = Oracle(searchsorted, searches("sorted_sequence"))
ORACLES["bucketize"] = Oracle(bucketize, searches("boundaries").filter(lambda call: "input" in call.tensors))
