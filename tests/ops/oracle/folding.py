"""Operators that move values between channels and positions of an image."""

from itertools import product
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle import sliding
from oracle.arranging import Case, moved
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted
from oracle.draws import DTYPES, leading, numeric_paddings, per_dimension, sizes_for
from oracle.tensors import Index, Tensor, positions


def pixel_shuffle(input: Tensor, upscale_factor: int) -> tuple[Tensor]:
    """Channel c, row h, column w come from channel c·r² + (h mod r)·r + w mod r at (h/r, w/r)."""
    r = upscale_factor
    *lead, channels, height, width = input.shape
    shape = (*lead, len(range(0, channels, r * r)), height * r, width * r)

    def source(at: Index) -> Index:
        *start, c, h, w = at
        return (*start, c * r * r + (h % r) * r + w % r, h // r, w // r)

    return moved(input, shape, source)


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> tuple[Tensor]:
    r = downscale_factor
    *lead, channels, height, width = input.shape
    shape = (*lead, channels * r * r, len(range(0, height, r)), len(range(0, width, r)))

    def source(at: Index) -> Index:
        *start, c, h, w = at
        return (*start, c // (r * r), h * r + c // r % r, w * r + c % r)

    return moved(input, shape, source)


def channel_shuffle(input: Tensor, groups: int) -> tuple[Tensor]:
    dealt = [range(input.shape[1])[i :: input.shape[1] // groups] for i in range(input.shape[1] // groups)]
    order = [channel for hand in dealt for channel in hand]
    return moved(input, input.shape, lambda at: (at[0], order[at[1]], *at[2:]))


def columns(sizes: Index, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> list[list[Index]]:
    """For each window of an image, the position of each of its taps, inside or not."""
    kernel, steps, dilations = (sliding.spread(value, 2) for value in (kernel_size, stride, dilation))
    pads = sliding.paddings(sizes, kernel, steps, padding, dilations)
    starts = [
        sliding.windows(size, sliding.extent(k, d), s, pad, False)
        for size, k, s, d, pad in zip(sizes, kernel, steps, dilations, pads, strict=True)
    ]
    taps = list(product(*map(range, kernel)))
    return [
        [tuple(f + d * t for f, d, t in zip(first, dilations, tap, strict=True)) for tap in taps]
        for first in product(*starts)
    ]


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> tuple[Tensor]:
    found = columns(input.shape[-2:], kernel_size, dilation, padding, stride)
    *lead, channels = input.shape[:-2]
    output = input.like((*lead, channels * len(found[0]), len(found)))
    for at in positions(output.shape):
        channel, tap = divmod(at[-2], len(found[0]))
        value = input.look((*at[:-2], channel, *found[at[-1]][tap]))
        output[at] = Counted(0.0, input.tally) if value is None else value
    return (output,)


def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> tuple[Tensor]:
    """Each value lands on its position, or is added to what landed there before."""
    sizes = sliding.spread(output_size, 2)
    found = columns(sizes, kernel_size, dilation, padding, stride)
    taps = len(found[0])
    output = input.like((*input.shape[:-2], len(range(0, input.shape[-2], taps)), *sizes))
    landed: dict[Index, Counted] = {}
    inside = set(positions(output.shape))
    for at in positions(input.shape):
        value = input[at]
        channel, tap = divmod(at[-2], taps)
        place = (*at[:-2], channel, *found[at[-1]][tap])
        if place in inside:
            landed[place] = landed[place] + value if place in landed else value
    for place in inside:
        output[place] = landed.get(place, Counted(0.0, input.tally))
    return (output,)


@st.composite
def shuffles(draw: DrawFn, up: bool) -> Call:
    r, lead = draw(st.integers(1, 3)), draw(st.sampled_from([(), (2,), (1, 2)]))
    c, h, w = (draw(st.integers(1, 2)) for _ in range(3))
    shape = (*lead, c * r * r, h, w) if up else (*lead, c, h * r, w * r)
    return Call({"input": TensorSpec(shape, draw(DTYPES))}, {"upscale_factor" if up else "downscale_factor": r})


@st.composite
def deals(draw: DrawFn) -> Call:
    groups, each = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    shape = (draw(st.integers(1, 2)), groups * each, *draw(st.sampled_from([(2,), (2, 3), (1, 2, 2)])))
    return Call({"input": TensorSpec(shape, draw(DTYPES))}, {"groups": groups})


@st.composite
def windows(draw: DrawFn, folded: bool) -> Call:
    kernel = draw(per_dimension(st.integers(1, 3), 2))
    dilation, stride = draw(per_dimension(st.integers(1, 2), 2)), draw(per_dimension(st.integers(1, 3), 2))
    padding = draw(numeric_paddings((2, 2)))
    sizes = draw(sizes_for(sliding.spread(kernel, 2), stride, padding, dilation).filter(lambda sizes: max(sizes) < 6))
    chosen = {"kernel_size": kernel, "dilation": dilation, "padding": padding, "stride": stride}
    lead, dtype = draw(leading(draw(st.integers(1, 2)))), draw(DTYPES)
    if not folded:
        return Call({"input": TensorSpec((*lead, *sizes), dtype)}, chosen)
    found = columns(sizes, kernel, dilation, padding, stride)
    shape = (*lead[:-1], lead[-1] * len(found[0]), len(found))
    return Call({"input": TensorSpec(shape, dtype)}, {"output_size": sizes, **chosen})


CASES: dict[str, Case] = {
    "pixel_shuffle": (pixel_shuffle, shuffles(up=True)),
    "pixel_unshuffle": (pixel_unshuffle, shuffles(up=False)),
    "channel_shuffle": (channel_shuffle, deals()),
    "unfold": (unfold, windows(folded=False)),
    "fold": (fold, windows(folded=True)),
}
ORACLES |= {name: Oracle(loops, calls) for name, (loops, calls) in CASES.items()}
