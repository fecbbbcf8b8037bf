"""How far vectors are apart: each pair of them, value by value."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.broadcasting import stretched, within
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, total
from oracle.draws import DTYPES, shapes
from oracle.magnitudes import ORDERS, norm
from oracle.pointwise import broadcastable
from oracle.reductions import along, each_row
from oracle.tensors import Index, Tensor, positions


def paired(x1: Tensor, x2: Tensor, dim: int) -> tuple[Tensor, dict[Index, list[tuple[Index, Index]]]]:
    """An output without the dimension, and where the values of each of its pairs of vectors stand."""
    whole = stretched(x1.shape, x2.shape)
    inside = along(whole, dim)
    output = x1.like(tuple(size for at, size in enumerate(whole) if at not in inside))
    pairs = {}
    for start, places in each_row(whole, dim):
        kept = tuple(i for at, i in enumerate(start) if at not in inside)
        pairs[kept] = [(within(x1.shape, at), within(x2.shape, at)) for at in places]
    return output, pairs


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> tuple[Tensor]:
    """Each vector's norm is taken once, however many others it meets."""
    output, pairs = paired(x1, x2, dim)
    norms: dict[tuple[Tensor, Index], Counted] = {}

    def length(x: Tensor, places: tuple[Index, ...]) -> Counted:
        if (x, places[0]) not in norms:
            found = norm([x[at] for at in places], 2)
            norms[x, places[0]] = found if found > eps else Counted(eps, x.tally)
        return norms[x, places[0]]

    for at, places in pairs.items():
        first, second = zip(*places, strict=True)
        product = total(x1[a] * x2[b] for a, b in places)
        output[at] = product / (length(x1, first) * length(x2, second))
    return (output,)


def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> tuple[Tensor]:
    output, pairs = paired(x1, x2, -1)
    if keepdim:
        output = x1.like((*output.shape, 1) if stretched(x1.shape, x2.shape) else ())
    for at, places in pairs.items():
        output[(*at, 0) if len(output.shape) > len(at) else at] = norm([x1[a] - x2[b] + eps for a, b in places], p)
    return (output,)


def dist(input: Tensor, other: Tensor, p: float = 2) -> tuple[Tensor]:
    output = input.like(())
    whole = positions(stretched(input.shape, other.shape))
    output[()] = norm([input[within(input.shape, at)] - other[within(other.shape, at)] for at in whole], p)
    return (output,)


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0) -> tuple[Tensor]:
    leading = stretched(x1.shape[:-2], x2.shape[:-2])
    output = x1.like((*leading, x1.shape[-2], x2.shape[-2]))
    for *batch, i, j in positions(output.shape):
        a, b = within(x1.shape[:-2], tuple(batch)), within(x2.shape[:-2], tuple(batch))
        output[*batch, i, j] = norm([x1[*a, i, k] - x2[*b, j, k] for k in range(x1.shape[-1])], p)
    return (output,)


def pdist(input: Tensor, p: float = 2) -> tuple[Tensor]:
    many, length = input.shape
    pairs = [(i, j) for i in range(many) for j in range(i + 1, many)]
    output = input.like((len(pairs),))
    for at, (i, j) in enumerate(pairs):
        output[at,] = norm([input[i, k] - input[j, k] for k in range(length)], p)
    return (output,)


@st.composite
def couples(draw: DrawFn, names: tuple[str, str], low: int = 0) -> Call:
    """Two tensors that stretch to each other; one of them along all dimensions in one of two cases."""
    whole, dtype = draw(shapes(low, 3)), draw(DTYPES)
    both = [whole if draw(st.booleans()) else draw(broadcastable(whole)) for _ in names]
    return Call({name: TensorSpec(shape, dtype) for name, shape in zip(names, both, strict=True)}, {})


X1_X2 = ("x1", "x2")


@st.composite
def cosines(draw: DrawFn) -> Call:
    call = draw(couples(X1_X2, 1))
    rank = max(len(spec.shape) for spec in call.tensors.values())
    dim = draw(st.integers(-max(rank, 1), max(rank, 1) - 1))
    return Call(call.tensors, {"dim": dim, "eps": draw(st.sampled_from([1e-8, 1.0]))})


def with_order(couples: st.SearchStrategy[Call], **more: st.SearchStrategy[object]) -> st.SearchStrategy[Call]:
    add: Callable[..., Call] = lambda call, chosen: Call(call.tensors, chosen)  # noqa: E731
    return st.builds(add, couples, st.fixed_dictionaries({"p": ORDERS.filter(lambda p: p >= 0), **more}))


@st.composite
def lists_of_vectors(draw: DrawFn) -> Call:
    whole, length, dtype = draw(shapes(0, 1, 3)), draw(st.integers(1, 4)), draw(DTYPES)
    shaped = [(*draw(broadcastable(whole)), draw(st.integers(1, 3)), length) for _ in X1_X2]
    return Call({name: TensorSpec(shape, dtype) for name, shape in zip(X1_X2, shaped, strict=True)}, {})


MORE = {"eps": st.sampled_from([1e-6, 0.5]), "keepdim": st.booleans()}
LISTS = st.builds(lambda shape, dtype: Call({"input": TensorSpec(shape, dtype)}, {}), shapes(2, 2), DTYPES)
ORACLES["cosine_similarity"] = Oracle(cosine_similarity, cosines())
ORACLES["pairwise_distance"] = Oracle(pairwise_distance, with_order(couples(X1_X2, 1), **MORE))
ORACLES["dist"] = Oracle(dist, with_order(couples(("input", "other"))))
ORACLES["cdist"] = Oracle(cdist, with_order(lists_of_vectors()))
ORACLES["pdist"] = Oracle(pdist, with_order(LISTS.filter(lambda call: call.tensors["input"].shape[0] > 1)))
