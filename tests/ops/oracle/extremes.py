"""The largest and smallest of a row's values, where they stand, and which values are not zero."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.broadcasting import stretched, within
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, plain, total
from oracle.draws import DTYPES, shapes
from oracle.pointwise import broadcastable
from oracle.reductions import FLOATS_AND_INTEGERS, ONE_OR_ALL, Row, by_row, reduction, reductions
from oracle.tensors import Tensor, positions

Beats = Callable[[Counted, Counted], bool]


def over(a: Counted, b: Counted) -> bool:
    return a > b


def under(a: Counted, b: Counted) -> bool:
    return a < b


def champion(row: Row, beats: Beats) -> tuple[Counted, int]:
    """The value that beats all others, and its number."""
    best, number = row[0], 0
    for i, x in enumerate(row[1:], 1):
        if beats(x, best):
            best, number = x, i
    return best, number


def extreme(beats: Beats) -> Callable[..., tuple[Tensor, ...]]:
    """Of the whole tensor, of each row with its place, or of two tensors value by value."""

    def loops(
        input: Tensor, dim: int | None = None, keepdim: bool = False, other: Tensor | None = None
    ) -> tuple[Tensor, ...]:
        if other is None:
            dtypes = (input.dtype,) if dim is None else (input.dtype, "int64")
            return by_row(input, dim, keepdim, dtypes, lambda row: champion(row, beats)[: len(dtypes)])
        output = input.like(stretched(input.shape, other.shape))
        for at in positions(output.shape):
            pair = [input[within(input.shape, at)], other[within(other.shape, at)]]
            output[at], _ = champion(pair, beats)
        return (output,)

    return loops


@st.composite
def extremes(draw: DrawFn) -> Call:
    if draw(st.booleans()):
        return draw(reductions(FLOATS_AND_INTEGERS, ONE_OR_ALL))
    whole, dtype = draw(shapes(0, 3)), draw(DTYPES)
    both = {name: TensorSpec(draw(broadcastable(whole)), dtype) for name in ("input", "other")}
    return Call(both, {})


def both_ends(input: Tensor, dim: int | None = None, keepdim: bool = False) -> tuple[Tensor, ...]:
    return by_row(
        input, dim, keepdim, (input.dtype,) * 2, lambda row: (champion(row, under)[0], champion(row, over)[0])
    )


def truth(quantifier: Callable[[Row], Any], dtype: str | None = None) -> Callable[..., tuple[Tensor, ...]]:
    """What holds of a row's values, each of which is zero or not."""

    def loops(input: Tensor, dim: Any = None, keepdim: bool = False) -> tuple[Tensor, ...]:
        def result(row: Row) -> tuple[Any]:
            return (quantifier([is_true(x, input.dtype) for x in row]),)

        made = dtype or ("uint8" if input.dtype == "uint8" else "bool")
        return by_row(input, dim, keepdim, (made,), result)

    return loops


def is_true(x: Counted, dtype: str) -> Counted:
    """Whether it is not zero: a comparison, unless it is a truth value already."""
    if dtype != "bool":
        x.tally.compares += 1
    return Counted(int(x.value != 0), x.tally)


ORACLES["max"] = Oracle(extreme(over), extremes())
ORACLES["min"] = Oracle(extreme(under), extremes())
ORACLES["amax"] = Oracle(reduction(lambda row: champion(row, over)[0]), reductions(FLOATS_AND_INTEGERS))
ORACLES["amin"] = Oracle(reduction(lambda row: champion(row, under)[0]), reductions(FLOATS_AND_INTEGERS))
ORACLES["aminmax"] = Oracle(both_ends, reductions(FLOATS_AND_INTEGERS, ONE_OR_ALL))
for name, beats in (("argmax", over), ("argmin", under)):
    ORACLES[name] = Oracle(
        reduction(lambda row, beats=beats: champion(row, beats)[1], lambda dtype: "int64"),
        reductions(dims=ONE_OR_ALL),
    )
ORACLES["all"] = Oracle(truth(lambda held: all(map(plain, held))), reductions(FLOATS_AND_INTEGERS))
ORACLES["any"] = Oracle(truth(lambda held: any(map(plain, held))), reductions(FLOATS_AND_INTEGERS))
ORACLES["count_nonzero"] = Oracle(truth(total, "int64"), reductions(FLOATS_AND_INTEGERS, keeps=False))
