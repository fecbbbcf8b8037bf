"""Products of two tensors."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.broadcasting import stretched, within
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import contraction
from oracle.draws import DTYPES, shapes
from oracle.pointwise import broadcastable
from oracle.tensors import Index, Tensor, positions

SIZES = st.integers(1, 4)


def mm(input: Tensor, mat2: Tensor) -> tuple[Tensor]:
    """Rows by columns."""
    return matmul(input, mat2)


def mv(input: Tensor, vec: Tensor) -> tuple[Tensor]:
    """Rows by the vector."""
    return matmul(input, vec)


def dot(input: Tensor, other: Tensor) -> tuple[Tensor]:
    """A vector by a vector."""
    return matmul(input, other)


def matmul(input: Tensor, other: Tensor) -> tuple[Tensor]:
    """Rows by columns, a vector being one of either; the dimensions before line up at the last."""
    rows, columns = input.shape[-2:-1], other.shape[-1:] if len(other.shape) > 1 else ()
    ours, theirs = input.shape[:-2], other.shape[:-2]
    batch = stretched(ours, theirs)
    output = input.like((*batch, *rows, *columns))
    for at in positions(batch):
        left, right = within(ours, at), within(theirs, at)
        for i in positions(rows):
            for j in positions(columns):
                pairs = ((input[*left, *i, k], other[*right, k, *j]) for k in range(input.shape[-1]))
                output[*at, *i, *j] = contraction(pairs)
    return (output,)


def inner(input: Tensor, other: Tensor) -> tuple[Tensor]:
    """Each last dimension by each last dimension; a single value by everything."""
    if not input.shape or not other.shape:
        return each_by_each(input, other)
    output = input.like(input.shape[:-1] + other.shape[:-1])
    for i in positions(input.shape[:-1]):
        for j in positions(other.shape[:-1]):
            output[i + j] = contraction((input[*i, k], other[*j, k]) for k in range(input.shape[-1]))
    return (output,)


def each_by_each(input: Tensor, other: Tensor) -> tuple[Tensor]:
    """Every value by every value."""
    output = input.like(input.shape + other.shape)
    for i in positions(input.shape):
        for j in positions(other.shape):
            output[i + j] = input[i] * other[j]
    return (output,)


def outer(input: Tensor, vec2: Tensor) -> tuple[Tensor]:
    return each_by_each(input, vec2)


def kron(input: Tensor, other: Tensor) -> tuple[Tensor]:
    """A block of all of the one for every value of the other."""
    rank = max(len(input.shape), len(other.shape))
    ours, theirs = ((0,) * (rank - len(tensor.shape)) for tensor in (input, other))
    blocks = (1,) * len(theirs) + other.shape
    output = input.like(tuple(a * b for a, b in zip((1,) * len(ours) + input.shape, blocks, strict=True)))
    for i in positions(input.shape):
        for j in positions(other.shape):
            at = tuple(a * size + b for a, size, b in zip(ours + i, blocks, theirs + j, strict=True))
            output[at] = input[i] * other[j]
    return (output,)


def vecdot(x: Tensor, y: Tensor, dim: int = -1) -> tuple[Tensor]:
    """Vectors along `dim`, each with its own."""
    whole = stretched(x.shape, y.shape)
    dim %= len(whole)
    output = x.like(whole[:dim] + whole[dim + 1 :])
    for at in positions(output.shape):
        along = [(*at[:dim], k, *at[dim:]) for k in range(whole[dim])]
        output[at] = contraction((x[within(x.shape, i)], y[within(y.shape, i)]) for i in along)
    return (output,)


def pair(draw: DrawFn, names: tuple[str, str], left: Index, right: Index) -> Call:
    dtype = draw(DTYPES)
    return Call({name: TensorSpec(shape, dtype) for name, shape in zip(names, (left, right), strict=True)}, {})


@st.composite
def products(draw: DrawFn, second: str, left: str, right: str) -> Call:
    """Tensors of the dimensions named, the same letter for the same size."""
    sizes = {letter: draw(SIZES) for letter in sorted({*left, *right})}
    ours, theirs = (tuple(sizes[letter] for letter in letters) for letters in (left, right))
    return pair(draw, ("input", second), ours, theirs)


@st.composite
def matmuls(draw: DrawFn) -> Call:
    n, terms, m = draw(SIZES), draw(SIZES), draw(SIZES)
    batch = draw(shapes(0, 2, 3))
    left = draw(st.sampled_from([(terms,), (n, terms)]))
    right = draw(st.sampled_from([(terms,), (terms, m)]))
    ours, theirs = (draw(broadcastable(batch)) if len(shape) == 2 else () for shape in (left, right))
    return pair(draw, ("input", "other"), ours + left, theirs + right)


@st.composite
def inners(draw: DrawFn) -> Call:
    terms = draw(SIZES)
    vectors = st.just(()) | shapes(0, 2, 3).map(lambda shape: (*shape, terms))
    return pair(draw, ("input", "other"), draw(vectors), draw(vectors))


@st.composite
def krons(draw: DrawFn) -> Call:
    return pair(draw, ("input", "other"), draw(shapes(0, 3, 3)), draw(shapes(0, 3, 2)))


@st.composite
def vecdots(draw: DrawFn) -> Call:
    whole = draw(shapes(1, 3))
    stretches = len(whole) > 1  # torch refuses a vector and a single value
    call = pair(draw, ("x", "y"), whole, draw(broadcastable(whole)) if stretches else whole)
    call.attributes["dim"] = draw(st.integers(-len(whole), len(whole) - 1))
    return call


ORACLES["mm"] = Oracle(mm, products("mat2", "nk", "km"))
ORACLES["bmm"] = Oracle(mm, products("mat2", "bnk", "bkm"))
ORACLES["mv"] = Oracle(mv, products("vec", "nk", "k"))
ORACLES["dot"] = Oracle(dot, products("other", "k", "k"))
ORACLES["outer"] = Oracle(outer, products("vec2", "n", "m"))
ORACLES["matmul"] = Oracle(matmul, matmuls())
ORACLES["inner"] = Oracle(inner, inners())
ORACLES["kron"] = Oracle(kron, krons())
ORACLES["vecdot"] = Oracle(vecdot, vecdots())
