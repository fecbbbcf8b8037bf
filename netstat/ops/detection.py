"""Torchvision's non-maximum suppression and deformable convolution.

Their torch names are known once torchvision is imported.
"""

from math import prod
from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.base import Operator, Product, Specs, operator, refuse_rank, traffic
from netstat.ops.convolution import LAYOUT
from netstat.ops.regions import NEIGHBOURS, both
from netstat.ops.windows import output_size, windows


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
    torch = both("nms")
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
    torch = both("deform_conv2d")
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
        taps, masked = offset.numel // 2, bool(more.get("use_mask", False))
        values = taps // more.get("offset_groups", 1) * input.shape[1]
        displaced: Cost = (Cost(adds=1) + NEIGHBOURS) * offset.numel + Cost(multiplies=4 * taps)
        sampled: Cost = Cost(multiplies=4 + masked, adds=3) * values
        convolved = Cost(macs=macs, multiplies=macs, adds=macs)
        read = (input, weight, offset, more["mask"] if masked else None, more["bias"])
        return displaced + sampled + convolved + Cost(**traffic(read, (output,)))

    @classmethod
    def products(cls, **arguments: Any) -> tuple[Product, ...]:
        sampled = ("input", "offset", "mask") if arguments.get("use_mask") else ("input", "offset")
        return (Product(cls.cost(**arguments).macs, sampled, ("weight",)),)
