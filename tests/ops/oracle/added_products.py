"""A product added to a tensor."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.broadcasting import within
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, contraction
from oracle.draws import DTYPES
from oracle.matrices import SIZES
from oracle.pointwise import broadcastable
from oracle.tensors import Index, Tensor, positions

FACTORS = st.sampled_from([1, 1, 1.0, 2, 0.5, 0, -1])


def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, **factors: Any) -> tuple[Tensor]:
    shape = (mat1.shape[0], mat2.shape[1])
    found = {(i, j): contraction((mat1[i, k], mat2[k, j]) for k in range(mat1.shape[1])) for i, j in positions(shape)}
    return added(input, found, shape, **factors)


def addmv(input: Tensor, mat: Tensor, vec: Tensor, **factors: Any) -> tuple[Tensor]:
    shape = mat.shape[:1]
    found = {(i,): contraction((mat[i, k], vec[k,]) for k in range(mat.shape[1])) for (i,) in positions(shape)}
    return added(input, found, shape, **factors)


def addr(input: Tensor, vec1: Tensor, vec2: Tensor, **factors: Any) -> tuple[Tensor]:
    shape = vec1.shape + vec2.shape
    return added(input, {(i, j): vec1[i,] * vec2[j,] for i, j in positions(shape)}, shape, **factors)


def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, **factors: Any) -> tuple[Tensor]:
    shape, terms = (*batch1.shape[:2], batch2.shape[2]), range(batch1.shape[2])
    found = {(b, i, j): contraction((batch1[b, i, k], batch2[b, k, j]) for k in terms) for b, i, j in positions(shape)}
    return added(input, found, shape, **factors)


def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, **factors: Any) -> tuple[Tensor]:
    shape, terms = (batch1.shape[1], batch2.shape[2]), list(positions((batch1.shape[0], batch1.shape[2])))
    found = {(i, j): contraction((batch1[b, i, k], batch2[b, k, j]) for b, k in terms) for i, j in positions(shape)}
    return added(input, found, shape, **factors)


def added(
    input: Tensor, product: dict[Index, Counted], shape: Index, beta: float, alpha: float, inplace: bool
) -> tuple[Tensor]:
    """beta · input + alpha · product; a factor of 1 is no multiplication, and 0 times `input` is left out."""
    scaled = {at: input[at] if beta == 1 else input[at] * beta for at in positions(input.shape)} if beta else {}
    output = input.like(shape)
    for at, value in product.items():
        term = value if alpha == 1 else value * alpha
        output[at] = term + scaled[within(input.shape, at)] if beta else term
    return (output,)


@st.composite
def calls(draw: DrawFn, names: tuple[str, str], left: str, right: str, made: str) -> Call:
    """Tensors of the dimensions named, the same letter for the same size."""
    sizes, dtype = {letter: draw(SIZES) for letter in "bkmn"}, draw(DTYPES)
    ours, theirs, whole = (tuple(sizes[letter] for letter in letters) for letters in (left, right, made))
    inplace = draw(st.booleans())
    input = whole if inplace else draw(st.just(whole) | broadcastable(whole))
    tensors = {"input": input, names[0]: ours, names[1]: theirs}
    return Call(
        {name: TensorSpec(shape, dtype) for name, shape in tensors.items()},
        {"beta": draw(FACTORS), "alpha": draw(FACTORS), "inplace": inplace},
    )


ORACLES["addmm"] = Oracle(addmm, calls(("mat1", "mat2"), "nk", "km", "nm"))
ORACLES["addmv"] = Oracle(addmv, calls(("mat", "vec"), "nk", "k", "n"))
ORACLES["addr"] = Oracle(addr, calls(("vec1", "vec2"), "n", "m", "nm"))
ORACLES["baddbmm"] = Oracle(baddbmm, calls(("batch1", "batch2"), "bnk", "bkm", "bnm"))
ORACLES["addbmm"] = Oracle(addbmm, calls(("batch1", "batch2"), "bnk", "bkm", "nm"))
