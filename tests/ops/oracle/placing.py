"""Operators that write values to places that indices name: in place those places alone are touched."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.arranging import Case, dims_of, shown
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted
from oracle.draws import shapes, tensors
from oracle.indexing import along, number, picked
from oracle.pointwise import broadcastable, stretched, within
from oracle.tensors import Index, Tensor, positions


def target(input: Tensor, inplace: bool) -> tuple[Tensor, Callable[[Index], Counted], Callable[[Index, Any], None]]:
    """What is written to, how one of its values is looked at, and how one is written.

    In place these are places of the input, each for itself; else of a copy of it, written as a whole.
    """
    if not inplace:
        output = input.like()
        input.look(())
        for at in positions(input.shape):
            output[at] = input[at]
        return output, output._values.__getitem__, output.__setitem__

    def write(at: Index, value: Any) -> None:
        shown(input, (), lambda _: at)[()] = value
        input._values[at] = value

    return input, lambda at: picked(input, at), write


def index_add(
    input: Tensor, dim: int, index: Tensor, source: Tensor, alpha: float = 1, inplace: bool = False
) -> tuple[Tensor]:
    output, there, write = target(input, inplace)
    for at in positions(source.shape):
        place = along(dim, len(at), at, number(index, (at[dim],)))
        value = source[at] if alpha == 1 else source[at] * alpha
        write(place, there(place) + value)
    return (output,)


def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor, inplace: bool = False) -> tuple[Tensor]:
    output, _, write = target(input, inplace)
    for at in positions(source.shape):
        write(along(dim, len(at), at, number(index, (at[dim],))), source[at])
    return (output,)


def index_fill(input: Tensor, dim: int, index: Tensor, value: Any, inplace: bool = False) -> tuple[Tensor]:
    output, _, write = target(input, inplace)
    filled = value[()] if isinstance(value, Tensor) else Counted(value, input.tally)
    for at in positions(along(dim, len(input.shape), input.shape, index.shape[0])):
        write(along(dim, len(at), at, number(index, (at[dim],))), filled)
    return (output,)


def index_put(
    input: Tensor, indices: Sequence[Tensor], values: Tensor, accumulate: bool = False, inplace: bool = False
) -> tuple[Tensor]:
    output, there, write = target(input, inplace)
    together: Index = ()
    for index in indices:
        together = stretched(together, index.shape)
    rest = input.shape[len(indices) :]
    for at in positions(together + rest):
        first, last = at[: len(together)], at[len(together) :]
        place = (*(number(index, within(index.shape, first)) for index in indices), *last)
        value = values[within(values.shape, at)]
        write(place, there(place) + value if accumulate else value)
    return (output,)


PUT_TOGETHER: dict[str | None, Callable[[Counted, Counted], Counted]] = {
    "sum": lambda old, new: old + new,
    "add": lambda old, new: old + new,
    "mean": lambda old, new: old + new,
    "prod": lambda old, new: old * new,
    "multiply": lambda old, new: old * new,
    "amax": lambda old, new: new if new > old else old,
    "amin": lambda old, new: new if new < old else old,
}


def scatter(
    input: Tensor, dim: int, index: Tensor, src: Any, reduce: str | None = None, inplace: bool = False
) -> tuple[Tensor]:
    output, there, write = target(input, inplace)
    fixed = None if isinstance(src, Tensor) else Counted(src, input.tally)
    for at in positions(index.shape):
        place = along(dim, len(at), at, number(index, at))
        value = picked(src, at) if fixed is None else fixed
        write(place, PUT_TOGETHER[reduce](there(place), value) if reduce else value)
    return (output,)


def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor, inplace: bool = False) -> tuple[Tensor]:
    return scatter(input, dim, index, src, "add", inplace)


def scatter_reduce(
    input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, inplace: bool = False
) -> tuple[Tensor]:
    """For the mean, each value is divided by how many it is the sum of, itself among them: all are read and written."""
    if reduce != "mean":
        return scatter(input, dim, index, src, reduce, inplace)
    (output,) = scatter(input, dim, index, src, reduce)
    places = [along(dim, len(at), at, number(index, at)) for at in positions(index.shape)]
    for at in positions(output.shape):
        output[at] = output._values[at] / (1 + places.count(at))
    return (output,)


@st.composite
def slices(draw: DrawFn, name: str) -> Call:
    """Slices along a dimension, none named twice where one would overwrite the other."""
    input = draw(tensors(low=1, high=3, largest=3))
    dim = draw(dims_of(input))
    count = draw(st.integers(1, 3)) if name == "index_add" else 1
    index = TensorSpec((count,), "int64")
    specs, chosen = {"input": input, "index": index}, {"dim": dim, "inplace": draw(st.booleans())}
    if name == "index_fill" and draw(st.booleans()):
        chosen["value"] = 1.5
    elif name == "index_fill":
        specs["value"] = TensorSpec((), input.dtype)
    else:
        specs["source"] = TensorSpec(along(dim, len(input.shape), input.shape, count), input.dtype)
    if name == "index_add":
        chosen["alpha"] = draw(st.sampled_from([1, 1.0, 2, -0.5]))
    return Call(specs, chosen, {"index": (0, input.shape[dim] - 1)})


@st.composite
def puts(draw: DrawFn) -> Call:
    input = draw(tensors(low=1, high=3, largest=3))
    accumulate = draw(st.booleans())
    together = draw(shapes(0, 2, 2)) if accumulate else ()
    count = draw(st.integers(1, len(input.shape)))
    indices = [TensorSpec(draw(broadcastable(together)), "int64") for _ in range(count - 1)]
    indices.append(TensorSpec(together, "int64"))
    values = TensorSpec(draw(broadcastable((*together, *input.shape[count:]))), input.dtype)
    chosen = {"accumulate": accumulate, "inplace": draw(st.booleans())}
    return Call({"input": input, "indices": indices, "values": values}, chosen, {"indices": (0, min(input.shape) - 1)})


@st.composite
def scatters(draw: DrawFn, reduces: Sequence[str | None]) -> Call:
    """Without a reduction one index along the dimension, so that no value overwrites another."""
    input = draw(tensors(low=1, high=3, largest=3))
    dim = draw(dims_of(input))
    reduce = draw(st.sampled_from(reduces))
    room = along(dim, len(input.shape), input.shape, 3 if reduce else 1)
    index = tuple(draw(st.integers(1, size)) for size in room)
    source = tuple(size + draw(st.integers(0, 1)) for size in index)
    chosen: dict[str, Any] = {"dim": dim, "inplace": draw(st.booleans())}
    specs = {"input": input, "index": TensorSpec(index, "int64"), "src": TensorSpec(source, input.dtype)}
    if len(reduces) > 1 and reduce:
        chosen["reduce"] = reduce
    if None in reduces and draw(st.booleans()):
        del specs["src"]
        chosen["src"] = 1.5
    return Call(specs, chosen, {"index": (0, input.shape[dim] - 1)})


WRITTEN: dict[str, Case] = {
    "index_add": (index_add, slices("index_add")),
    "index_copy": (index_copy, slices("index_copy")),
    "index_fill": (index_fill, slices("index_fill")),
    "index_put": (index_put, puts()),
    "scatter": (scatter, scatters([None, "add", "multiply"])),
    "scatter_add": (scatter_add, scatters(["sum"])),
    "scatter_reduce": (scatter_reduce, scatters(["sum", "mean", "prod", "amax", "amin"])),
}
ORACLES |= {name: Oracle(loops, calls) for name, (loops, calls) in WRITTEN.items()}
