"""Norms: how large the values of a row are together."""

from math import inf
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, total
from oracle.draws import DTYPES, shapes
from oracle.extremes import champion, is_true, over, under
from oracle.reductions import Row, along, by_row, reductions
from oracle.tensors import Tensor

ORDERS = st.sampled_from([2, 2.0, 1, 0, inf, -inf, 3, 0.5, -1, 4.0])


def magnitude(x: Counted) -> Counted:
    return x if x > 0 else -x


def norm(row: Row, order: float) -> Counted:
    """(Σ |x|^p)^(1/p), and what becomes of it at 0 and at infinity."""
    if order == 2:
        return total(x * x for x in row).sqrt()
    if order == 0:
        return total(is_true(x, "float32") for x in row)
    sizes = [magnitude(x) for x in row]
    if order in (inf, -inf):
        return champion(sizes, over if order > 0 else under)[0]
    return total(sizes) if order == 1 else total(x**order for x in sizes) ** (1 / order)


def vector_norm(
    input: Tensor, ord: float = 2, dim: Any = None, keepdim: bool = False, dtype: str | None = None
) -> tuple[Tensor, ...]:
    return by_row(input, dim, keepdim, (dtype or input.dtype,), lambda row: (norm(row, ord),))


def matrix_norm(
    input: Tensor, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, dtype: str | None = None
) -> tuple[Tensor, ...]:
    """The Frobenius norm, or the largest or smallest sum of a column (1) or row (infinity)."""
    down, across = (input.shape[at] for at in along(input.shape, dim))
    first, second = along(input.shape, dim)

    def figure(row: Row) -> tuple[Counted]:
        if ord == "fro":
            return (norm(row, 2),)
        sizes = [magnitude(x) for x in row]  # in the order of the dimensions, whichever is named first
        at = (lambda i, j: i * across + j) if first < second else (lambda i, j: j * down + i)
        columns = [[sizes[at(i, j)] for i in range(down)] for j in range(across)]
        lines = [[sizes[at(i, j)] for j in range(across)] for i in range(down)]
        sums = [total(terms) for terms in (columns if abs(ord) == 1 else lines)]
        return (champion(sums, over if ord > 0 else under)[0],)

    return by_row(input, dim, keepdim, (dtype or input.dtype,), figure)


def either_norm(
    input: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, dtype: str | None = None
) -> tuple[Tensor, ...]:
    """A vector's norm without an order or over one dimension, else a matrix's."""
    if ord is None or isinstance(dim, int) or (dim is None and len(input.shape) == 1):
        return vector_norm(input, 2 if ord is None else ord, dim, keepdim, dtype)
    return matrix_norm(input, ord, (-2, -1) if dim is None else dim, keepdim, dtype)


@st.composite
def vector_norms(draw: DrawFn) -> Call:
    return draw(reductions(more={"ord": ORDERS, "dtype": st.sampled_from([None, "float64"])}))


@st.composite
def matrix_norms(draw: DrawFn) -> Call:
    shape = draw(shapes(2, 3))
    dims = draw(st.permutations(range(len(shape))))[:2]
    chosen = {
        "ord": draw(st.sampled_from(["fro", 1, -1, inf, -inf])),
        "dim": draw(st.sampled_from([(-2, -1), tuple(dims)])),
        "keepdim": draw(st.booleans()),
        "dtype": draw(st.sampled_from([None, "float64"])),
    }
    return Call({"input": TensorSpec(shape, draw(DTYPES))}, chosen)


@st.composite
def norms(draw: DrawFn) -> Call:
    kind = draw(st.sampled_from(["plain", "line", "matrix"]))
    if kind == "matrix":
        return draw(matrix_norms())
    if kind == "plain":
        return draw(reductions())
    shape = draw(shapes(1, 3))
    dim = None if len(shape) == 1 else draw(st.integers(-len(shape), len(shape) - 1))
    return Call({"input": TensorSpec(shape, draw(DTYPES))}, {"ord": draw(ORDERS), "dim": dim})


ORACLES["vector_norm"] = Oracle(vector_norm, vector_norms())
ORACLES["matrix_norm"] = Oracle(matrix_norm, matrix_norms())
ORACLES["norm"] = Oracle(either_norm, norms())
