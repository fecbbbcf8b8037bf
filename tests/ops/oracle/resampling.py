"""Images at another size: the positions around each output value, weighted. Weights are plain numbers."""

from collections.abc import Callable
from functools import partial
from itertools import product
from math import floor, pi, sin
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, total
from oracle.draws import DTYPES
from oracle.tensors import Index, Tensor, positions

Taps = list[tuple[int, float]]  # along one dimension, for one output position: input positions and their weights


def resized(sizes: Index, output_size: Any, scale_factors: Any) -> tuple[Index, list[float]]:
    """Output sizes, and how many input positions one output position is."""
    factors = scale_factors or (None,) * len(sizes)
    outs = tuple(output_size) if output_size else tuple(floor(n * f) for n, f in zip(sizes, factors, strict=True))
    return outs, [1 / f if f else size / out for size, out, f in zip(sizes, outs, factors, strict=True)]


def nearest(exact: bool, input: Tensor, output_size: Any = None, scale_factors: Any = None) -> tuple[Tensor]:
    sizes = input.shape[2:]
    outs, steps = resized(sizes, output_size, scale_factors)
    output = input.like((*input.shape[:2], *outs))
    for at in positions(output.shape):
        half = 0.5 if exact else 0.0
        found = (min(floor((o + half) * step), size - 1) for o, step, size in zip(at[2:], steps, sizes, strict=True))
        output[at] = input[(*at[:2], *found)]
    return (output,)


def place(o: int, size: int, out: int, step: float, align_corners: bool) -> float:
    if align_corners:
        return o * (size - 1) / (out - 1) if out > 1 else 0.0
    return (o + 0.5) * step - 0.5


def linear(o: int, size: int, out: int, step: float, align_corners: bool) -> Taps:
    at = max(place(o, size, out, step, align_corners), 0.0)
    first = min(floor(at), size - 1)
    return [(first, 1 - (at - first)), (min(first + 1, size - 1), at - first)]


def cubic_weight(a: float, x: float) -> float:
    x = abs(x)
    if x <= 1:
        return ((a + 2) * x - (a + 3)) * x * x + 1
    return (((x - 5) * x + 8) * x - 4) * a if x < 2 else 0.0


def cubic(o: int, size: int, out: int, step: float, align_corners: bool) -> Taps:
    at = place(o, size, out, step, align_corners)
    first = floor(at)
    return [(min(max(first + k, 0), size - 1), cubic_weight(-0.75, at - first - k)) for k in (-1, 0, 1, 2)]


def weighted(
    along: Callable[..., Taps],
    input: Tensor,
    output_size: Any = None,
    align_corners: bool = False,
    scale_factors: Any = None,
) -> tuple[Tensor]:
    sizes = input.shape[2:]
    outs, steps = resized(sizes, output_size, scale_factors)
    output = input.like((*input.shape[:2], *outs))
    for at in positions(output.shape):
        taps = (along(o, *rest, align_corners) for o, *rest in zip(at[2:], sizes, outs, steps, strict=True))
        terms = []
        for corner in product(*taps):
            weight = 1.0
            for _, w in corner:
                weight *= w
            terms.append(input[(*at[:2], *(i for i, _ in corner))] * weight)
        output[at] = total(terms)
    return (output,)


def sinc(x: float) -> float:
    return sin(pi * x) / (pi * x) if x else 1.0


FILTERS: dict[str, tuple[int, Callable[[float], float]]] = {
    "bilinear": (1, lambda x: max(1 - abs(x), 0.0)),
    "bicubic": (2, partial(cubic_weight, -0.5)),
    "lanczos": (3, lambda x: sinc(x) * sinc(x / 3) if abs(x) < 3 else 0.0),
}


def smooth(mode: str, o: int, size: int, out: int, step: float, align_corners: bool) -> Taps:
    """The positions within reach of the filter, stretched where the image shrinks; the weights sum to 1."""
    reach, weigh = FILTERS[mode]
    if align_corners:
        step = (size - 1) / (out - 1) if out > 1 else 0.0
    stretch = max(step, 1.0)
    center = step * (o + 0.5)
    first = max(int(center - reach * stretch + 0.5), 0)
    last = min(int(center + reach * stretch + 0.5), size)
    weights = [weigh((i - center + 0.5) / stretch) for i in range(first, last)]
    return [(i, w / sum(weights)) for i, w in zip(range(first, last), weights, strict=True)]


def antialiased(
    mode: str, input: Tensor, output_size: Any = None, align_corners: bool = False, scale_factors: Any = None
) -> tuple[Tensor]:
    """First along the width, then along the height."""
    (high, wide), lead = input.shape[2:], input.shape[:2]
    (rows, columns), steps = resized((high, wide), output_size, scale_factors)
    narrow: dict[Index, Counted] = {}
    for at in positions((*lead, high, columns)):
        taps = smooth(mode, at[-1], wide, columns, steps[1], align_corners)
        narrow[at] = total(input[(*at[:-1], i)] * weight for i, weight in taps)
    output = input.like((*lead, rows, columns))
    for at in positions(output.shape):
        taps = smooth(mode, at[-2], high, rows, steps[0], align_corners)
        output[at] = total(narrow[(*at[:-2], i, at[-1])] * weight for i, weight in taps)
    return (output,)


@st.composite
def resizes(draw: DrawFn, dims: int, corners: bool = True, low: int = 1) -> Call:
    largest = {1: 6, 2: 5, 3: 3}[dims]
    sizes = tuple(draw(st.integers(low, largest)) for _ in range(dims))
    shape = (draw(st.integers(1, 2)), draw(st.integers(1, 2)), *sizes)
    chosen: dict[str, Any] = {"align_corners": draw(st.booleans())} if corners else {}
    if draw(st.booleans()):
        chosen["output_size"] = tuple(draw(st.integers(low, largest)) for _ in range(dims))
    else:
        factors = (draw(st.sampled_from([1.0, 1.5, 2.0, *([0.5] if size // 2 >= low else [])])) for size in sizes)
        chosen |= {"output_size": None, "scale_factors": tuple(factors)}
    return Call({"input": TensorSpec(shape, draw(DTYPES))}, chosen)


for dims in (1, 2, 3):
    for name, exact in (("upsample_nearest", False), ("upsample_nearest_exact", True)):
        ORACLES[f"{name}{dims}d"] = Oracle(partial(nearest, exact), resizes(dims, corners=False))
ORACLES["upsample_linear1d"] = Oracle(partial(weighted, linear), resizes(1))
ORACLES["upsample_bilinear2d"] = Oracle(partial(weighted, linear), resizes(2))
ORACLES["upsample_trilinear3d"] = Oracle(partial(weighted, linear), resizes(3))
ORACLES["upsample_bicubic2d"] = Oracle(partial(weighted, cubic), resizes(2))
for mode in FILTERS:
    # torch 2.15 makes an image one value wide of its first row alone
    ORACLES[f"upsample_{mode}2d_aa"] = Oracle(partial(antialiased, mode), resizes(2, low=2))
