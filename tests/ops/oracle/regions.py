"""Torchvision's pools over regions of an image.

Where a region lies is drawn; how many values it holds must not be for the count to follow from the shapes, so the pools
that take the largest or the mean of whole positions get regions that are the whole image.
"""

from collections.abc import Iterator
from math import ceil, floor
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, plain, total
from oracle.tensors import Index, Tensor, positions

Weighted = list[tuple[int, Counted]]


def bilinear(x: Counted) -> Weighted:
    """The two positions around a coordinate, and how much of each."""
    low = x.special(floor)
    away = x - low
    return [(int(plain(low)), 1 - away), (int(plain(low)) + 1, away)]


def sample_along(start: Counted, step: Counted, bins: int, samples: int, size: int) -> list[list[Weighted]]:
    """For each bin, each of its samples along one dimension, kept inside the image; none further out than 1."""

    def sample(place: float) -> Weighted:
        x = start + step * place
        outside = not -1.0 <= plain(x) <= size
        x = x if x > 0 else Counted(0.0, x.tally)
        x = x if x < size - 1 else Counted(size - 1.0, x.tally)
        return [(min(i, size - 1) if not outside else -size - 1, weight) for i, weight in bilinear(x)]

    return [[sample(b + (s + 0.5) / samples) for s in range(samples)] for b in range(bins)]


def corners(rois: Tensor, region: int, scale: float, aligned: bool) -> Iterator[tuple[Counted, Counted]]:
    """Start and length of a region, first along the height."""
    x1, y1, x2, y2 = (rois[region, i] * scale for i in (1, 2, 3, 4))
    if aligned:
        x1, y1, x2, y2 = (corner - 0.5 for corner in (x1, y1, x2, y2))
    for start, end in ((y1, y2), (x1, x2)):
        length = end - start
        yield start, length if aligned or length > 1 else Counted(1.0, length.tally)


def sampled(
    input: Tensor, rois: Tensor, scale: float, bins: Index, sampling_ratio: int, aligned: bool, by_position: bool
) -> tuple[Tensor, ...]:
    channels = input.shape[1] // (bins[0] * bins[1] if by_position else 1)
    output = input.like((rois.shape[0], channels, *bins))
    mapping = input.like(output.shape, "int32")
    input.look(())
    for region in range(rois.shape[0]):
        along = [
            sample_along(start, length / count, count, sampling_ratio, size)
            for (start, length), count, size in zip(
                corners(rois, region, scale, aligned), bins, input.shape[2:], strict=True
            )
        ]
        for i, j in positions(bins):
            around = [
                ((y, x), wy * wx) for row in along[0][i] for column in along[1][j] for y, wy in row for x, wx in column
            ]
            for channel in range(channels):
                source = channel * bins[0] * bins[1] + i * bins[1] + j if by_position else channel
                values = [(input.look((0, source, *at)) or Counted(0.0, input.tally), w) for at, w in around]
                output[region, channel, i, j] = total(v * w for v, w in values) / sampling_ratio**2
                mapping._values[region, channel, i, j] = source
    return (output, mapping)


def roi_align(
    input: Tensor,
    rois: Tensor,
    spatial_scale: float,
    pooled_height: int,
    pooled_width: int,
    sampling_ratio: int,
    aligned: bool,
) -> tuple[Tensor]:
    bins = (pooled_height, pooled_width)
    return sampled(input, rois, spatial_scale, bins, sampling_ratio, aligned, by_position=False)[:1]


def ps_roi_align(
    input: Tensor, rois: Tensor, spatial_scale: float, pooled_height: int, pooled_width: int, sampling_ratio: int
) -> tuple[Tensor, ...]:
    bins = (pooled_height, pooled_width)
    outputs = sampled(input, rois, spatial_scale, bins, sampling_ratio, aligned=True, by_position=True)
    input.tally.written.add(outputs[1])
    return outputs


def same_regions(sizes: Index, rois: Tensor, scale: float, bins: Index) -> list[list[list[int]]]:
    """Every region scaled and rounded, and then taken to be of these sizes; the positions of each bin per dimension."""
    for region in range(rois.shape[0]):
        for i in (1, 2, 3, 4):
            (rois[region, i] * scale).special(round)
    return [
        [list(range(floor(b * size / count), ceil((b + 1) * size / count))) for b in range(count)]
        for size, count in zip(sizes, bins, strict=True)
    ]


def roi_pool(
    input: Tensor, rois: Tensor, spatial_scale: float, pooled_height: int, pooled_width: int
) -> tuple[Tensor, ...]:
    bins = (pooled_height, pooled_width)
    rows, columns = same_regions(input.shape[2:], rois, spatial_scale, bins)
    output = input.like((rois.shape[0], input.shape[1], *bins))
    places = input.like(output.shape, "int32")
    for at in positions(output.shape):
        members = [(y, x) for y in rows[at[2]] for x in columns[at[3]]]
        best = members[0]
        for other in members[1:]:
            best = other if input[0, at[1], *other] > input[0, at[1], *best] else best
        output[at] = input[0, at[1], *best]
        places[at] = best[0] * input.shape[3] + best[1]
    return output, places


def ps_roi_pool(
    input: Tensor, rois: Tensor, spatial_scale: float, pooled_height: int, pooled_width: int
) -> tuple[Tensor, ...]:
    bins = (pooled_height, pooled_width)
    seen = tuple(size - 1 for size in input.shape[2:])  # torchvision leaves out the last row and column
    rows, columns = same_regions(seen, rois, spatial_scale, bins)
    channels = len(range(0, input.shape[1], bins[0] * bins[1]))
    output = input.like((rois.shape[0], channels, *bins))
    mapping = input.like(output.shape, "int32")
    for at in positions(output.shape):
        source = (at[1] * bins[0] + at[2]) * bins[1] + at[3]
        members = [input[0, source, y, x] for y in rows[at[2]] for x in columns[at[3]]]
        output[at] = total(members) / len(members)
        mapping[at] = source
    return output, mapping


@st.composite
def regions(draw: DrawFn, sampled: bool, by_position: bool, aligned: bool = False) -> Call:
    """One image, as a region's first number is 0."""
    height, width = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    channels = draw(st.integers(1, 2)) * (height * width if by_position else 1)
    dtype = draw(st.sampled_from(["float32", "float64"]))
    sizes = draw(st.tuples(st.integers(2, 4), st.integers(2, 4)))
    specs = {
        "input": TensorSpec((1, channels, *sizes), dtype),
        "rois": TensorSpec((draw(st.integers(1, 2)), 5), dtype),
    }
    chosen: dict[str, Any] = {"spatial_scale": draw(st.sampled_from([1.0, 0.5])) if sampled else 1.0}
    chosen |= {"pooled_height": height, "pooled_width": width}
    chosen |= {"sampling_ratio": draw(st.integers(1, 2))} if sampled else {}
    return Call(specs, chosen | ({"aligned": draw(st.booleans())} if aligned else {}))


ORACLES["roi_align"] = Oracle(roi_align, regions(sampled=True, by_position=False, aligned=True))
ORACLES["ps_roi_align"] = Oracle(ps_roi_align, regions(sampled=True, by_position=True))
ORACLES["roi_pool"] = Oracle(roi_pool, regions(sampled=False, by_position=False))
ORACLES["ps_roi_pool"] = Oracle(ps_roi_pool, regions(sampled=False, by_position=True))
