"""Images along a grid: where to look is computed from the grid, and so are the weights, by counted steps."""

from collections.abc import Callable
from itertools import product
from math import floor, fmod
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, plain, total
from oracle.draws import DTYPES
from oracle.tensors import Tensor, positions

Taps = list[tuple[int, Counted | None]]  # along one dimension: input positions and their weights


def bounds(size: int, align_corners: bool) -> tuple[float, float]:
    """Between which two numbers a coordinate is reflected: the border's pixels, or their outer edges."""
    return (0.0, size - 1.0) if align_corners else (-0.5, size - 0.5)


def reflected(x: Counted, size: int, align_corners: bool) -> Counted:
    low, high = bounds(size, align_corners)
    span = high - low
    away = x - low
    away = away if away > 0 else -away
    rest = away.special(lambda value: fmod(value, span))
    flips = (away / span).special(floor)
    odd = plain(flips) % 2 > 0
    x.tally.compares += 1  # whether the number of flips is even
    return (span + low) - rest if odd else rest + low


def clipped(x: Counted, size: int) -> Counted:
    x = x if x > 0 else Counted(0.0, x.tally)
    return x if x < size - 1 else Counted(size - 1.0, x.tally)


def within_bounds(x: Counted, size: int, padding_mode: str, align_corners: bool) -> Counted:
    if padding_mode == "reflection":
        x = reflected(x, size, align_corners)
    return x if padding_mode == "zeros" else clipped(x, size)


def nearest(x: Counted) -> Taps:
    return [(int(plain(x.special(round))), None)]


def linear(x: Counted) -> Taps:
    low = x.special(floor)
    away = x - low
    return [(int(plain(low)), 1 - away), (int(plain(low)) + 1, away)]


def cubic(x: Counted) -> Taps:
    a = -0.75
    low = x.special(floor)
    t = x - low

    def near(u: Counted) -> Counted:
        return (u * (a + 2) - (a + 3)) * u * u + 1

    def far(u: Counted) -> Counted:
        return ((u * a - 5 * a) * u + 8 * a) * u - 4 * a

    other = 1 - t
    weights = (far(t + 1), near(t), near(other), far(2 - t))
    return [(int(plain(low)) + k - 1, weight) for k, weight in enumerate(weights)]


MODES: dict[str, Callable[[Counted], Taps]] = {"nearest": nearest, "bilinear": linear, "bicubic": cubic}


def whole_place(i: int, size: int, padding_mode: str, align_corners: bool) -> int:
    """A tap brought back into the image: index arithmetic."""
    if padding_mode == "zeros":
        return i
    if padding_mode == "reflection":
        low, _high = bounds(size, align_corners)
        period = [*range(size), *reversed(range(size))] if low else [*range(size), *range(size - 2, 0, -1)]
        return period[i % len(period)]
    return min(max(i, 0), size - 1)


def grid_sample(
    input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None
) -> tuple[Tensor]:
    sizes, dims, corners = input.shape[2:], len(input.shape) - 2, bool(align_corners)
    output = input.like((*input.shape[:2], *grid.shape[1:-1]))
    input.look(())
    for at in positions(grid.shape[:-1]):
        taps = []
        for size, axis in zip(sizes, reversed(range(dims)), strict=True):  # the grid names the last dimension first
            scale = (size - 1) / 2 if corners else size / 2
            x = grid[(*at, axis)] * scale + (size - 1) / 2
            if mode != "bicubic":
                x = within_bounds(x, size, padding_mode, corners)
            found = MODES[mode](x)
            if mode == "bicubic":
                found = [(whole_place(i, size, padding_mode, corners), weight) for i, weight in found]
            taps.append(found)
        around = []
        for corner in product(*taps):
            weight = corner[0][1]
            for _, other in corner[1:]:
                weight = None if weight is None or other is None else weight * other
            around.append((tuple(i for i, _ in corner), weight))
        for channel in range(input.shape[1]):
            values = [(input.look((at[0], channel, *k)) or Counted(0.0, input.tally), weight) for k, weight in around]
            terms = [value if weight is None else value * weight for value, weight in values]
            output[(at[0], channel, *at[1:])] = total(terms)
    return (output,)


def affine_grid(theta: Tensor, size: Any, align_corners: bool | None = None) -> tuple[Tensor]:
    outs, dims = size[2:], len(size) - 2
    output = theta.like((size[0], *outs, dims))

    def base(o: int, out: int) -> float:
        """The place of one of `out` positions from −1 to 1."""
        if align_corners:
            return 2 * o / (out - 1) - 1 if out > 1 else 0.0
        return (2 * o + 1) / out - 1

    for at in positions(output.shape):
        n, *place, i = at
        bases = [base(o, out) for o, out in zip(place, outs, strict=True)][::-1]
        terms = [theta[n, i, j] * b for j, b in enumerate(bases)]
        output[at] = total(terms) + theta[n, i, dims]
    return (output,)


@st.composite
def grids(draw: DrawFn) -> Call:
    dims = draw(st.sampled_from([2, 2, 3]))
    batch, channels = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    sizes, outs = (tuple(draw(st.integers(low, 5 - dims + 1)) for _ in range(dims)) for low in (2, 1))
    outs = tuple(min(out, 2) for out in outs)
    dtype = draw(DTYPES)
    specs = {
        "input": TensorSpec((batch, channels, *sizes), dtype),
        "grid": TensorSpec((batch, *outs, dims), dtype),
    }
    modes = ["bilinear", "nearest"] + ["bicubic"] * (dims == 2)
    chosen = {
        "mode": draw(st.sampled_from(modes)),
        "padding_mode": draw(st.sampled_from(["zeros", "border", "reflection"])),
        "align_corners": draw(st.booleans()),
    }
    return Call(specs, chosen)


@st.composite
def maps(draw: DrawFn) -> Call:
    dims, batch = draw(st.sampled_from([2, 3])), draw(st.integers(1, 2))
    outs = tuple(draw(st.integers(1, 3)) for _ in range(dims))
    theta = TensorSpec((batch, dims, dims + 1), draw(DTYPES))
    return Call({"theta": theta}, {"size": (batch, 2, *outs), "align_corners": draw(st.booleans())})


ORACLES["grid_sample"] = Oracle(grid_sample, grids())
ORACLES["affine_grid"] = Oracle(affine_grid, maps())
