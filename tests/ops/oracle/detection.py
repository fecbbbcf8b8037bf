"""Torchvision's non-maximum suppression and deformable convolution."""

from itertools import product
from math import floor
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle import sliding
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, contraction, plain, total
from oracle.tensors import Tensor, positions

Box = tuple[Counted, ...]


def area(box: Box) -> Counted:
    return (box[2] - box[0]) * (box[3] - box[1])


def overlap(a: Box, b: Box, areas: tuple[Counted, Counted]) -> Counted:
    """Intersection over union; no side of the intersection is shorter than 0."""
    low = [max(p, q) for p, q in zip(a[:2], b[:2], strict=True)]
    high = [min(p, q) for p, q in zip(a[2:], b[2:], strict=True)]
    sides = [q - p for p, q in zip(low, high, strict=True)]
    width, height = (side if side > 0 else Counted(0.0, side.tally) for side in sides)
    common = width * height
    return common / ((areas[0] + areas[1]) - common)


def nms(dets: Tensor, scores: Tensor, iou_threshold: float) -> tuple[Tensor]:
    """The best box is kept, those that overlap with it too much go, and so on with the rest."""
    boxes = [tuple(dets[i, j] for j in range(4)) for i in range(dets.shape[0])]
    areas = [area(box) for box in boxes]
    left, kept = list(range(len(boxes))), []
    while left:
        best = max(left, key=lambda i: scores[i,])
        left.remove(best)
        kept.append(best)
        pairs = ((i, overlap(boxes[best], boxes[i], (areas[best], areas[i]))) for i in list(left))
        left = [i for i, common in pairs if not common > iou_threshold]
    output = scores.like((len(kept),), "int64")
    for at, i in enumerate(kept):
        output[at,] = i
    return (output,)


@st.composite
def boxes(draw: DrawFn) -> Call:
    """No two boxes overlap by more than all of them: none goes."""
    n = draw(st.integers(1, 5))
    return Call({"dets": TensorSpec((n, 4)), "scores": TensorSpec((n,))}, {"iou_threshold": 1.0})


def bilinear(x: Counted) -> list[tuple[int, Counted]]:
    low = x.special(floor)
    away = x - low
    return [(int(plain(low)), 1 - away), (int(plain(low)) + 1, away)]


def deform_conv2d(
    input: Tensor,
    weight: Tensor,
    offset: Tensor,
    mask: Tensor,
    bias: Tensor,
    stride_h: int,
    stride_w: int,
    pad_h: int,
    pad_w: int,
    dilation_h: int,
    dilation_w: int,
    groups: int,
    offset_groups: int,
    use_mask: bool,
) -> tuple[Tensor]:
    """Each tap of each channel is a bilinear sample, whose four weights the channels of an offset group share."""
    (batch, channels), kernel = input.shape[:2], weight.shape[2:]
    outs = offset.shape[2:]
    taps = list(product(*map(range, kernel)))
    output = input.like((batch, weight.shape[0], *outs))
    input.look(())
    depth, each = weight.shape[1], weight.shape[0] // groups
    for n, i, j in positions((batch, *outs)):
        sampled: dict[tuple[int, int], Counted] = {}
        for group, (k, (di, dj)) in product(range(offset_groups), enumerate(taps)):
            at = 2 * (group * len(taps) + k)
            y = offset[n, at, i, j] + (i * stride_h - pad_h + di * dilation_h)
            x = offset[n, at + 1, i, j] + (j * stride_w - pad_w + dj * dilation_w)
            rows, across = bilinear(y), bilinear(x)
            around = [((row, column), wy * wx) for row, wy in rows for column, wx in across]
            share = channels // offset_groups
            for channel in range(group * share, (group + 1) * share):
                seen = [(input.look((n, channel, *place)) or Counted(0.0, input.tally), w) for place, w in around]
                value = total(v * w for v, w in seen)
                sampled[channel, k] = value * mask[n, group * len(taps) + k, i, j] if use_mask else value
        for o in range(weight.shape[0]):
            first = o // each * depth
            pairs = ((sampled[first + c, k], weight[o, c, *tap]) for c in range(depth) for k, tap in enumerate(taps))
            output[n, o, i, j] = contraction(pairs) + bias[o,]
    return (output,)


@st.composite
def deformations(draw: DrawFn) -> Call:
    groups, offset_groups, masked = draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(st.booleans())
    channels, outs = 2 * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    kernel = draw(st.tuples(st.integers(1, 2), st.integers(1, 2)))
    stride, dilation = draw(st.tuples(*[st.integers(1, 2)] * 2)), draw(st.tuples(*[st.integers(1, 2)] * 2))
    pads, sizes = draw(st.tuples(*[st.integers(0, 1)] * 2)), draw(st.tuples(*[st.integers(3, 4)] * 2))
    places = tuple(
        len(sliding.windows(size, sliding.extent(k, d), s, (p, p)))
        for size, k, s, p, d in zip(sizes, kernel, stride, pads, dilation, strict=True)
    )
    batch, taps = draw(st.integers(1, 2)), offset_groups * kernel[0] * kernel[1]
    dtype = draw(st.sampled_from(["float32", "float64"]))
    shapes = {
        "input": (batch, channels, *sizes),
        "weight": (outs, channels // groups, *kernel),
        "offset": (batch, 2 * taps, *places),
        "mask": (batch, taps, *places) if masked else (batch, 1),
        "bias": (outs,),
    }
    both = zip(("stride", "pad", "dilation"), (stride, pads, dilation), strict=True)
    chosen: dict[str, Any] = {f"{name}_{d}": value for name, pair in both for d, value in zip("hw", pair, strict=True)}
    chosen |= {"groups": groups, "offset_groups": offset_groups, "use_mask": masked}
    return Call({name: TensorSpec(shape, dtype) for name, shape in shapes.items()}, chosen)


ORACLES["nms"] = Oracle(nms, boxes())
ORACLES["deform_conv2d"] = Oracle(deform_conv2d, deformations())
