"""Convolutions and fully connected layers: sums of products."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle import sliding
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, contraction
from oracle.draws import DTYPES, WIDEST, leading, numeric_paddings, per_dimension, shapes, sizes_for
from oracle.tensors import Tensor, positions


def convolve(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> tuple[Tensor]:
    """Each output value: its window in the channels of its group, zeros in the padding, times the weights."""
    dims = len(weight.shape) - 2
    *batch, _ = input.shape[:-dims]
    sizes, (out_channels, depth, *kernel) = input.shape[-dims:], weight.shape
    stride, dilation = sliding.spread(stride, dims), sliding.spread(dilation, dims)
    pads = sliding.paddings(sizes, kernel, stride, padding, dilation)
    reach = map(sliding.extent, kernel, dilation)
    begins = list(map(sliding.windows, sizes, reach, stride, pads))
    zero = Counted(0.0, input.tally)

    def pairs(image: tuple[int, ...], out: int, firsts: tuple[int, ...]) -> Iterator[tuple[Counted, Counted]]:
        group = out // (out_channels // groups)
        for channel in range(depth):
            for k, at in sliding.taps(firsts, kernel, dilation):
                value = input.look((*image, group * depth + channel, *at))
                yield weight[out, channel, *k], zero if value is None else value

    output = input.like((*batch, out_channels, *map(len, begins)))
    for *image, out in positions((*batch, out_channels)):
        for place in positions(output.shape[-dims:]):
            firsts = tuple(begin[i] for begin, i in zip(begins, place, strict=True))
            value = contraction(pairs(tuple(image), out, firsts))
            output[*image, out, *place] = value if bias is None else value + bias[out,]
    return (output,)


@st.composite
def convolutions(draw: DrawFn, dims: int) -> Call:
    kernel = draw(st.tuples(*[st.integers(1, WIDEST[dims])] * dims))
    padding = draw(st.sampled_from(["number", "number", "same", "valid", "SAME", "VALID"]))
    if padding == "number":
        padding = draw(numeric_paddings((3,) * dims))
    stride = 1 if padding == "same" else draw(per_dimension(st.integers(1, 4), dims))
    dilation = draw(per_dimension(st.integers(1, 3), dims))
    groups = draw(st.integers(1, 3))
    depth, outs = draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    sizes = draw(sizes_for(kernel, stride, padding, dilation))
    dtype = draw(DTYPES)
    return Call(
        {
            "input": TensorSpec((*draw(leading(groups * depth)), *sizes), dtype),
            "weight": TensorSpec((outs, depth, *kernel), dtype),
            "bias": draw(st.sampled_from([None, TensorSpec((outs,), dtype)])),
        },
        {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups},
    )


def fully_connect(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> tuple[Tensor]:
    """Each output value: a row of the input times a row of the weights."""
    *outs, features = weight.shape
    output = input.like((*input.shape[:-1], *outs))
    for row in positions(input.shape[:-1]):
        for out in positions(tuple(outs)):
            value = contraction((weight[*out, i], input[*row, i]) for i in range(features))
            output[*row, *out] = value if bias is None else value + bias[out]
    return (output,)


@st.composite
def linears(draw: DrawFn) -> Call:
    features, dtype = draw(st.integers(1, 7)), draw(DTYPES)
    outs = draw(st.sampled_from([(), (1,), (2,), (7,)]))
    bias = draw(st.sampled_from([None, TensorSpec(outs, dtype)])) if outs else None
    return Call(
        {
            "input": TensorSpec((*draw(shapes(0, 3)), features), dtype),
            "weight": TensorSpec((*outs, features), dtype),
            "bias": bias,
        },
        {},
    )


ORACLES |= {f"conv{dims}d": Oracle(convolve, convolutions(dims)) for dims in (1, 2, 3)}
ORACLES["linear"] = Oracle(fully_connect, linears())
