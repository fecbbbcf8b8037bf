"""Torchvision's pools over regions of an image, which are data.

Their torch names are known once torchvision is imported. Which input values a region holds is not known without the
values of its corners; what is taken instead stands with each operator.
"""

from collections.abc import Mapping, Sequence
from math import gcd, prod
from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.base import Operator, Specs, operator, refuse_rank, traffic
from netstat.ops.convolution import LAYOUT

# What finding a bilinear sample takes per coordinate: the floor, the distance to it, and 1 less the distance.
NEIGHBOURS = Cost(specials=1, adds=2)


def both(name: str) -> tuple[str, str]:
    """Where torch keeps an operator of torchvision's: the packet that models call, and its one overload."""
    return (f"torch.ops.torchvision.{name}", f"torch.ops.torchvision.{name}.default")


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
    regions, _, height, width = output.shape
    per_region = corners + Cost(multiplies=4, adds=2, divides=2)
    coordinate = NEIGHBOURS + Cost(multiplies=1, adds=1, compares=2)
    coordinates = coordinate * (regions * (height + width) * samples)
    taps = 4 * samples**2
    weights = Cost(multiplies=regions * height * width * taps)
    means = Cost(multiplies=taps, adds=taps - 1, divides=1) * output.numel
    return per_region * regions + coordinates + weights + means


@operator
class RoiAlign(_RegionPool):
    """R regions, P_h × P_w bins each, S² samples per bin; input (N, C, H, W), rois (R, 5).

    y[r, c, b] = Σ_s Σ_k w[r, b, s, k] · x[n_r, c, k] / S²,  over the samples s of bin b, the four positions k around s

    No parameters. Per region: four multiplications by `spatial_scale`, four subtractions of ½ if `aligned`, else two
    comparisons for sizes of at least 1; two subtractions and two divisions for the size of a bin. Per row and per
    column of samples: a multiplication and an addition for its coordinate, two comparisons to clip it, a floor, the
    distance to it and 1 less that. Per sample, which all channels share: four multiplications for its weights. Per
    output value: 4·S² multiplications, 4·S² − 1 additions, one division.

    With sampling_ratio 0 S follows from each region's size, which is not known without its values: S = 2 is taken, as
    torchvision's detectors do. Source: torchvision.ops.roi_align; He et al. 2017.
    """

    name = "roi_align"
    torch = both("roi_align")

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
    torch = both("ps_roi_align")

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


def _positions(sizes: Sequence[int], output: TensorSpec) -> int:
    """Window positions over all output values where each region has these sizes, as in an adaptive pool."""
    pairs = zip(sizes, output.shape[2:], strict=True)
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
    torch = both("roi_pool")

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
        regions, compares = 4 * rois.shape[0], _positions(input.shape[2:], outputs[0]) - outputs[0].numel
        return Cost(multiplies=regions, specials=regions, compares=compares, **traffic((input, rois), outputs))


@operator
class PsRoiPool(_RegionPool):
    """The mean of each bin, where bin b of channel c has an input channel of its own: C / (P_h·P_w) output channels.

    Regions as in `roi_pool`, but for the last row and column of the image, which torchvision leaves out; a bin of m
    positions takes m − 1 additions and one division. The second output says which channel each value is of. Source:
    torchvision.ops.ps_roi_pool; Dai et al. 2016.
    """

    name = "ps_roi_pool"
    torch = both("ps_roi_pool")

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
        seen = [max(size - 1, 1) for size in input.shape[2:]]
        work = Cost(multiplies=regions, specials=regions, adds=_positions(seen, outputs[0]) - n, divides=n)
        return work + Cost(**traffic((input, rois), outputs))
