"""Running figures of a row, and differences of neighbours."""

from collections.abc import Callable
from itertools import pairwise
from math import log
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted
from oracle.draws import DTYPES, shapes
from oracle.extremes import Beats, over, under
from oracle.reductions import FLOATS_AND_INTEGERS, INTEGERS, each_row
from oracle.tensors import Tensor


def running(step: Callable[[Counted, Counted], Counted]) -> Callable[..., tuple[Tensor]]:
    """Each result is made of the one before and the next value."""

    def loops(input: Tensor, dim: int, dtype: str | None = None, inplace: bool = False) -> tuple[Tensor]:
        summed = "int64" if input.dtype in INTEGERS and not inplace else input.dtype
        output = input.like(dtype=dtype or summed)
        for _, places in each_row(input.shape, dim):
            value = input[places[0]]
            output[places[0]] = value
            for at in places[1:]:
                value = step(value, input[at])
                output[at] = value
        return (output,)

    return loops


def running_extreme(beats: Beats) -> Callable[..., tuple[Tensor, ...]]:
    """The best value up to each, and its number in the row; of equal ones the last."""

    def loops(input: Tensor, dim: int) -> tuple[Tensor, ...]:
        output, indices = input.like(), input.like(dtype="int64")
        for _, places in each_row(input.shape, dim):
            best, number = input[places[0]], 0
            for i, at in enumerate(places):
                if i and not beats(best, input[at]):
                    best, number = input[at], i
                output[at], indices[at] = best, number
        return output, indices

    return loops


def logcumsumexp(input: Tensor, dim: int) -> tuple[Tensor]:
    """The logarithm of a running sum of powers."""
    output = input.like()
    for _, places in each_row(input.shape, dim):
        value = None
        for at in places:
            power = input[at].exp()
            value = power if value is None else value + power
            output[at] = value.special(log)
    return (output,)


def diff(
    input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None
) -> tuple[Tensor]:
    """n times over, each value taken off its neighbour."""
    at, places = dim % len(input.shape), dict(each_row(input.shape, dim))
    found = {}
    for start, inside in places.items():
        row = [input[place] for place in inside]
        row = ends(prepend, start, at) + row + ends(append, start, at)
        for _ in range(n):
            row = [apart(b, a, input.dtype) for a, b in pairwise(row)]
        found[start] = row
    length = len(next(iter(found.values())))
    output = input.like((*input.shape[:at], length, *input.shape[at + 1 :]))
    for start, row in found.items():
        for i, value in enumerate(row):
            output[*start[:at], i, *start[at + 1 :]] = value
    return (output,)


def apart(b: Counted, a: Counted, dtype: str) -> Counted:
    return Counted(int(b.value != a.value), b.tally) if dtype == "bool" else b - a


def ends(tensor: Tensor | None, start: tuple[int, ...], at: int) -> list[Counted]:
    """What a row is lengthened by."""
    if tensor is None:
        return []
    return [tensor[*start[:at], i, *start[at + 1 :]] for i in range(tensor.shape[at])]


@st.composite
def scans(draw: DrawFn, dtypes: st.SearchStrategy[str], more: dict[str, st.SearchStrategy[Any]]) -> Call:
    shape = draw(shapes(0, 3))
    rank = max(len(shape), 1)
    chosen = {name: draw(value) for name, value in more.items()}
    return Call({"input": TensorSpec(shape, draw(dtypes))}, {"dim": draw(st.integers(-rank, rank - 1)), **chosen})


@st.composite
def diffs(draw: DrawFn) -> Call:
    shape, dtype = draw(shapes(1, 3)), draw(FLOATS_AND_INTEGERS.filter(lambda dtype: dtype != "uint8"))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    tensors: dict[str, Any] = {"input": TensorSpec(shape, dtype)}
    for name in ("prepend", "append"):
        sizes = list(shape)
        sizes[dim] = draw(st.integers(1, 2))
        tensors[name] = draw(st.sampled_from([None, TensorSpec(tuple(sizes), dtype)]))
    return Call(tensors, {"n": draw(st.integers(1, 3)), "dim": dim})


SUMS = {"dtype": st.sampled_from([None, None, "float64"])}
ORACLES["cumsum"] = Oracle(running(lambda a, b: a + b), scans(FLOATS_AND_INTEGERS, SUMS))
ORACLES["cumprod"] = Oracle(running(lambda a, b: a * b), scans(FLOATS_AND_INTEGERS, SUMS))
ORACLES["cummax"] = Oracle(running_extreme(over), scans(DTYPES, {}))
ORACLES["cummin"] = Oracle(running_extreme(under), scans(DTYPES, {}))
ORACLES["logcumsumexp"] = Oracle(logcumsumexp, scans(DTYPES, {}))
ORACLES["diff"] = Oracle(diff, diffs())
