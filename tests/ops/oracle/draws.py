"""How configurations are drawn, and those parts that more than one operator draws from."""

import os

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from netstat.graph import TensorSpec
from oracle.sliding import extent, spread

LARGEST = {1: 7, 2: 7, 3: 4}  # sizes and kernels shrink where dimensions multiply them
WIDEST = {1: 4, 2: 4, 3: 3}
DTYPES = st.sampled_from(["float32", "float64", "float16", "bfloat16"])


# A tenth of the configurations is enough to see what a change broke; NETSTAT_THOROUGH=1 tries them all, as CI does.
THOROUGH = bool(os.environ.get("NETSTAT_THOROUGH"))


def drawn(max_examples: int) -> settings:
    """So many configurations where tests are to be thorough, the same ones in every run, and no clock."""
    examples = max_examples if THOROUGH else max(max_examples // 10, 4)
    return settings(max_examples=examples, deadline=None, derandomize=True)


@st.composite
def shapes(draw: DrawFn, low: int = 0, high: int = 4, largest: int = 4) -> tuple[int, ...]:
    """A shape of `low` to `high` dimensions."""
    return tuple(draw(st.lists(st.integers(1, largest), min_size=low, max_size=high)))


@st.composite
def tensors(draw: DrawFn, low: int = 0, high: int = 4, largest: int = 4) -> TensorSpec:
    """A tensor of such a shape, of any floating-point dtype."""
    return TensorSpec(draw(shapes(low, high, largest)), draw(DTYPES))


@st.composite
def leading(draw: DrawFn, channels: int) -> tuple[int, ...]:
    """Batch and channels, or channels alone."""
    return draw(st.sampled_from([(channels,), (1, channels), (2, channels)]))


def per_dimension(values: SearchStrategy[int], dims: int) -> SearchStrategy[int | tuple[int, ...]]:
    """One number for all dimensions, or one for each."""
    return values | st.tuples(*[values] * dims)


@st.composite
def numeric_paddings(draw: DrawFn, limits: tuple[int, ...]) -> int | tuple[int, ...]:
    """A number, or numbers, none over its limit."""
    return draw(st.integers(0, min(limits)) | st.tuples(*(st.integers(0, limit) for limit in limits)))


@st.composite
def sizes_for(
    draw: DrawFn,
    kernel: tuple[int, ...],
    stride: int | tuple[int, ...],
    padding: int | tuple[int, ...] | str,
    dilation: int | tuple[int, ...],
    ceil_mode: bool = False,
) -> tuple[int, ...]:
    """Input sizes that hold at least one window."""
    dims = len(kernel)
    pads = (0,) * dims if isinstance(padding, str) else spread(padding, dims)
    sizes = []
    for k, s, p, d in zip(kernel, spread(stride, dims), pads, spread(dilation, dims), strict=True):
        least = 1 if padding in ("same", "SAME") else extent(k, d) - 2 * p - (s - 1 if ceil_mode else 0)
        sizes.append(draw(st.integers(max(least, 1), max(least, LARGEST[dims]))))
    return tuple(sizes)
