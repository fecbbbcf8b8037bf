"""Normalisation over neighbouring channels and over the batch."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, total
from oracle.draws import DTYPES, shapes
from oracle.tensors import Tensor, positions


def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> tuple[Tensor]:
    """a / (k + alpha/size · Σ a²)^beta over `size` channels: ⌊size/2⌋ before, the value's own, the rest after."""
    rate = alpha / size
    squares = {at: input[at] * input[at] for at in positions(input.shape)}
    output = input.like()
    for n, c, *place in positions(input.shape):
        channels = range(c - size // 2, c - size // 2 + size)
        window = [squares[n, j, *place] for j in channels if (n, j, *place) in squares]
        output[n, c, *place] = input[n, c, *place] / (total(window) * rate + k) ** beta
    return (output,)


@st.composite
def local_response_norms(draw: DrawFn) -> Call:
    shape = (draw(st.integers(1, 2)), draw(st.integers(1, 7)), *draw(shapes(1, 3, 3)))
    parameters = {
        "alpha": draw(st.sampled_from([1e-4, 0.5, 1.0])),
        "beta": draw(st.sampled_from([0.75, 1.0, 2.0])),
        "k": draw(st.sampled_from([1.0, 2.0])),
    }
    return Call({"input": TensorSpec(shape, draw(DTYPES))}, {"size": draw(st.integers(1, 16)), **parameters})


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Tensor]:
    """(x − E) / √(V + eps) · weight + bias, with E and V of the batch in training, else the running ones."""
    output = input.like()
    for c in range(input.shape[1]):
        values = {at: input[at] for at in positions(input.shape) if at[1] == c}
        mean = total(values.values()) / len(values) if training else running_mean[c,]
        apart = {at: value - mean for at, value in values.items()}
        variance = total(x * x for x in apart.values()) / len(values) if training else running_var[c,]
        root = (variance + eps).sqrt()
        for at, x in apart.items():
            y = x / root
            y = y if weight is None else y * weight[c,]
            output[at] = y if bias is None else y + bias[c,]
        if training and running_mean is not None:
            unbiased = variance * (len(values) / (len(values) - 1))
            running_mean[c,] = moved(running_mean[c,], mean, momentum)
            running_var[c,] = moved(running_var[c,], unbiased, momentum)
    return (output,)


def moved(old: Counted, new: Counted, momentum: float) -> Counted:
    """A running statistic after one step: (1 − momentum)·old + momentum·new."""
    keep = 1 - momentum
    return old * keep + new * momentum


@st.composite
def batch_norms(draw: DrawFn) -> Call:
    training, channels = draw(st.booleans()), draw(st.integers(1, 4))
    sizes = draw(shapes(0, 3, 3))
    batch = draw(st.integers(2 if training and set(sizes) <= {1} else 1, 3))
    dtype = draw(DTYPES)
    vector = TensorSpec((channels,), dtype)
    running = vector if not training or draw(st.booleans()) else None
    tensors: dict[str, Any] = {
        "input": TensorSpec((batch, channels, *sizes), dtype),
        "running_mean": running,
        "running_var": running,
        "weight": draw(st.sampled_from([None, vector])),
        "bias": draw(st.sampled_from([None, vector])),
    }
    steps = {"momentum": draw(st.sampled_from([0.1, 0.5, 1.0])), "eps": draw(st.sampled_from([1e-5, 1e-3]))}
    return Call(tensors, {"training": training, **steps})


ORACLES["local_response_norm"] = Oracle(local_response_norm, local_response_norms())
ORACLES["batch_norm"] = Oracle(batch_norm, batch_norms())
