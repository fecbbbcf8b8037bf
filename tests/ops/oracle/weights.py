"""A weight as a direction and its length."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.draws import DTYPES, shapes
from oracle.magnitudes import norm
from oracle.reductions import each_row
from oracle.tensors import Index, Tensor, positions


def others(shape: Index, dim: int) -> tuple[int, ...]:
    """All dimensions but one; all for −1."""
    return tuple(at for at in range(len(shape)) if dim == -1 or at != dim)


def weight_norm(v: Tensor, g: Tensor, dim: int = 0, both: bool = False) -> tuple[Tensor, ...]:
    """Each row scaled to its length."""
    output, lengths = v.like(), v.like(g.shape)
    for (_, places), one in zip(each_row(v.shape, others(v.shape, dim)), positions(g.shape), strict=True):
        length = norm([v[at] for at in places], 2)
        scale = g[one] / length
        for at in places:
            output[at] = v[at] * scale
        if both:
            lengths[one] = length
    return (output, lengths) if both else (output,)


def norm_except_dim(v: Tensor, pow: int = 2, dim: int = 0) -> tuple[Tensor]:
    """The norm of each row."""
    output = v.like(() if dim == -1 else tuple(size if at == dim else 1 for at, size in enumerate(v.shape)))
    for (_, places), one in zip(each_row(v.shape, others(v.shape, dim)), positions(output.shape), strict=True):
        output[one] = norm([v[at] for at in places], pow)
    return (output,)


@st.composite
def weights(draw: DrawFn, ends: bool = False) -> Call:
    shape, dtype = draw(shapes(2, 3)), draw(DTYPES)
    dim = draw(st.sampled_from([0, len(shape) - 1]) if ends else st.integers(-1, len(shape) - 1))
    left = () if dim == -1 else tuple(size if at == dim else 1 for at, size in enumerate(shape))
    return Call({"v": TensorSpec(shape, dtype), "g": TensorSpec(left, dtype)}, {"dim": dim})


@st.composite
def exceptions(draw: DrawFn) -> Call:
    call = draw(weights())
    return Call({"v": call.tensors["v"]}, call.attributes | {"pow": draw(st.sampled_from([1, 2, 3]))})


def weight_and_norm(v: Tensor, g: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    return weight_norm(v, g, dim, both=True)


ORACLES["weight_norm"] = Oracle(weight_norm, weights())
ORACLES["weight_norm_interface"] = Oracle(weight_and_norm, weights(ends=True))
ORACLES["norm_except_dim"] = Oracle(norm_except_dim, exceptions())
