"""Normalisation of groups of channels, and of single ones, by figures of each example's own."""

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, total
from oracle.draws import DTYPES, shapes
from oracle.normalization import moved
from oracle.norms import standardised
from oracle.tensors import Index, Tensor, positions


def affine(output: Tensor, at: Index, y: Counted, weight: Tensor | None, bias: Tensor | None) -> None:
    """Set y · weight + bias, those of the channel."""
    y = y if weight is None else y * weight[at[1],]
    output[at] = y if bias is None else y + bias[at[1],]


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> tuple[Tensor]:
    """The channels of each group together."""
    output = input.like()
    batch, channels, *_ = input.shape
    for n in range(batch):
        for group in range(num_groups):
            inside = [at for at in positions(input.shape) if at[0] == n and at[1] * num_groups // channels == group]
            for at, y in standardised({at: input[at] for at in inside}, eps)[0].items():
                affine(output, at, y, weight, bias)
    return (output,)


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Tensor]:
    """Each channel of each example by its own figures, or by the channel's running ones."""
    output = input.like()
    for c in range(input.shape[1]):
        examples = [{at: input[at] for at in positions(input.shape) if at[:2] == (n, c)} for n in range(input.shape[0])]
        if use_input_stats:
            found = [standardised(values, eps) for values in examples]
            standard = [values for values, _, _ in found]
            if running_mean is not None:
                size = len(examples[0])
                means, variances = [mean for _, mean, _ in found], [variance for _, _, variance in found]
                unbiased = total(variances) / len(found) * (size / (size - 1))
                running_mean[c,] = moved(running_mean[c,], total(means) / len(found), momentum)
                running_var[c,] = moved(running_var[c,], unbiased, momentum)
        else:
            root, mean = (running_var[c,] + eps).sqrt(), running_mean[c,]
            standard = [{at: (x - mean) / root for at, x in values.items()} for values in examples]
        for values in standard:
            for at, y in values.items():
                affine(output, at, y, weight, bias)
    return (output,)


@st.composite
def group_norms(draw: DrawFn) -> Call:
    groups, depth, dtype = draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(DTYPES)
    shape = (draw(st.integers(1, 2)), groups * depth, *draw(shapes(0, 3, 3)))
    assume(shape[0] * depth * TensorSpec(shape[2:]).numel > 1)
    vector = st.none() | st.just(TensorSpec((groups * depth,), dtype))
    tensors = {"input": TensorSpec(shape, dtype), "weight": draw(vector), "bias": draw(vector)}
    return Call(tensors, {"num_groups": groups, "eps": draw(st.sampled_from([1e-5, 0.5]))})


@st.composite
def instance_norms(draw: DrawFn) -> Call:
    own, channels, dtype = draw(st.booleans()), draw(st.integers(1, 3)), draw(DTYPES)
    sizes = draw(shapes(1, 3, 3))
    assume(not own or TensorSpec(sizes).numel > 1)
    vector = TensorSpec((channels,), dtype)
    running = vector if not own or draw(st.booleans()) else None
    tensors: dict[str, Any] = {
        "input": TensorSpec((draw(st.integers(1, 3)), channels, *sizes), dtype),
        "running_mean": running,
        "running_var": running,
        "weight": draw(st.sampled_from([None, vector])),
        "bias": draw(st.sampled_from([None, vector])),
    }
    steps = {"momentum": draw(st.sampled_from([0.1, 0.5, 1.0])), "eps": draw(st.sampled_from([1e-5, 1e-3]))}
    return Call(tensors, {"use_input_stats": own, **steps})


ORACLES["group_norm"] = Oracle(group_norm, group_norms())
ORACLES["instance_norm"] = Oracle(instance_norm, instance_norms())
