"""Operators that turn values into another dtype, or write others over them."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from netstat.graph import TensorSpec
from oracle.arranging import Case
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, plain
from oracle.draws import DTYPES, shapes, tensors
from oracle.layout import reshaped
from oracle.pointwise import broadcastable, stretched, within
from oracle.tensors import Tensor, positions

METHODS = {
    "double": "float64", "float": "float32", "half": "float16", "bfloat16": "bfloat16", "long": "int64",
    "int": "int32", "short": "int16", "char": "int8", "byte": "uint8", "bool": "bool",
}  # fmt: skip


def cast(input: Tensor, dtype: str | None = None, copy: bool = False) -> tuple[Tensor]:
    """Another dtype: whole numbers lose their fraction, a truth value is whether it is not 0. The same one: a view."""
    if dtype in (None, input.dtype) and not copy:
        return reshaped(input, input.shape)
    output = input.like(dtype=dtype)
    for at in positions(input.shape):
        value = plain(input[at])
        if dtype == "bool":
            value = value != 0
        elif dtype and "int" in dtype:
            value = int(value) % 256 if dtype == "uint8" else int(value)
        output[at] = Counted(value, input.tally)
    return (output,)


@st.composite
def casts(draw: DrawFn, **chosen: SearchStrategy[Any]) -> Call:
    return Call({"input": draw(tensors(high=3))}, {name: draw(values) for name, values in chosen.items()})


@st.composite
def pairs(draw: DrawFn) -> Call:
    return Call({"input": draw(tensors(high=3)), "other": draw(tensors(high=1))}, {})


KNOWN = st.sampled_from([dtype for dtype in METHODS.values() if dtype != "uint8"])
ORACLES["to"] = Oracle(cast, casts(dtype=st.none() | KNOWN, copy=st.booleans()))
ORACLES["type"] = Oracle(cast, casts(dtype=KNOWN))
ORACLES["type_as"] = Oracle(lambda input, other: cast(input, other.dtype), pairs())
for method, named in METHODS.items():
    ORACLES[method] = Oracle(lambda input, named=named: cast(input, named), casts())


def written_over(input: Tensor, value: Callable[[Any], Any]) -> tuple[Tensor]:
    output = input.like()
    for at in positions(input.shape):
        output[at] = value(at)
    return (output,)


def fill(input: Tensor, value: Any, inplace: bool = False) -> tuple[Tensor]:
    number = value[()] if isinstance(value, Tensor) else Counted(value, input.tally)
    return written_over(input, lambda at: number)


def zero(input: Tensor, inplace: bool = False) -> tuple[Tensor]:
    return written_over(input, lambda at: Counted(0.0, input.tally))


def copy(input: Tensor, src: Tensor, non_blocking: bool = False, inplace: bool = False) -> tuple[Tensor]:
    return written_over(input, lambda at: src[within(src.shape, at)])


def masked_fill(input: Tensor, mask: Tensor, value: Any, inplace: bool = False) -> tuple[Tensor]:
    number = value[()] if isinstance(value, Tensor) else Counted(value, input.tally)
    output = input.like(stretched(input.shape, mask.shape))
    for at in positions(output.shape):
        there = input[within(input.shape, at)]
        output[at] = number if plain(mask[within(mask.shape, at)]) else there
    return (output,)


def masked_scatter(input: Tensor, mask: Tensor, source: Tensor, inplace: bool = False) -> tuple[Tensor]:
    values = iter([source[at] for at in positions(source.shape)])
    output = input.like(stretched(input.shape, mask.shape))
    for at in positions(output.shape):
        there = input[within(input.shape, at)]
        output[at] = next(values) if plain(mask[within(mask.shape, at)]) else there
    return (output,)


def where(condition: Tensor, input: Any, other: Any) -> tuple[Tensor]:
    given = [one for one in (input, other) if isinstance(one, Tensor)]
    shape = condition.shape
    for one in given:
        shape = stretched(shape, one.shape)
    output = condition.like(shape, given[0].dtype if given else "float32")
    for at in positions(shape):
        a, b = (
            one[within(one.shape, at)] if isinstance(one, Tensor) else Counted(one, condition.tally)
            for one in (input, other)
        )
        output[at] = a if plain(condition[within(condition.shape, at)]) else b
    return (output,)


@st.composite
def fills(draw: DrawFn, valued: bool = True) -> Call:
    input, chosen = draw(tensors(high=3)), {"inplace": draw(st.booleans())}
    if not valued:
        return Call({"input": input}, chosen)
    if draw(st.booleans()):
        return Call({"input": input, "value": TensorSpec((), input.dtype)}, chosen)
    return Call({"input": input}, chosen | {"value": draw(st.sampled_from([0.0, -1.5]))})


@st.composite
def copies(draw: DrawFn) -> Call:
    input = draw(tensors(high=3))
    return Call({"input": input, "src": TensorSpec(draw(broadcastable(input.shape)), draw(DTYPES))}, {"inplace": True})


@st.composite
def masks(draw: DrawFn, scattered: bool = False) -> Call:
    """In place the input has the whole shape."""
    whole, inplace, dtype = draw(shapes(0, 3, 3)), draw(st.booleans()), draw(DTYPES)
    input = TensorSpec(whole if inplace else draw(broadcastable(whole)), dtype)
    mask = TensorSpec(draw(broadcastable(whole)), "bool")
    chosen: dict[str, Any] = {"inplace": inplace}
    if scattered:
        return Call({"input": input, "mask": mask, "source": TensorSpec(whole, dtype)}, chosen)
    if draw(st.booleans()):
        return Call({"input": input, "mask": mask, "value": TensorSpec((), dtype)}, chosen)
    return Call({"input": input, "mask": mask}, chosen | {"value": 2.5})


@st.composite
def choices(draw: DrawFn) -> Call:
    whole, dtype = draw(shapes(0, 3, 3)), draw(DTYPES)
    tensors: dict[str, Any] = {"condition": TensorSpec(draw(broadcastable(whole)), "bool")}
    numbers: dict[str, Any] = {}
    for name in ("input", "other"):
        if draw(st.integers(0, 3)):
            tensors[name] = TensorSpec(draw(broadcastable(whole)), dtype)
        else:
            numbers[name] = 1.5
    return Call(tensors, numbers)


CASES: dict[str, Case] = {
    "fill": (fill, fills()),
    "zero": (zero, fills(valued=False)),
    "copy": (copy, copies()),
    "masked_fill": (masked_fill, masks()),
    "masked_scatter": (masked_scatter, masks(scattered=True)),
    "where": (where, choices()),
}
ORACLES |= {name: Oracle(loops, calls) for name, (loops, calls) in CASES.items()}
