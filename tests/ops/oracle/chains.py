"""Products of three tensors and more."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, contraction
from oracle.draws import DTYPES, shapes
from oracle.matrices import SIZES
from oracle.tensors import Index, Tensor, positions

Tree = Any  # the number of a matrix, or a pair of trees
Matrix = tuple[Index, dict[Index, Counted]]


def brackets(first: int, end: int) -> Iterator[Tree]:
    """Every way to multiply a chain in pairs."""
    if end - first == 1:
        yield first
    for middle in range(first + 1, end):
        for left in brackets(first, middle):
            yield from ((left, right) for right in brackets(middle, end))


def work(tree: Tree, sizes: list[Index]) -> tuple[int, int, Index]:
    """Multiplications, additions and resulting shape of one way."""
    if isinstance(tree, int):
        return 0, 0, sizes[tree]
    (a, b, (rows, terms)), (c, d, (_, columns)) = (work(branch, sizes) for branch in tree)
    return a + c + rows * terms * columns, b + d + rows * (terms - 1) * columns, (rows, columns)


def multiply(tree: Tree, matrices: list[Matrix]) -> Matrix:
    if isinstance(tree, int):
        return matrices[tree]
    ((rows, terms), left), ((_, columns), right) = (multiply(branch, matrices) for branch in tree)
    shape = (rows, columns)
    return shape, {(i, j): contraction((left[i, k], right[k, j]) for k in range(terms)) for i, j in positions(shape)}


def multi_dot(tensors: list[Tensor]) -> tuple[Tensor]:
    """In the cheapest of all ways; a vector is one row at the beginning and one column at the end."""
    if len(tensors) == 1:
        return tuple(tensors)
    matrices = [matrix(tensor, row=i == 0) for i, tensor in enumerate(tensors)]
    sizes = [shape for shape, _ in matrices]
    _, values = multiply(min(brackets(0, len(sizes)), key=lambda tree: work(tree, sizes)[:2]), matrices)
    ends = [tensor.shape[end] for tensor, end in ((tensors[0], 0), (tensors[-1], 1)) if len(tensor.shape) == 2]
    output = tensors[0].like(tuple(ends))
    for at, value in zip(positions(output.shape), values.values(), strict=True):
        output[at] = value
    return (output,)


def matrix(tensor: Tensor, row: bool) -> Matrix:
    if len(tensor.shape) == 2:
        return tensor.shape, {at: tensor[at] for at in positions(tensor.shape)}
    places = {(0, i) if row else (i, 0): tensor[i,] for (i,) in positions(tensor.shape)}
    return ((1, *tensor.shape) if row else (*tensor.shape, 1)), places


@st.composite
def chains(draw: DrawFn) -> Call:
    sizes = draw(st.lists(SIZES, min_size=3, max_size=6))
    made: list[Index] = list(pairwise(sizes))
    if draw(st.booleans()):
        made[0] = made[0][1:]
    if draw(st.booleans()):
        made[-1] = made[-1][:1]
    dtype = draw(DTYPES)
    return Call({"tensors": [TensorSpec(shape, dtype) for shape in made]}, {})


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> tuple[Tensor]:
    """The first input by the weights, and what comes of it by the second."""
    outs, first, second = weight.shape
    output = input1.like((*input1.shape[:-1], outs))
    for *row, out in positions(output.shape):
        met = [contraction((input1[*row, i], weight[out, i, j]) for i in range(first)) for j in range(second)]
        value = contraction((met[j], input2[*row, j]) for j in range(second))
        output[*row, out] = value if bias is None else value + bias[out,]
    return (output,)


@st.composite
def bilinears(draw: DrawFn) -> Call:
    rows, first, second, outs, dtype = draw(shapes(0, 2, 3)), draw(SIZES), draw(SIZES), draw(SIZES), draw(DTYPES)
    tensors = {"input1": (*rows, first), "input2": (*rows, second), "weight": (outs, first, second)}
    specs: dict[str, Any] = {name: TensorSpec(shape, dtype) for name, shape in tensors.items()}
    return Call({**specs, "bias": draw(st.sampled_from([None, TensorSpec((outs,), dtype)]))}, {})


ORACLES["multi_dot"] = Oracle(multi_dot, chains())
ORACLES["bilinear"] = Oracle(bilinear, bilinears())
