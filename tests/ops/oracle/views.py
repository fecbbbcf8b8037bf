"""Operators that look at a tensor another way, whole, in pieces or stretched: which value stands where."""

import itertools
from collections.abc import Callable, Sequence
from math import ceil, prod
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.arranging import Case, dims_of, shown, some_dims, whole
from oracle.broadcasting import stretched, within
from oracle.cases import ORACLES, Call, Oracle
from oracle.draws import DTYPES, shapes, tensors
from oracle.layout import permute, reshaped, transpose, transposes
from oracle.pointwise import broadcastable
from oracle.tensors import Index, Tensor, positions


def rows(input: Tensor, dim: int, groups: Sequence[Sequence[int]]) -> tuple[Tensor, ...]:
    """A piece for each group of positions along `dim`."""
    at_dim = range(len(input.shape))[dim]

    def piece(group: Sequence[int]) -> Tensor:
        shape = (*input.shape[:at_dim], len(group), *input.shape[at_dim + 1 :])
        return shown(input, shape, lambda at: (*at[:at_dim], group[at[at_dim]], *at[at_dim + 1 :]))

    return tuple(piece(group) for group in groups)


def split(input: Tensor, split_size: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    places = list(range(input.shape[dim]))
    sizes = [split_size] * ceil(len(places) / split_size) if isinstance(split_size, int) else split_size
    return rows(input, dim, [[places.pop(0) for _ in range(size) if places] for size in sizes])


def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    return split(input, ceil(input.shape[dim] / chunks), dim)


def tensor_split(input: Tensor, sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    places = list(range(input.shape[dim]))
    if isinstance(sections, int):
        sizes = [0] * sections
        for place in places:
            sizes[place % sections] += 1
        return rows(input, dim, [[places.pop(0) for _ in range(size)] for size in sizes])
    cuts = [None, *sections, None]
    return rows(input, dim, [places[start:end] for start, end in itertools.pairwise(cuts)])


def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    return tuple(select(input, dim, index)[0] for index in range(input.shape[dim]))


def select(input: Tensor, dim: int, index: int) -> tuple[Tensor]:
    at_dim, i = range(len(input.shape))[dim], range(input.shape[dim])[index]
    shape = input.shape[:at_dim] + input.shape[at_dim + 1 :]
    return (shown(input, shape, lambda at: (*at[:at_dim], i, *at[at_dim:])),)


def narrow(input: Tensor, dim: int, start: int, length: int) -> tuple[Tensor, ...]:
    return rows(input, dim, [range(input.shape[dim])[start:][:length]])


def expand(input: Tensor, size: Index) -> tuple[Tensor]:
    extra = len(size) - len(input.shape)
    there = (1,) * extra + input.shape
    shape = tuple(old if new == -1 else new for old, new in zip(there, size, strict=True))
    return (shown(input, shape, lambda at: within(input.shape, at)),)


def broadcast_tensors(tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    shape: Index = ()
    for tensor in tensors:
        shape = stretched(shape, tensor.shape)
    return tuple(expand(tensor, shape)[0] for tensor in tensors)


def meshgrid(tensors: Sequence[Tensor], indexing: str | None = None) -> tuple[Tensor, ...]:
    sizes = tuple(tensor.shape[0] for tensor in tensors)
    grids = [shown(tensor, sizes, lambda at, i=i: (at[i],)) for i, tensor in enumerate(tensors)]
    swap = indexing == "xy" and len(sizes) > 1
    return tuple(transpose(grid, 0, 1)[0] for grid in grids) if swap else tuple(grids)


def at_least(raised: Callable[[Index], Index]) -> Callable[..., tuple[Tensor, ...]]:
    return lambda tensors: tuple(reshaped(tensor, raised(tensor.shape))[0] for tensor in tensors)


def cube(shape: Index) -> Index:
    return {0: (1, 1, 1), 1: (1, *shape, 1), 2: (*shape, 1)}.get(len(shape), shape)


def movedim(input: Tensor, source: Any, destination: Any) -> tuple[Tensor]:
    dims = range(len(input.shape))
    pairs = [(source, destination)] if isinstance(source, int) else zip(source, destination, strict=True)
    to = {dims[new]: dims[old] for old, new in pairs}
    rest = [dim for dim in dims if dim not in to.values()]
    return permute(input, [to[place] if place in to else rest.pop(0) for place in dims])


def tensor_unfold(input: Tensor, dimension: int, size: int, step: int) -> tuple[Tensor]:
    dim = range(len(input.shape))[dimension]
    starts = [start for start in range(0, input.shape[dim] + 1, step) if start + size <= input.shape[dim]]
    shape = (*input.shape[:dim], len(starts), *input.shape[dim + 1 :], size)
    return (shown(input, shape, lambda at: (*at[:dim], starts[at[dim]] + at[-1], *at[dim + 1 : -1])),)


def unflatten(input: Tensor, dim: int, sizes: Index) -> tuple[Tensor]:
    at = range(len(input.shape))[dim]
    fits = (tuple(n if size == -1 else size for size in sizes) for n in range(1, input.shape[at] + 1))
    split = next(shape for shape in fits if prod(shape) == input.shape[at])
    return reshaped(input, (*input.shape[:at], *split, *input.shape[at + 1 :]))


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> tuple[Tensor]:
    dims = range(len(input.shape))
    row, column = dims[dim1], dims[dim2]
    places = [(i, j) for i in range(input.shape[row]) for j in range(input.shape[column]) if j - i == offset]
    rest = [d for d in dims if d not in (row, column)]

    def source(at: Index) -> Index:
        found = dict(zip(rest, at, strict=False)) | dict(zip((row, column), places[at[-1]], strict=True))
        return tuple(found[d] for d in dims)

    return (shown(input, (*(input.shape[d] for d in rest), len(places)), source),)


def as_strided(input: Tensor, size: Index, stride: Index, storage_offset: int | None = None) -> tuple[Tensor]:
    memory = list(positions(input.shape))
    start = storage_offset or 0
    return (shown(input, size, lambda at: memory[start + sum(i * s for i, s in zip(at, stride, strict=True))]),)


@st.composite
def splits(draw: DrawFn, kind: str, dim: int | None = None) -> Call:
    input = draw(tensors(low=1 if dim is None else max(dim + 1, 2), high=3, largest=6))
    chosen = {"dim": draw(dims_of(input))} if dim is None else {}
    size = input.shape[chosen.get("dim", dim)]
    if kind == "chunks":
        return Call({"input": input}, chosen | {kind: draw(st.integers(1, 7))})
    number = st.integers(1, 7)
    if dim is not None:
        number = st.sampled_from([n for n in range(1, size + 1) if size % n == 0])
    cuts = draw(st.lists(st.integers(0, size), max_size=3).map(sorted))
    sizes = tuple(b - a for a, b in zip([0, *cuts], [*cuts, size], strict=True))
    anywhere = st.lists(st.integers(-size, size + 2), max_size=3).map(tuple)
    return Call(
        {"input": input}, chosen | {kind: draw(number | (st.just(sizes) if kind == "split_size" else anywhere))}
    )


@st.composite
def dimensions(draw: DrawFn) -> Call:
    input = draw(tensors(low=1, high=3))
    return Call({"input": input}, {"dim": draw(dims_of(input))})


@st.composite
def narrows(draw: DrawFn) -> Call:
    call = draw(dimensions())
    size = call.tensors["input"].shape[call.attributes["dim"]]
    start = draw(st.integers(0, size))
    length = draw(st.integers(0, size - start))
    away = draw(st.sampled_from([0, size])) if start < size else 0
    return Call(call.tensors, call.attributes | {"start": start - away, "length": length})


@st.composite
def selects(draw: DrawFn) -> Call:
    call = draw(dimensions())
    size = call.tensors["input"].shape[call.attributes["dim"]]
    return Call(call.tensors, call.attributes | {"index": draw(st.integers(-size, size - 1))})


@st.composite
def expands(draw: DrawFn) -> Call:
    size = list(draw(shapes(0, 4, 3)))
    input = TensorSpec(draw(broadcastable(tuple(size))), draw(DTYPES))
    kept = len(size) - len(input.shape)
    for dim, old in enumerate(input.shape):
        if old == size[kept + dim] and draw(st.booleans()):
            size[kept + dim] = -1
    return Call({"input": input}, {"size": tuple(size)})


@st.composite
def likes(draw: DrawFn, stretches: bool) -> Call:
    shape, dtype = draw(shapes(0, 3, 3)), draw(DTYPES)
    input = draw(broadcastable(shape)) if stretches else tuple(draw(st.permutations(shape)))
    return Call({"input": TensorSpec(input, dtype), "other": TensorSpec(shape, dtype)}, {})


@st.composite
def several(draw: DrawFn) -> Call:
    together = draw(shapes(0, 3, 3))
    some = st.lists(broadcastable(together), min_size=1, max_size=3)
    return Call({"tensors": [TensorSpec(shape, draw(DTYPES)) for shape in draw(some)]}, {})


@st.composite
def vectors(draw: DrawFn) -> Call:
    dtype = draw(DTYPES)
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    chosen = {"indexing": draw(st.sampled_from(["ij", "xy"]))}
    return Call({"tensors": [TensorSpec((size,), dtype) for size in sizes]}, chosen)


@st.composite
def moves(draw: DrawFn) -> Call:
    input = draw(tensors(low=1))
    source = draw(some_dims(input))
    rank, n = len(input.shape), len(source)
    destination = tuple(dim - draw(st.sampled_from([0, rank])) for dim in draw(st.permutations(range(rank)))[:n])
    one = n == 1 and draw(st.booleans())
    return Call(
        {"input": input},
        {"source": source[0], "destination": destination[0]} if one else {"source": source, "destination": destination},
    )


@st.composite
def slides(draw: DrawFn) -> Call:
    input = draw(tensors(low=1, high=3, largest=6))
    dim = draw(dims_of(input))
    size = draw(st.integers(0, input.shape[dim]))
    return Call({"input": input}, {"dimension": dim, "size": size, "step": draw(st.integers(1, 3))})


@st.composite
def unflattens(draw: DrawFn) -> Call:
    shape = list(draw(shapes(1, 3, 3)))
    sizes = list(draw(shapes(1, 3, 3)))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    shape[dim] = prod(sizes)
    if draw(st.booleans()):
        sizes[draw(st.integers(0, len(sizes) - 1))] = -1
    return Call({"input": TensorSpec(tuple(shape), draw(DTYPES))}, {"dim": dim, "sizes": tuple(sizes)})


@st.composite
def diagonals(draw: DrawFn) -> Call:
    input = draw(tensors(low=2))
    dims = draw(some_dims(input).filter(lambda dims: len(dims) > 1))
    return Call({"input": input}, {"offset": draw(st.integers(-4, 4)), "dim1": dims[0], "dim2": dims[1]})


@st.composite
def strided(draw: DrawFn) -> Call:
    size = draw(shapes(0, 3, 3))
    stride = tuple(draw(st.integers(0, 3)) for _ in size)
    offset = draw(st.none() | st.integers(0, 3))
    values = (offset or 0) + sum((n - 1) * s for n, s in zip(size, stride, strict=True)) + 1
    return Call(
        {"input": TensorSpec((values,), draw(DTYPES))}, {"size": size, "stride": stride, "storage_offset": offset}
    )


CASES: dict[str, Case] = {
    "split": (split, splits("split_size")),
    "chunk": (chunk, splits("chunks")),
    "tensor_split": (tensor_split, splits("sections")),
    "hsplit": (
        lambda input, sections: tensor_split(input, sections, min(len(input.shape) - 1, 1)),
        splits("sections", 1),
    ),
    "vsplit": (lambda input, sections: tensor_split(input, sections, 0), splits("sections", 0)),
    "dsplit": (lambda input, sections: tensor_split(input, sections, 2), splits("sections", 2)),
    "unbind": (unbind, dimensions()),
    "select": (select, selects()),
    "narrow": (narrow, narrows()),
    "expand": (expand, expands()),
    "expand_as": (lambda input, other: expand(input, other.shape), likes(True)),
    "view_as": (lambda input, other: reshaped(input, other.shape), likes(False)),
    "broadcast_tensors": (broadcast_tensors, several()),
    "meshgrid": (meshgrid, vectors()),
    "atleast_1d": (at_least(lambda shape: shape or (1,)), several()),
    "atleast_2d": (at_least(lambda shape: shape if len(shape) > 1 else ((1, 1, *shape))[-2:]), several()),
    "atleast_3d": (at_least(cube), several()),
    "movedim": (movedim, moves()),
    "swapdims": (transpose, transposes()),
    "t": (lambda input: permute(input, range(len(input.shape))[::-1]), whole(high=2)),
    "adjoint": (lambda input: transpose(input, -1, -2), whole(low=2)),
    "tensor_unfold": (tensor_unfold, slides()),
    "unflatten": (unflatten, unflattens()),
    "diagonal": (diagonal, diagonals()),
    "ravel": (lambda input: reshaped(input, (len(list(positions(input.shape))),)), whole()),
    "as_strided": (as_strided, strided()),
    "alias": (lambda input, requires_grad=True: reshaped(input, input.shape), whole()),
}
ORACLES |= {name: Oracle(loops, calls) for name, (loops, calls) in CASES.items()}
