"""Pools: the largest or the mean of the values in a window. Taps in the padding hold none."""

from collections.abc import Iterator
from functools import partial
from itertools import product
from math import ceil, floor
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle import sliding
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, total
from oracle.draws import DTYPES, LARGEST, WIDEST, leading, numeric_paddings, per_dimension, sizes_for
from oracle.tensors import Tensor, positions

Index = tuple[int, ...]
Windows = list[list[int]]  # along one dimension: the positions of each window's taps, inside the input or not
Members = list[tuple[Index, Counted]]  # of one window: position and value of the taps inside the input


def visits(input: Tensor, dims: int, windows: list[Windows]) -> Iterator[tuple[Index, Members]]:
    """Every output index with the members of its window."""
    for lead in positions(input.shape[:-dims]):
        for place in positions(tuple(map(len, windows))):
            taps = product(*(along[i] for along, i in zip(windows, place, strict=True)))
            found = ((at, input.look((*lead, *at))) for at in taps)
            yield (*lead, *place), [(at, value) for at, value in found if value is not None]


def take_largest(input: Tensor, dims: int, windows: list[Windows], return_indices: bool) -> tuple[Tensor, ...]:
    """The largest member of each window, −∞ where it has none; and where it stood, counted through its channel."""
    shape = (*input.shape[:-dims], *map(len, windows))
    output, indices = input.like(shape), input.like(shape, "int64")
    numbers = {at: number for number, at in enumerate(positions(input.shape[-dims:]))}
    for index, members in visits(input, dims, windows):
        position, best = members[0] if members else (None, Counted(float("-inf"), input.tally))
        for at, value in members[1:]:
            if value > best:
                position, best = at, value
        output[index] = best
        if return_indices:
            indices[index] = numbers.get(position, -1)
    return (output, indices) if return_indices else (output,)


class Slide:
    """Windows sliding along each dimension."""

    def __init__(
        self, sizes: Index, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
    ) -> None:
        dims = len(sizes)
        kernel, dilation = sliding.spread(kernel_size, dims), sliding.spread(dilation, dims)
        stride = sliding.spread(stride, dims) if stride else kernel
        self.sizes = sizes
        self.pads = sliding.paddings(sizes, kernel, stride, padding, dilation)
        self.windows = [
            [
                [first + d * tap for tap in range(k)]
                for first in sliding.windows(size, sliding.extent(k, d), s, pad, ceil_mode)
            ]
            for size, k, d, s, pad in zip(sizes, kernel, dilation, stride, self.pads, strict=True)
        ]

    def padded_taps(self, place: Index) -> int:
        """Taps of one window that lie in the input or its padding: ceil mode may have it stick out of both."""
        count = 1
        for along, i, size, (before, after) in zip(self.windows, place, self.sizes, self.pads, strict=True):
            count *= sum(-before <= at < size + after for at in along[i])
        return count


def max_pool(
    dims: int,
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, ...]:
    slide = Slide(input.shape[-dims:], kernel_size, stride, padding, dilation, ceil_mode)
    return take_largest(input, dims, slide.windows, return_indices)


def avg_pool(
    dims: int,
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> tuple[Tensor]:
    slide = Slide(input.shape[-dims:], kernel_size, stride, padding, 1, ceil_mode)
    output = input.like((*input.shape[:-dims], *map(len, slide.windows)))
    for index, members in visits(input, dims, slide.windows):
        divisor = slide.padded_taps(index[-dims:]) if count_include_pad else len(members)
        output[index] = total(value for _, value in members) / (divisor_override or divisor)
    return (output,)


def adaptive_windows(sizes: Index, output_size: Any) -> list[Windows]:
    """Window o of O along a dimension of L: from ⌊o·L/O⌋ to ⌈(o+1)·L/O⌉."""
    wanted = (output_size,) * len(sizes) if output_size is None else sliding.spread(output_size, len(sizes))
    outs = [size if out is None else out for size, out in zip(sizes, wanted, strict=True)]
    return [
        [list(range(floor(o * size / out), ceil((o + 1) * size / out))) for o in range(out)]
        for size, out in zip(sizes, outs, strict=True)
    ]


def adaptive_max_pool(dims: int, input: Tensor, output_size: Any, return_indices: bool = False) -> tuple[Tensor, ...]:
    return take_largest(input, dims, adaptive_windows(input.shape[-dims:], output_size), return_indices)


def adaptive_avg_pool(dims: int, input: Tensor, output_size: Any) -> tuple[Tensor]:
    windows = adaptive_windows(input.shape[-dims:], output_size)
    output = input.like((*input.shape[:-dims], *map(len, windows)))
    for index, members in visits(input, dims, windows):
        output[index] = total(value for _, value in members) / len(members)
    return (output,)


@st.composite
def slides(draw: DrawFn, dims: int, dilated: bool) -> tuple[Index, dict[str, Any]]:
    """Input sizes and what all sliding pools are told."""
    kernel = draw(st.integers(1, WIDEST[dims]) | st.tuples(*[st.integers(1, WIDEST[dims])] * dims))
    kernels = sliding.spread(kernel, dims)
    dilation = draw(per_dimension(st.integers(1, 3), dims)) if dilated else 1
    padding = draw(st.sampled_from(["number", "number", "number", "same", "valid", "SAME", "VALID"]))
    ceil_mode = padding == "number" and draw(st.booleans())
    if padding == "number":
        padding = draw(numeric_paddings(tuple(k // 2 for k in kernels)))
    stride = 1 if padding == "same" else draw(st.none() | per_dimension(st.integers(1, 4), dims))
    sizes = draw(sizes_for(kernels, stride or kernels, padding, dilation, ceil_mode))
    chosen = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": ceil_mode}
    return sizes, chosen | ({"dilation": dilation} if dilated else {})


@st.composite
def inputs(draw: DrawFn, sizes: Index) -> dict[str, TensorSpec]:
    return {"input": TensorSpec((*draw(leading(draw(st.integers(1, 3)))), *sizes), draw(DTYPES))}


@st.composite
def max_pools(draw: DrawFn, dims: int) -> Call:
    sizes, chosen = draw(slides(dims, dilated=True))
    return Call(draw(inputs(sizes)), chosen | {"return_indices": draw(st.booleans())})


@st.composite
def avg_pools(draw: DrawFn, dims: int) -> Call:
    sizes, chosen = draw(slides(dims, dilated=False))
    chosen["count_include_pad"] = draw(st.booleans())
    if dims > 1:
        chosen["divisor_override"] = draw(st.none() | st.integers(1, 5))
    return Call(draw(inputs(sizes)), chosen)


@st.composite
def adaptive_pools(draw: DrawFn, dims: int, indexed: bool) -> Call:
    one = st.integers(1, LARGEST[dims])
    kept = st.none() if dims > 1 else st.nothing()  # torch keeps a dimension from 2d on
    wanted = draw(one | st.tuples(*[one | kept] * dims))
    sizes = draw(st.tuples(*[one] * dims))
    chosen = {"return_indices": draw(st.booleans())} if indexed else {}
    return Call(draw(inputs(sizes)), {"output_size": wanted, **chosen})


for dims in (1, 2, 3):
    ORACLES[f"max_pool{dims}d"] = Oracle(partial(max_pool, dims), max_pools(dims))
    ORACLES[f"avg_pool{dims}d"] = Oracle(partial(avg_pool, dims), avg_pools(dims))
    ORACLES[f"adaptive_max_pool{dims}d"] = Oracle(partial(adaptive_max_pool, dims), adaptive_pools(dims, True))
    ORACLES[f"adaptive_avg_pool{dims}d"] = Oracle(partial(adaptive_avg_pool, dims), adaptive_pools(dims, False))
