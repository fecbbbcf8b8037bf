"""Operators of torchvision's detectors: region pooling, non-maximum suppression, deformable convolution.

Their torch names are known once torchvision is imported. Regions and boxes are data: which input values a region holds,
and how many boxes are left, is not known without their values; what is taken instead stands with each operator.
"""

from collections.abc import Mapping
from math import gcd, prod
from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.base import Operator, Product, Specs, operator, refuse_rank, traffic
from netstat.ops.convolution import LAYOUT
from netstat.ops.windows import output_size, windows

# What finding a bilinear sample takes per coordinate: the floor, the distance to it, and 1 less the distance.
_NEIGHBOURS = Cost(specials=1, adds=2)


class _RegionPool(Operator):
    """R regions of an input (N, C, H, W), each made P_h × P_w bins: output (R, C, P_h, P_w)."""

    family = "pooling"
    tensors = ("input", "rois")

    @classmethod
    def pooled(cls, input: TensorSpec, rois: TensorSpec, height: int, width: int) -> TensorSpec:
        refuse_rank(input, (4,), LAYOUT[2])
        if len(rois.shape) != 2 or rois.shape[1] != 5:
            raise ShapeError("needs regions (R, 5): image, x and y of two corners")
        return TensorSpec((rois.shape[0], input.shape[1], height, width), input.dtype)

    @classmethod
    def of_position(cls, input: TensorSpec, rois: TensorSpec, height: int, width: int) -> Specs:
        """Each bin has channels of its own: (R, C / (P_h·P_w), P_h, P_w), and which channel each value is of."""
        whole = cls.pooled(input, rois, height, width)
        if whole.shape[1] % (height * width):
            raise ShapeError(f"{whole.shape[1]} channels are no multiple of {height * width} bins")
        output = TensorSpec((rois.shape[0], whole.shape[1] // (height * width), height, width), input.dtype)
        return (output, TensorSpec(output.shape, "int32"))

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        bound = super().bind(args, kwargs)
        for name in ("pooled_height", "pooled_width"):
            bound[name] = int(bound[name])
        return bound


def _sampled(rois: TensorSpec, output: TensorSpec, sampling_ratio: int, corners: Cost) -> Cost:
    """Bins that are means of S² bilinear samples; `corners` is what one region takes besides.

    Per region: four corners scaled, their two distances, two divisions for the size of a bin.
    """
    samples = sampling_ratio if sampling_ratio > 0 else 2
    regions, channels, height, width = output.shape
    per_region = corners + Cost(multiplies=4, adds=2, divides=2)
    coordinate = _NEIGHBOURS + Cost(multiplies=1, adds=1, compares=2)
    coordinates = coordinate * (regions * (height + width) * samples)
    taps = 4 * samples**2
    weights = Cost(multiplies=regions * height * width * taps)
    means = Cost(multiplies=taps, adds=taps - 1, divides=1) * output.numel
    return per_region * regions + coordinates + weights + means


@operator
class RoiAlign(_RegionPool):
    """R regions, P_h × P_w bins each, S² samples per bin; input (N, C, H, W), rois (R, 5).

    y[r, c, b] = Σ_s Σ_k w[r, b, s, k] · x[n_r, c, k] / S²,  over the samples s of bin b and the four positions k around s

    No parameters. Per region: four multiplications by `spatial_scale`, four subtractions of ½ if `aligned`, else two
    comparisons for sizes of at least 1; two subtractions and two divisions for the size of a bin. Per row and per
    column of samples: a multiplication and an addition for its coordinate, two comparisons to clip it, a floor, the
    distance to it and 1 less that. Per sample, which all channels share: four multiplications for its weights. Per
    output value: 4·S² multiplications, 4·S² − 1 additions, one division.

    With sampling_ratio 0 S follows from each region's size, which is not known without its values: S = 2 is taken, as
    torchvision's detectors do. Source: torchvision.ops.roi_align; He et al. 2017.
    """

    name = "roi_align"
    torch = ("torch.ops.torchvision.roi_align",)

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        rois: TensorSpec,
        spatial_scale: float,
        pooled_height: int,
        pooled_width: int,
        sampling_ratio: int = -1,
        aligned: bool = False,
    ) -> Specs:
        return (cls.pooled(input, rois, pooled_height, pooled_width),)

    @classmethod
    def cost(
        cls,
        input: TensorSpec,
        rois: TensorSpec,
        spatial_scale: float,
        pooled_height: int,
        pooled_width: int,
        sampling_ratio: int = -1,
        aligned: bool = False,
    ) -> Cost:
        output = cls.pooled(input, rois, pooled_height, pooled_width)
        corners = Cost(adds=4) if aligned else Cost(compares=2)
        return _sampled(rois, output, sampling_ratio, corners) + Cost(**traffic((input, rois), (output,)))


@operator
class PsRoiAlign(_RegionPool):
    """`roi_align`, aligned, where bin b of channel c has an input channel of its own: C / (P_h·P_w) output channels.

    The second output says which. Counted like `roi_align`. Source: torchvision.ops.ps_roi_align.
    """

    name = "ps_roi_align"
    torch = ("torch.ops.torchvision.ps_roi_align",)

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        rois: TensorSpec,
        spatial_scale: float,
        pooled_height: int,
        pooled_width: int,
        sampling_ratio: int = -1,
    ) -> Specs:
        return cls.of_position(input, rois, pooled_height, pooled_width)

    @classmethod
    def cost(
        cls,
        input: TensorSpec,
        rois: TensorSpec,
        spatial_scale: float,
        pooled_height: int,
        pooled_width: int,
        sampling_ratio: int = -1,
    ) -> Cost:
        outputs = cls.of_position(input, rois, pooled_height, pooled_width)
        return _sampled(rois, outputs[0], sampling_ratio, Cost(adds=4)) + Cost(**traffic((input, rois), outputs))


def _positions(input: TensorSpec, output: TensorSpec) -> int:
    """Window positions over all output values where each region is the whole image, as in an adaptive pool."""
    pairs = zip(input.shape[2:], output.shape[2:], strict=True)
    return prod(output.shape[:2]) * prod(size + out - gcd(size, out) for size, out in pairs)


@operator
class RoiPool(_RegionPool):
    """R regions, P_h × P_w bins each; input (N, C, H, W), rois (R, 5).

    y[r, c, b] = the largest x[n_r, c, k],  k over the positions of bin b

    No parameters. Per region four multiplications by `spatial_scale` and four roundings; the rest is index arithmetic.
    How large a region is is not known without its values: each is taken to be the whole image, and bins to be those of
    an adaptive pool, m − 1 comparisons for m positions. The second output is the place of the largest. Source:
    torchvision.ops.roi_pool; Girshick 2015.
    """

    name = "roi_pool"
    torch = ("torch.ops.torchvision.roi_pool",)

    @classmethod
    def shape(
        cls, input: TensorSpec, rois: TensorSpec, spatial_scale: float, pooled_height: int, pooled_width: int
    ) -> Specs:
        output = cls.pooled(input, rois, pooled_height, pooled_width)
        return (output, TensorSpec(output.shape, "int32"))

    @classmethod
    def cost(
        cls, input: TensorSpec, rois: TensorSpec, spatial_scale: float, pooled_height: int, pooled_width: int
    ) -> Cost:
        outputs = cls.shape(input, rois, spatial_scale, pooled_height, pooled_width)
        regions, compares = 4 * rois.shape[0], _positions(input, outputs[0]) - outputs[0].numel
        return Cost(multiplies=regions, specials=regions, compares=compares, **traffic((input, rois), outputs))


@operator
class PsRoiPool(_RegionPool):
    """The mean of each bin, where bin b of channel c has an input channel of its own: C / (P_h·P_w) output channels.

    Regions as in `roi_pool`; a bin of m positions takes m − 1 additions and one division. The second output says which
    channel each value is of. Source: torchvision.ops.ps_roi_pool; Dai et al. 2016.
    """

    name = "ps_roi_pool"
    torch = ("torch.ops.torchvision.ps_roi_pool",)

    @classmethod
    def shape(
        cls, input: TensorSpec, rois: TensorSpec, spatial_scale: float, pooled_height: int, pooled_width: int
    ) -> Specs:
        return cls.of_position(input, rois, pooled_height, pooled_width)

    @classmethod
    def cost(
        cls, input: TensorSpec, rois: TensorSpec, spatial_scale: float, pooled_height: int, pooled_width: int
    ) -> Cost:
        outputs = cls.shape(input, rois, spatial_scale, pooled_height, pooled_width)
        n, regions = outputs[0].numel, 4 * rois.shape[0]
        work = Cost(multiplies=regions, specials=regions, adds=_positions(input, outputs[0]) - n, divides=n)
        return work + Cost(**traffic((input, rois), outputs))


@operator
class Nms(Operator):
    """n boxes (n, 4), scores (n): while boxes are left, the best is kept, and those that overlap with it too much go.

    IoU(a, b) = |a ∩ b| / (|a| + |b| − |a ∩ b|)

    How many go is not known without the values; none is taken to, which is the most work there can be, and all n are
    kept. Areas take two subtractions and a multiplication per box. The best of m is found by m − 1 comparisons, and
    compared with the m − 1 others: n·(n − 1)/2 pairs in all, each one comparison of scores, six for the intersection
    (four corners, two sizes not below 0), two subtractions and a multiplication for its area, an addition and a
    subtraction for the union, a division, and a comparison with the threshold. Source: torchvision.ops.nms.
    """

    name = "nms"
    family = "detection"
    torch = ("torch.ops.torchvision.nms",)
    tensors = ("dets", "scores")

    @staticmethod
    def shape(dets: TensorSpec, scores: TensorSpec, iou_threshold: float) -> Specs:
        if len(dets.shape) != 2 or dets.shape[1] != 4 or scores.shape != dets.shape[:1]:
            raise ShapeError("needs boxes (n, 4) and as many scores")
        return (TensorSpec(scores.shape, "int64"),)

    @classmethod
    def cost(cls, dets: TensorSpec, scores: TensorSpec, iou_threshold: float) -> Cost:
        outputs = cls.shape(dets, scores, iou_threshold)
        n = dets.shape[0]
        pair = Cost(compares=1 + 6 + 1, adds=2 + 2, multiplies=1, divides=1)
        return Cost(adds=2, multiplies=1) * n + pair * (n * (n - 1) // 2) + Cost(**traffic((dets, scores), outputs))


@operator
class DeformConv2d(Operator):
    """A convolution whose K taps are displaced: offset (N, 2·G·K, H_out, W_out), mask (N, G·K, H_out, W_out) if used.

    y[n, o, p] = Σ_c Σ_k w[o, c, k] · m[n, g, k, p] · x(n, c, S·p − P + D·k + Δ[n, g, k, p]) + b[o],  x(…) bilinear

    Parameters: as a convolution's. MACs are the convolution's: N·C_out·H_out·W_out·K·C_in/g. On top, for each of the
    N·G·K·H_out·W_out displaced taps: two additions of the offset, and per coordinate a floor, the distance to it and 1
    less that; four multiplications for the weights of the four positions around, which the C_in/G channels of an offset
    group share. Per channel of a tap four multiplications and three additions, and one more multiplication by the mask.
    The bias is always there, zeros where the layer has none. Source: torchvision.ops.deform_conv2d; Zhu et al. 2019.
    """

    name = "deform_conv2d"
    family = "convolution"
    torch = ("torch.ops.torchvision.deform_conv2d",)
    tensors = ("input", "weight", "offset", "mask", "bias")

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        weight: TensorSpec,
        offset: TensorSpec,
        mask: TensorSpec,
        bias: TensorSpec,
        stride_h: int = 1,
        stride_w: int = 1,
        pad_h: int = 0,
        pad_w: int = 0,
        dilation_h: int = 1,
        dilation_w: int = 1,
        groups: int = 1,
        offset_groups: int = 1,
        use_mask: bool = False,
    ) -> Specs:
        refuse_rank(input, (4,), LAYOUT[2])
        if input.shape[1] != weight.shape[1] * groups:
            raise ShapeError(f"needs {weight.shape[1] * groups} input channels, got {input.shape[1]}")
        steps, pads, dilations = (stride_h, stride_w), (pad_h, pad_w), (dilation_h, dilation_w)
        found = windows(input.shape[2:], weight.shape[2:], steps, pads, dilations)
        outs = tuple(output_size(size, window) for size, window in zip(input.shape[2:], found, strict=True))
        wanted = (input.shape[0], 2 * offset_groups * prod(weight.shape[2:]), *outs)
        if offset.shape != wanted:
            raise ShapeError(f"needs an offset of {wanted}, got {offset.shape}")
        return (TensorSpec((input.shape[0], weight.shape[0], *outs), input.dtype),)

    @classmethod
    def cost(cls, input: TensorSpec, weight: TensorSpec, offset: TensorSpec, **more: Any) -> Cost:
        (output,) = cls.shape(input, weight, offset, **more)
        macs = output.numel * prod(weight.shape[1:])
        taps, masked = offset.numel // 2, more.get("use_mask", False)
        values = taps // more.get("offset_groups", 1) * input.shape[1]
        displaced = (Cost(adds=1) + _NEIGHBOURS) * offset.numel + Cost(multiplies=4 * taps)
        sampled = Cost(multiplies=4 + masked, adds=3) * values
        convolved = Cost(macs=macs, multiplies=macs, adds=macs)
        read = (input, weight, offset, more["mask"] if masked else None, more["bias"])
        return displaced + sampled + convolved + Cost(**traffic(read, (output,)))

    @classmethod
    def products(cls, **arguments: Any) -> tuple[Product, ...]:
        sampled = ("input", "offset", "mask") if arguments.get("use_mask") else ("input", "offset")
        return (Product(cls.cost(**arguments).macs, sampled, ("weight",)),)
