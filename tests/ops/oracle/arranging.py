"""Operators that put values elsewhere: where each output value comes from."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted
from oracle.draws import tensors
from oracle.tensors import Index, Tensor, positions

From = Callable[[Index], Index | None]


def shown(input: Tensor, shape: Index, where: Callable[[Index], Index]) -> Tensor:
    """A view: at each index, the input's value at `where` of it."""
    return input.renamed(tuple(shape), {at: where(at) for at in positions(shape)})


def moved(input: Tensor, shape: Index, where: From) -> tuple[Tensor]:
    """A copy: at each index, the input's value at `where` of it, zero where that is nowhere."""
    output = input.like(tuple(shape))
    for at in positions(shape):
        source = where(at)
        output[at] = Counted(0.0, input.tally) if source is None else input[source]
    return (output,)


def repeat(input: Tensor, repeats: Index) -> tuple[Tensor]:
    extra = len(repeats) - len(input.shape)
    sizes = (1,) * extra + input.shape
    shape = tuple(len(list(range(size)) * n) for size, n in zip(sizes, repeats, strict=True))
    return moved(input, shape, lambda at: tuple(i % size for i, size in zip(at[extra:], input.shape, strict=True)))


def tile(input: Tensor, dims: Index) -> tuple[Tensor]:
    return repeat(input, (1,) * (len(input.shape) - len(dims)) + dims)


def repeat_interleave(input: Tensor, repeats: int, dim: int | None = None, output_size: None = None) -> tuple[Tensor]:
    if dim is None:
        rows = list(positions(input.shape))
        return moved(input, (len(rows * repeats),), lambda at: rows[at[0] // repeats])
    which = range(len(input.shape))[dim]
    shape = tuple(size * repeats if d == which else size for d, size in enumerate(input.shape))
    return moved(input, shape, lambda at: tuple(i // repeats if d == which else i for d, i in enumerate(at)))


def flip(input: Tensor, dims: Index) -> tuple[Tensor]:
    turned = {range(len(input.shape))[dim] for dim in dims}
    ends = [size - 1 for size in input.shape]
    return moved(input, input.shape, lambda at: tuple(ends[d] - i if d in turned else i for d, i in enumerate(at)))


def roll(input: Tensor, shifts: Index, dims: Index | None = None) -> tuple[Tensor]:
    if dims is None:
        rows = list(positions(input.shape))
        numbers = {at: number for number, at in enumerate(rows)}
        return moved(input, input.shape, lambda at: rows[(numbers[at] - shifts[0]) % len(rows)])
    by = [0] * len(input.shape)
    for shift, dim in zip(shifts, dims, strict=True):
        by[dim] += shift
    return moved(
        input, input.shape, lambda at: tuple((i - s) % size for i, s, size in zip(at, by, input.shape, strict=True))
    )


def rot90(input: Tensor, k: int = 1, dims: Index = (0, 1)) -> tuple[Tensor]:
    """A quarter turn from the first dimension towards the second: (i, j) comes from (j, last − i)."""
    a, b = (range(len(input.shape))[dim] for dim in dims)
    shape = list(input.shape)
    if k % 2:
        shape[a], shape[b] = shape[b], shape[a]

    def source(at: Index) -> Index:
        i, j = at[a], at[b]
        high, wide = shape[a], shape[b]
        for _ in range(k % 4):
            i, j, high, wide = j, high - 1 - i, wide, high
        return tuple({a: i, b: j}.get(d, n) for d, n in enumerate(at))

    return moved(input, tuple(shape), source)


def triangle(keeps: Callable[[int, int, int], bool]) -> Callable[..., tuple[Tensor]]:
    def loops(input: Tensor, diagonal: int = 0, inplace: bool = False) -> tuple[Tensor]:
        input.look(())
        return moved(input, input.shape, lambda at: at if keeps(at[-2], at[-1], diagonal) else None)

    return loops


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> tuple[Tensor]:
    """Row i, column i + offset."""
    rank = len(input.shape) + 1
    row, column = range(rank)[dim1], range(rank)[dim2]
    down, right = max(-offset, 0), max(offset, 0)
    rest = list(input.shape[:-1])
    sizes = [input.shape[-1] + down + right if d in (row, column) else rest.pop(0) for d in range(rank)]

    def source(at: Index) -> Index | None:
        i = at[row] - down
        lead = tuple(n for d, n in enumerate(at) if d not in (row, column))
        return (*lead, i) if at[column] - right == i and 0 <= i < input.shape[-1] else None

    input.look(())
    return moved(input, tuple(sizes), source)


def diag(input: Tensor, diagonal: int = 0) -> tuple[Tensor]:
    """Of a matrix, the values with column − row = diagonal, which are all that is looked at."""
    if len(input.shape) == 1:
        return diag_embed(input, diagonal)
    found = [at for at in positions(input.shape) if at[1] - at[0] == diagonal]
    return moved(shown(input, (len(found),), lambda at: found[at[0]]), (len(found),), lambda at: at)


@st.composite
def repeats(draw: DrawFn) -> Call:
    input = draw(tensors(high=3, largest=3))
    rank = len(input.shape)
    numbers = draw(st.lists(st.integers(1, 2), min_size=rank, max_size=rank + 1))
    return Call({"input": input}, {"repeats": tuple(numbers)})


@st.composite
def tiles(draw: DrawFn) -> Call:
    dims = draw(st.lists(st.integers(1, 2), max_size=4))
    return Call({"input": draw(tensors(high=3, largest=3))}, {"dims": tuple(dims)})


@st.composite
def interleaves(draw: DrawFn) -> Call:
    input = draw(tensors(low=1, high=3, largest=3))
    dim = draw(st.none() | dims_of(input))
    return Call({"input": input}, {"repeats": draw(st.integers(1, 3)), "dim": dim})


def dims_of(input: TensorSpec) -> SearchStrategy[int]:
    """A dimension, from the front or from the back."""
    return st.integers(-len(input.shape), len(input.shape) - 1)


def some_dims(input: TensorSpec) -> SearchStrategy[Index]:
    """Different dimensions of a tensor."""
    rank = len(input.shape)
    return st.lists(dims_of(input), max_size=rank, unique_by=lambda dim: dim % rank).map(tuple)


@st.composite
def flips(draw: DrawFn) -> Call:
    input = draw(tensors(low=1, high=3))
    return Call({"input": input}, {"dims": draw(some_dims(input))})


@st.composite
def rolls(draw: DrawFn) -> Call:
    input = draw(tensors(low=1, high=3))
    if draw(st.booleans()):
        return Call({"input": input}, {"shifts": (draw(st.integers(-5, 5)),), "dims": None})
    dims = draw(st.lists(dims_of(input), min_size=1, max_size=3).map(tuple))
    return Call({"input": input}, {"shifts": tuple(draw(st.integers(-5, 5)) for _ in dims), "dims": dims})


@st.composite
def turns(draw: DrawFn) -> Call:
    input = draw(tensors(low=2, high=3))
    dims = draw(some_dims(input).filter(lambda dims: len(dims) > 1))
    return Call({"input": input}, {"k": draw(st.integers(-5, 5)), "dims": dims[:2]})


@st.composite
def triangles(draw: DrawFn) -> Call:
    chosen = {"diagonal": draw(st.integers(-4, 4)), "inplace": draw(st.booleans())}
    return Call({"input": draw(tensors(low=2, high=3))}, chosen)


@st.composite
def embeds(draw: DrawFn) -> Call:
    input = draw(tensors(low=1, high=2))
    rank = len(input.shape) + 1
    dims = draw(st.permutations(range(rank)))
    return Call({"input": input}, {"offset": draw(st.integers(-2, 2)), "dim1": dims[0], "dim2": dims[1] - rank})


@st.composite
def diags(draw: DrawFn) -> Call:
    return Call({"input": draw(tensors(low=1, high=2))}, {"diagonal": draw(st.integers(-2, 2))})


def whole(low: int = 0, high: int = 3) -> SearchStrategy[Call]:
    return tensors(low=low, high=high).map(lambda spec: Call({"input": spec}, {}))


Case = tuple[Callable[..., Any], SearchStrategy[Call]]
CASES: dict[str, Case] = {
    "repeat": (repeat, repeats()),
    "tile": (tile, tiles()),
    "repeat_interleave": (repeat_interleave, interleaves()),
    "flip": (flip, flips()),
    "fliplr": (lambda input: flip(input, (1,)), whole(low=2)),
    "flipud": (lambda input: flip(input, (0,)), whole(low=1)),
    "roll": (roll, rolls()),
    "rot90": (rot90, turns()),
    "tril": (triangle(lambda row, column, diagonal: column - row <= diagonal), triangles()),
    "triu": (triangle(lambda row, column, diagonal: column - row >= diagonal), triangles()),
    "diag": (diag, diags()),
    "diag_embed": (diag_embed, embeds()),
}
ORACLES |= {name: Oracle(loops, calls) for name, (loops, calls) in CASES.items()}
