"""Operators that move or rename values and compute nothing."""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted
from oracle.draws import DTYPES, shapes, tensors
from oracle.tensors import Index, Tensor, positions


def reshaped(input: Tensor, shape: Index) -> tuple[Tensor]:
    """The same values in the same order."""
    return (input.renamed(shape, dict(zip(positions(shape), positions(input.shape), strict=True))),)


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> tuple[Tensor]:
    if not input.shape:
        return reshaped(input, (1,))
    dims = list(range(len(input.shape)))
    start, end = dims[start_dim], dims[end_dim]
    merged = len(list(positions(input.shape[start : end + 1])))
    return reshaped(input, (*input.shape[:start], merged, *input.shape[end + 1 :]))


@st.composite
def flattens(draw: DrawFn) -> Call:
    input = draw(tensors())
    rank = max(len(input.shape), 1)
    start = draw(st.integers(0, rank - 1))
    end = draw(st.integers(start, rank - 1))
    away = st.sampled_from([0, rank])  # counted from the front or from the back
    return Call({"input": input}, {"start_dim": start - draw(away), "end_dim": end - draw(away)})


def reshape(input: Tensor, shape: Sequence[int]) -> tuple[Tensor]:
    values = len(list(positions(input.shape)))
    fits = (tuple(n if size == -1 else size for size in shape) for n in range(values + 1))
    return reshaped(input, next(sizes for sizes in fits if len(list(positions(sizes))) == values))


@st.composite
def reshapes(draw: DrawFn) -> Call:
    factors = draw(st.permutations(draw(shapes(0, 5))))
    cut = sorted(draw(st.lists(st.integers(0, len(factors)), max_size=3)))
    shape = [prod(factors[a:b]) for a, b in zip([0, *cut], [*cut, len(factors)], strict=True)]
    if draw(st.booleans()):
        shape[draw(st.integers(0, len(shape) - 1))] = -1
    return Call({"input": TensorSpec(tuple(factors), draw(DTYPES))}, {"shape": tuple(shape)})


def permute(input: Tensor, dims: Sequence[int]) -> tuple[Tensor]:
    """Dimension i of the output is dimension dims[i] of the input."""
    places = {tuple(at[dim] for dim in dims): at for at in positions(input.shape)}
    return (input.renamed(tuple(input.shape[dim] for dim in dims), places),)


@st.composite
def permutes(draw: DrawFn) -> Call:
    input = draw(tensors())
    rank = len(input.shape)
    order = draw(st.permutations(range(rank)))
    return Call({"input": input}, {"dims": tuple(dim - draw(st.sampled_from([0, rank])) for dim in order)})


def transpose(input: Tensor, dim0: int, dim1: int) -> tuple[Tensor]:
    order = list(range(len(input.shape)))
    order[dim0], order[dim1] = order[dim1], order[dim0]
    return permute(input, order)


@st.composite
def transposes(draw: DrawFn) -> Call:
    input = draw(tensors(low=1))
    dims = st.integers(-len(input.shape), len(input.shape) - 1)
    return Call({"input": input}, {"dim0": draw(dims), "dim1": draw(dims)})


def squeeze(input: Tensor, dim: int | Sequence[int] | None = None) -> tuple[Tensor]:
    dims = list(range(len(input.shape)))
    chosen = [dim] if isinstance(dim, int) else dims if dim is None else dim
    named = {dims[d] for d in chosen} if dims else set()
    return reshaped(input, tuple(size for d, size in enumerate(input.shape) if d not in named or size > 1))


@st.composite
def squeezes(draw: DrawFn) -> Call:
    input = draw(tensors(largest=2))
    rank = max(len(input.shape), 1)
    one = st.integers(-rank, rank - 1)
    several = st.lists(one, max_size=rank, unique_by=lambda dim: dim % rank).map(tuple)
    return Call({"input": input}, draw(st.just({}) | st.builds(dict, dim=one) | st.builds(dict, dim=several)))


def unsqueeze(input: Tensor, dim: int) -> tuple[Tensor]:
    shape = list(input.shape)
    shape.insert(dim if dim >= 0 else len(shape) + 1 + dim, 1)
    return reshaped(input, tuple(shape))


@st.composite
def unsqueezes(draw: DrawFn) -> Call:
    input = draw(tensors(high=3))
    return Call({"input": input}, {"dim": draw(st.integers(-len(input.shape) - 1, len(input.shape)))})


def contiguous(input: Tensor) -> tuple[Tensor]:
    return reshaped(input, input.shape)


def clone(input: Tensor) -> tuple[Tensor]:
    output = input.like()
    for at in positions(input.shape):
        output[at] = input[at]
    return (output,)


@st.composite
def wholes(draw: DrawFn) -> Call:
    return Call({"input": draw(tensors())}, {})


def cat(tensors: Sequence[Tensor], dim: int = 0) -> tuple[Tensor]:
    """One after the other along `dim`."""
    at_dim = range(len(tensors[0].shape))[dim]
    shape = list(tensors[0].shape)
    shape[at_dim] = sum(tensor.shape[at_dim] for tensor in tensors)
    output, shift = tensors[0].like(tuple(shape)), 0
    for tensor in tensors:
        for at in positions(tensor.shape):
            output[*at[:at_dim], at[at_dim] + shift, *at[at_dim + 1 :]] = tensor[at]
        shift += tensor.shape[at_dim]
    return (output,)


@st.composite
def cats(draw: DrawFn) -> Call:
    shape, dtype = list(draw(shapes(1, 3))), draw(DTYPES)
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    specs = []
    for _ in range(draw(st.integers(1, 3))):
        shape[dim] = draw(st.integers(1, 3))
        specs.append(TensorSpec(tuple(shape), dtype))
    return Call({"tensors": specs}, {"dim": dim})


BEYOND: dict[str, Callable[[int, int], int | None]] = {
    "constant": lambda at, size: at if 0 <= at < size else None,
    "replicate": lambda at, size: min(max(at, 0), size - 1),
    "circular": lambda at, size: at % size,
    "reflect": lambda at, size: -at if at < 0 else 2 * (size - 1) - at if at >= size else at,
}  # which position of the input stands at a position of the padded input


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> tuple[Tensor]:
    """`pad` holds positions before and after, from the last dimension on."""
    rank = len(input.shape)
    around = [(0, 0)] * (rank - len(pad) // 2) + list(zip(pad[::2], pad[1::2], strict=True))[::-1]
    output = input.like(tuple(before + size + after for size, (before, after) in zip(input.shape, around, strict=True)))
    for at in positions(output.shape):
        moved = zip(at, input.shape, around, strict=True)
        source = tuple(BEYOND[mode](i - before, size) for i, size, (before, _) in moved)
        found = None if None in source else input.look(source)
        output[at] = Counted(value or 0.0, input.tally) if found is None else found
    return (output,)


@st.composite
def pads(draw: DrawFn) -> Call:
    mode = draw(st.sampled_from(["constant", "constant", "reflect", "replicate", "circular"]))
    if mode == "constant":
        input = draw(tensors(low=1, largest=3))
        return Call({"input": input}, {"pad": draw(around(input.shape)), "value": draw(st.none() | st.just(1.5))})
    sizes = draw(shapes(1, 3, 3))
    input = TensorSpec((*draw(st.sampled_from([(2,), (1, 2)])), *sizes), draw(DTYPES))
    widths = [draw(st.integers(0, size - 1)) for size in reversed(sizes) for _ in range(2)]
    return Call({"input": input}, {"pad": tuple(widths), "mode": mode})


@st.composite
def around(draw: DrawFn, shape: Index) -> Index:
    """Positions before and after some of the last dimensions; a negative number takes positions away."""
    widths: list[Any] = []
    for size in reversed(shape[draw(st.integers(0, len(shape))) :]):
        before = draw(st.integers(1 - size, 2))
        widths += [before, draw(st.integers(max(1 - size - before, 1 - size), 2))]
    return tuple(widths)


CASES = {
    "flatten": (flatten, flattens),
    "reshape": (reshape, reshapes),
    "permute": (permute, permutes),
    "transpose": (transpose, transposes),
    "squeeze": (squeeze, squeezes),
    "unsqueeze": (unsqueeze, unsqueezes),
    "contiguous": (contiguous, wholes),
    "detach": (contiguous, wholes),
    "clone": (clone, wholes),
    "cat": (cat, cats),
    "pad": (pad, pads),
}
ORACLES |= {name: Oracle(loops, calls()) for name, (loops, calls) in CASES.items()}
