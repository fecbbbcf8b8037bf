"""Transposed convolutions."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle import sliding
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, contraction
from oracle.draws import DTYPES, leading, numeric_paddings, per_dimension
from oracle.tensors import Index, Tensor, positions


def scatter(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> tuple[Tensor]:
    """Each input value times each of its weights falls somewhere; what falls together is added; the border is cut."""
    dims = len(weight.shape) - 2
    (depth, outs, *kernel), sizes = weight.shape, input.shape[-dims:]
    stride, padding, more, dilation = (sliding.spread(v, dims) for v in (stride, padding, output_padding, dilation))
    batch = input.shape[: -dims - 1]
    fallen: dict[Index, list[tuple[Counted, Counted]]] = {}
    for *image, channel in positions((*batch, depth)):
        for place in positions(sizes):
            for k, at in sliding.taps(
                tuple(s * p for s, p in zip(stride, place, strict=True)), tuple(kernel), dilation
            ):
                for out in range(outs):
                    goal = (*image, channel // (depth // groups) * outs + out, *at)
                    pair = weight[channel, out, *k], input[*image, channel, *place]
                    fallen.setdefault(goal, []).append(pair)
    whole = {goal: contraction(pairs) for goal, pairs in fallen.items()}
    rest = zip(sizes, kernel, stride, padding, more, dilation, strict=True)
    cut = tuple(range((size - 1) * s + sliding.extent(k, d) + m)[p : -p or None] for size, k, s, p, m, d in rest)
    output = input.like((*batch, outs * groups, *map(len, cut)))
    for at in positions(output.shape):
        value = whole.get((*at[:-dims], *(along[i] for along, i in zip(cut, at[-dims:], strict=True))))
        value = Counted(0.0, input.tally) if value is None else value
        output[at] = value if bias is None else value + bias[at[-dims - 1],]
    return (output,)


@st.composite
def transposed_convolutions(draw: DrawFn, dims: int) -> Call:
    kernel = draw(st.tuples(*[st.integers(1, 3)] * dims))
    stride, dilation = draw(per_dimension(st.integers(1, 4), dims)), draw(per_dimension(st.integers(1, 3), dims))
    strides, dilations = sliding.spread(stride, dims), sliding.spread(dilation, dims)
    limits = tuple(max(pair) - 1 for pair in zip(strides, dilations, strict=True))
    more, padding = draw(numeric_paddings(limits)), draw(numeric_paddings((2,) * dims))
    sizes = []
    for k, s, d, p, m in zip(
        kernel, strides, dilations, *(sliding.spread(value, dims) for value in (padding, more)), strict=True
    ):
        least = next(n for n in range(1, 9) if (n - 1) * s + sliding.extent(k, d) + m - 2 * p > 0)
        sizes.append(draw(st.integers(least, max(least, 4 if dims < 3 else 2))))
    groups, dtype = draw(st.integers(1, 2)), draw(DTYPES)
    depth, outs = groups * draw(st.integers(1, 2)), draw(st.integers(1, 2))
    return Call(
        {
            "input": TensorSpec((*draw(leading(depth)), *sizes), dtype),
            "weight": TensorSpec((depth, outs, *kernel), dtype),
            "bias": draw(st.sampled_from([None, TensorSpec((outs * groups,), dtype)])),
        },
        {"stride": stride, "padding": padding, "output_padding": more, "groups": groups, "dilation": dilation},
    )


ORACLES |= {f"conv_transpose{dims}d": Oracle(scatter, transposed_convolutions(dims)) for dims in (1, 2, 3)}
