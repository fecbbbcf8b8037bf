"""Normalisation of the last dimensions of a tensor by their own figures."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, total
from oracle.draws import DTYPES, shapes
from oracle.tensors import Index, Tensor, positions


def standardised(values: dict[Index, Counted], eps: float) -> tuple[dict[Index, Counted], Counted, Counted]:
    """(x − E) / √(V + eps), and E and V."""
    mean = total(values.values()) / len(values)
    apart = {at: x - mean for at, x in values.items()}
    variance = total(x * x for x in apart.values()) / len(values)
    root = (variance + eps).sqrt()
    return {at: x / root for at, x in apart.items()}, mean, variance


def layer_norm(
    input: Tensor,
    normalized_shape: Index,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> tuple[Tensor]:
    """Each index of the leading dimensions by the mean and variance of what it holds."""
    output = input.like()
    for row in positions(input.shape[: -len(normalized_shape)]):
        values = {at: input[*row, *at] for at in positions(tuple(normalized_shape))}
        for at, y in standardised(values, eps)[0].items():
            y = y if weight is None else y * weight[at]
            output[*row, *at] = y if bias is None else y + bias[at]
    return (output,)


def rms_norm(
    input: Tensor, normalized_shape: Index, weight: Tensor | None = None, eps: float | None = None
) -> tuple[Tensor]:
    """Each index of the leading dimensions by the root of the mean square of what it holds."""
    output = input.like()
    for row in positions(input.shape[: -len(normalized_shape)]):
        values = {at: input[*row, *at] for at in positions(tuple(normalized_shape))}
        root = (total(x * x for x in values.values()) / len(values) + (2**-52 if eps is None else eps)).sqrt()
        for at, x in values.items():
            output[*row, *at] = x / root if weight is None else x / root * weight[at]
    return (output,)


@st.composite
def last_dimensions(draw: DrawFn, biased: bool) -> Call:
    shape, dtype = draw(shapes(1, 3)), draw(DTYPES)
    sizes = shape[draw(st.integers(0, len(shape) - 1)) :]
    vector = st.none() | st.just(TensorSpec(sizes, dtype))
    tensors = {"input": TensorSpec(shape, dtype), "weight": draw(vector)} | ({"bias": draw(vector)} if biased else {})
    eps = draw(st.sampled_from([1e-5, 0.5]) if biased else st.sampled_from([None, 1e-5, 0.5]))
    return Call(tensors, {"normalized_shape": sizes, "eps": eps})


ORACLES["layer_norm"] = Oracle(layer_norm, last_dimensions(biased=True))
ORACLES["rms_norm"] = Oracle(rms_norm, last_dimensions(biased=False))
