"""Operators that pick values by index, or write them to places: what an index names is looked at alone."""

import itertools
from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.arranging import Case, dims_of, shown
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, plain, total
from oracle.draws import DTYPES, shapes, tensors
from oracle.pointwise import stretched, within
from oracle.tensors import Index, Tensor, positions


def picked(input: Tensor, at: Index) -> Counted:
    """One value, read by itself."""
    return shown(input, (), lambda _: at)[()]


def number(index: Tensor, at: Index) -> int:
    return int(plain(index[at]))


def picks(input: Tensor, shape: Index, where: Callable[[Index], Index]) -> tuple[Tensor]:
    output = input.like(tuple(shape))
    for at in positions(shape):
        output[at] = picked(input, where(at))
    return (output,)


def embedding(input: Tensor, weight: Tensor) -> tuple[Tensor]:
    shape = (*input.shape, weight.shape[1])
    return picks(weight, shape, lambda at: (number(input, at[:-1]), at[-1]))


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    mode: str,
    offsets: Tensor | None = None,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
) -> tuple[Tensor]:
    if offsets is None:
        bags = [[(row, i) for i in range(input.shape[1])] for row in range(input.shape[0])]
    else:
        starts = [number(offsets, at) for at in positions(offsets.shape)]
        starts = starts if include_last_offset else [*starts, input.shape[0]]
        bags = [[(i,) for i in range(a, b)] for a, b in itertools.pairwise(starts)]
    output = weight.like((len(bags), weight.shape[1]))
    for bag, column in positions(output.shape):
        values = [picked(weight, (number(input, at), column)) for at in bags[bag]]
        if per_sample_weights is not None:
            values = [value * per_sample_weights[at] for value, at in zip(values, bags[bag], strict=True)]
        output[bag, column] = max(values) if mode == "max" else total(values)
        if mode == "mean":
            output[bag, column] = output._values[bag, column] / len(values)
    return (output,)


def along(dim: int, rank: int, at: Index, i: int) -> Index:
    """The index with `i` in place of what it has along `dim`."""
    which = range(rank)[dim]
    return (*at[:which], i, *at[which + 1 :])


def gather(input: Tensor, dim: int, index: Tensor) -> tuple[Tensor]:
    return picks(input, index.shape, lambda at: along(dim, len(at), at, number(index, at)))


def take(input: Tensor, index: Tensor) -> tuple[Tensor]:
    memory = list(positions(input.shape))
    return picks(input, index.shape, lambda at: memory[number(index, at)])


def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> tuple[Tensor]:
    if dim is None:
        rows, memory = list(positions(indices.shape)), list(positions(input.shape))
        return picks(input, (len(rows),), lambda at: memory[number(indices, rows[at[0]])])
    rank = len(input.shape)
    sizes = along(dim, rank, input.shape, indices.shape[dim])
    shape = stretched(sizes, indices.shape)

    def source(at: Index) -> Index:
        which, there = range(rank)[dim], within(input.shape, at)
        return along(which, rank, there, number(indices, within(indices.shape, at)))

    return picks(input, shape, source)


def index_select(input: Tensor, dim: int, index: Tensor) -> tuple[Tensor]:
    rank = len(input.shape)
    shape = along(dim, rank, input.shape, len(list(positions(index.shape))))
    return picks(
        input, shape, lambda at: along(dim, rank, at, number(index, (at[range(rank)[dim]],) if index.shape else ()))
    )


def one_hot(input: Tensor, num_classes: int) -> tuple[Tensor]:
    output = input.like((*input.shape, num_classes))
    for at in positions(output.shape):
        output[at] = Counted(int(number(input, at[:-1]) == at[-1]), input.tally)
    return (output,)


INTEGERS = st.sampled_from(["int64", "int32"])


@st.composite
def embeddings(draw: DrawFn) -> Call:
    vectors, features = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    indices = TensorSpec(draw(shapes(0, 3, 3)), draw(INTEGERS))
    weight = TensorSpec((vectors, features), draw(DTYPES))
    return Call({"input": indices, "weight": weight}, {}, {"input": (0, vectors - 1)})


@st.composite
def bags(draw: DrawFn) -> Call:
    vectors, features = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    mode = draw(st.sampled_from(["sum", "mean", "max"]))
    weight = TensorSpec((vectors, features), draw(st.sampled_from(["float32", "float64"])))
    tensors, chosen = {"weight": weight}, {"mode": mode}
    ranges = {"input": (0, vectors - 1), "offsets": (0, 0)}
    if draw(st.booleans()):
        tensors = {"input": TensorSpec((draw(st.integers(1, 3)), draw(st.integers(1, 3))), "int64"), **tensors}
    else:  # one bag
        tensors = {"input": TensorSpec((draw(st.integers(1, 5)),), "int64"), **tensors}
        tensors["offsets"] = TensorSpec((1,), "int64")
    if mode == "sum" and draw(st.booleans()):
        tensors["per_sample_weights"] = TensorSpec(tensors["input"].shape, weight.dtype)
    return Call(tensors, chosen, ranges)


@st.composite
def gathers(draw: DrawFn) -> Call:
    input = draw(tensors(low=1, high=3, largest=3))
    dim = draw(dims_of(input))
    room = along(dim, len(input.shape), input.shape, 4)
    index = TensorSpec(tuple(draw(st.integers(1, size)) for size in room), "int64")
    return Call({"input": input, "index": index}, {"dim": dim}, {"index": (0, input.shape[dim] - 1)})


@st.composite
def takes(draw: DrawFn, name: str) -> Call:
    input = draw(tensors(high=3, largest=3))
    last = len(list(positions(input.shape))) - 1
    tensors_ = {"input": input, name: TensorSpec(draw(shapes(0, 2, 3)), "int64")}
    return Call(tensors_, {"dim": None} if name == "indices" else {}, {name: (0, last)})


@st.composite
def takes_along(draw: DrawFn) -> Call:
    whole = draw(shapes(1, 3, 3))
    dim = draw(st.integers(-len(whole), len(whole) - 1))
    input, indices = (tuple(draw(st.sampled_from([1, size])) for size in whole) for _ in range(2))
    indices = along(dim, len(whole), indices, draw(st.integers(1, 4)))
    specs = {"input": TensorSpec(input, draw(DTYPES)), "indices": TensorSpec(indices, "int64")}
    return Call(specs, {"dim": dim}, {"indices": (0, input[dim] - 1)})


@st.composite
def selections(draw: DrawFn) -> Call:
    input = draw(tensors(low=1, high=3, largest=3))
    dim = draw(dims_of(input))
    index = TensorSpec(draw(shapes(0, 1)), draw(INTEGERS))
    return Call({"input": input, "index": index}, {"dim": dim}, {"index": (0, input.shape[dim] - 1)})


@st.composite
def classes(draw: DrawFn) -> Call:
    number = draw(st.integers(1, 4))
    return Call({"input": TensorSpec(draw(shapes(0, 2)), "int64")}, {"num_classes": number}, {"input": (0, number - 1)})


CASES: dict[str, Case] = {
    "embedding": (embedding, embeddings()),
    "embedding_bag": (embedding_bag, bags()),
    "gather": (gather, gathers()),
    "take": (take, takes("index")),
    "take_along_dim": (take_along_dim, takes("indices") | takes_along()),
    "index_select": (index_select, selections()),
    "one_hot": (one_hot, classes()),
}
ORACLES |= {name: Oracle(loops, calls) for name, (loops, calls) in CASES.items()}
