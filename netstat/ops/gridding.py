"""Images along another grid, which is data: where to look, and with which weights, is computed and counted."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.spelling import renamed
from netstat.units import shape as shape_text

MODES = ("bilinear", "nearest", "bicubic")
PADDINGS = ("zeros", "border", "reflection")

# Per coordinate: taps, and what finding them and their weights takes.
# bilinear: the floor, the distance to it, and 1 − the distance. nearest: the rounding.
# bicubic, a = −3/4: the floor, the distance t, and t + 1, 1 − t, 2 − t; of these the two within 1 take
# ((a+2)·u − (a+3))·u·u + 1, the two beyond ((a·u − 5a)·u + 8a)·u − 4a.
TAPS = {"nearest": 1, "bilinear": 2, "bicubic": 4}
WEIGHTS = {
    "nearest": Cost(specials=1),
    "bilinear": Cost(specials=1, adds=2),
    "bicubic": Cost(specials=1, adds=1 + 3 + 2 * 2 + 2 * 3, multiplies=2 * 3 + 2 * 3),
}
# Clipped to the border: two comparisons. Reflected about m and m + w before: |x − m|, its remainder by w, how often w
# went into it (a division and a floor), whether that is odd, and m added to the remainder or taken with its opposite.
BOUNDS = {
    "zeros": Cost(),
    "border": Cost(compares=2),
    "reflection": Cost(adds=2, compares=1 + 1 + 2, divides=1, specials=2),
}


@operator
class GridSample(Operator):
    """d dimensions, input (N, C, *sizes), grid (N, *out, d) of coordinates from −1 to 1; t taps along each dimension.

    p = S/2 · g + (S − 1)/2 with size S, or (S − 1)/2 · g + (S − 1)/2 with align_corners
    y[n, c, o] = Σ_k w[n, o, k] · x[n, c, k],  over the t^d input positions k around p, w a product of d weights

    No parameters, and no MACs. Per coordinate of the grid: one multiplication and one addition for p; two comparisons
    where it is clipped to the border, which reflection precedes with two additions, two comparisons, a division, a
    remainder and a floor (all but bicubic, whose whole taps are moved instead: index arithmetic); then nearest (t = 1)
    takes a rounding; bilinear (t = 2) a floor, the distance x − ⌊x⌋ and 1 less that; bicubic (t = 4) a floor, 14
    additions and 12 multiplications. Per grid position (d − 1)·t^d multiplications make the weights, which all channels
    share. Per output value t^d multiplications and t^d − 1 additions, nearest none; taps outside are zeros, and
    multiplied.

    Source: torch.nn.functional.grid_sample.
    """

    name = "grid_sample"
    family = "resampling"
    torch = (
        *("torch.nn.functional.grid_sample", "torch.grid_sampler"),
        *("torch.grid_sampler_2d", "torch.grid_sampler_3d"),
    )
    tensors = ("input", "grid")

    @staticmethod
    def shape(
        input: TensorSpec,
        grid: TensorSpec,
        mode: str = "bilinear",
        padding_mode: str = "zeros",
        align_corners: bool | None = None,
    ) -> Specs:
        dims = len(input.shape) - 2
        if dims not in (2, 3) or len(grid.shape) != dims + 2 or grid.shape[-1] != dims:
            raise ShapeError(f"a grid of {shape_text(grid.shape)} does not lie over {shape_text(input.shape)}")
        if input.shape[0] != grid.shape[0]:
            raise ShapeError(f"needs a batch of {input.shape[0]} grids, got {grid.shape[0]}")
        if mode == "bicubic" and dims != 2:
            raise ShapeError("bicubic needs a (N, C, H, W) input")
        return (TensorSpec((*input.shape[:2], *grid.shape[1:-1]), input.dtype),)

    @classmethod
    def cost(
        cls,
        input: TensorSpec,
        grid: TensorSpec,
        mode: str = "bilinear",
        padding_mode: str = "zeros",
        align_corners: bool | None = None,
    ) -> Cost:
        (output,) = cls.shape(input, grid, mode)
        dims = len(input.shape) - 2
        bounds = BOUNDS["zeros" if mode == "bicubic" else padding_mode]
        coordinates = (Cost(multiplies=1, adds=1) + bounds + WEIGHTS[mode]) * grid.numel
        moved = Cost(**traffic((input, grid), (output,)))
        if mode == "nearest":
            return coordinates + moved
        taps, places = TAPS[mode] ** dims, grid.numel // dims
        weights = Cost(multiplies=(dims - 1) * taps * places)
        sums = Cost(multiplies=taps * output.numel, adds=(taps - 1) * output.numel)
        return coordinates + weights + sums + moved

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """The builtin numbers the modes."""
        bound = super().bind(args, renamed(kwargs, interpolation_mode="mode"))
        for name, known in (("mode", MODES), ("padding_mode", PADDINGS)):
            if isinstance(bound[name], int):
                bound[name] = known[bound[name]]
        return bound

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        return {**attributes, "align_corners": bool(attributes["align_corners"])}


@operator
class AffineGrid(Operator):
    """d dimensions, theta (N, d, d + 1), size (N, C, *out): grid (N, *out, d).

    g[n, o, i] = Σ_j theta[n, i, j] · b[o, j] + theta[n, i, d],  b the place of o from −1 to 1

    d multiplications and d additions per coordinate: a map of d numbers and no contraction of the network, so no MACs.
    The places b follow from the sizes and are not counted. Source: torch.nn.functional.affine_grid.
    """

    name = "affine_grid"
    family = "resampling"
    torch = ("torch.nn.functional.affine_grid", "torch.affine_grid_generator")
    tensors = ("theta",)

    @staticmethod
    def shape(theta: TensorSpec, size: Sequence[int], align_corners: bool | None = None) -> Specs:
        dims = len(size) - 2
        if dims not in (2, 3) or theta.shape != (size[0], dims, dims + 1):
            raise ShapeError(f"a map of {shape_text(theta.shape)} makes no grid for {shape_text(tuple(size))}")
        return (TensorSpec((size[0], *size[2:], dims), theta.dtype),)

    @classmethod
    def cost(cls, theta: TensorSpec, size: Sequence[int], align_corners: bool | None = None) -> Cost:
        (output,) = cls.shape(theta, size)
        work = prod(output.shape) * output.shape[-1]
        return Cost(multiplies=work, adds=work, **traffic((theta,), (output,)))

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        return {"size": tuple(attributes["size"]), "align_corners": bool(attributes["align_corners"])}
