"""Images at another size. What a weight is follows from the sizes alone: weights are constants, and not counted."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size, ntuple
from netstat.ops.arranging import Copy
from netstat.ops.base import Operator, Specs, operator, refuse_rank, traffic
from netstat.ops.convolution import LAYOUT
from netstat.ops.windows import refuse_below

Scales = Sequence[float] | None


class Upsample(Operator):
    """Input (N, C, *sizes), output (N, C, *output_size); one of output_size and scale_factors, ⌊size · factor⌋."""

    family = "resampling"
    letters: ClassVar[dict[str, str]] = {"input": "N? C *_in", "output_size": "*_out", "output": "N? C *_out"}
    dims: ClassVar[int]

    @classmethod
    def resized(cls, input: TensorSpec, output_size: Sequence[int] | None, scale_factors: Scales) -> Specs:
        refuse_rank(input, (cls.dims + 2,), LAYOUT[cls.dims])
        sizes = input.shape[2:]
        if output_size is None:
            output_size = [_scaled(size, factor) for size, factor in zip(sizes, scale_factors or (), strict=True)]
        if len(output_size) != cls.dims:
            raise ShapeError(f"needs {cls.dims} output sizes, got {len(output_size)}")
        refuse_below(1, "input size", sizes)
        refuse_below(1, "output size", output_size)
        return (TensorSpec((*input.shape[:2], *output_size), input.dtype),)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        bound = super().bind(args, kwargs)
        if not (bound["scale_factors"] is None or isinstance(bound["scale_factors"], (list, tuple))):
            raise TypeError("scales one by one are another signature")
        return bound

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        size, scales = attributes["output_size"], attributes["scale_factors"]
        spread: dict[str, Any] = {"output_size": size if size is None else ntuple(size, cls.dims)}
        return {**attributes, **spread, "scale_factors": scales if scales is None else tuple(map(float, scales))}


def _scaled(size: Size, factor: float) -> Size:
    """⌊size · factor⌋, of a symbol too where the factor is whole."""
    return size * int(factor) if factor == int(factor) else int(size * factor)


class UpsampleNearest(Upsample, Copy):
    """Each output value is the input value nearest to its place: no arithmetic. No parameters.

    All of the input counts as read, once. Source: torch.nn.functional.interpolate, modes nearest and nearest-exact.
    """

    free = True

    @classmethod
    def shape(cls, input: TensorSpec, output_size: Sequence[int] | None = None, scale_factors: Scales = None) -> Specs:
        return cls.resized(input, output_size, scale_factors)


class UpsampleWeighted(Upsample):
    """d dimensions, t taps along each: 2 (linear, bilinear, trilinear), or 4 (bicubic).

    y[n, c, p] = Σ_k w[p, k] · x[n, c, k],  over the t^d input positions k around p, w a product of d weights

    No parameters. t^d multiplications and t^d − 1 additions per output value: 2 and 1 (linear), 4 and 3 (bilinear), 8
    and 7 (trilinear), 16 and 15 (bicubic). Positions outside are those at the border, and taken all the same. The
    weights follow from the sizes and are not counted. Source: torch.nn.functional.interpolate.
    """

    taps: ClassVar[int]

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        output_size: Sequence[int] | None = None,
        align_corners: bool = False,
        scale_factors: Scales = None,
    ) -> Specs:
        return cls.resized(input, output_size, scale_factors)

    @classmethod
    def cost(
        cls,
        input: TensorSpec,
        output_size: Sequence[int] | None = None,
        align_corners: bool = False,
        scale_factors: Scales = None,
    ) -> Cost:
        (output,) = cls.shape(input, output_size, align_corners, scale_factors)
        n, taps = output.numel, cls.taps**cls.dims
        return Cost(multiplies=n * taps, adds=n * (taps - 1), **traffic((input,), (output,)))


class UpsampleAntialias(UpsampleWeighted):
    """Input sizes L, output sizes O; s = L/O (with align_corners (L − 1)/(O − 1), and 1/factor where one was given).

    y[p] = Σ_k w[p, k] · x[k],  first along the width, then along the height; k from ⌊s·(p + ½) − r + ½⌋ to
    ⌊s·(p + ½) + r + ½⌋ − 1 where those lie inside, r = R · max(s, 1) with R = 1 (bilinear), 2 (bicubic), 3 (lanczos)

    No parameters. A window of m positions takes m multiplications and m − 1 additions; windows at the border are
    counted exactly. The weights, which sum to 1, follow from the sizes and are not counted. Source:
    torch.nn.functional.interpolate with antialias.
    """

    reach: ClassVar[int]

    @classmethod
    def cost(
        cls,
        input: TensorSpec,
        output_size: Sequence[int] | None = None,
        align_corners: bool = False,
        scale_factors: Scales = None,
    ) -> Cost:
        (output,) = cls.shape(input, output_size, align_corners, scale_factors)
        images, (high, wide), (rows, columns) = prod(input.shape[:2]), input.shape[2:], output.shape[2:]
        factors = scale_factors or (None, None)
        over_width = cls._positions(wide, columns, align_corners, factors[1])
        over_height = cls._positions(high, rows, align_corners, factors[0])
        taken = images * (high * over_width + columns * over_height)
        sums = images * columns * (high + rows)
        return Cost(multiplies=taken, adds=taken - sums, **traffic((input,), (output,)))

    @classmethod
    def _positions(cls, size: int, out: int, align_corners: bool, factor: float | None) -> int:
        """Σ over the output positions of the input positions in their windows."""
        scale = 1 / factor if factor else size / out
        if align_corners:
            scale = (size - 1) / (out - 1) if out > 1 else 0.0
        reach = cls.reach * max(scale, 1.0)
        centers = (scale * (p + 0.5) for p in range(out))
        return sum(min(int(c + reach + 0.5), size) - max(int(c - reach + 0.5), 0) for c in centers)


def _register(kind: type[Operator], name: str, dims: int, **more: int) -> None:
    """One operator class per mode and number of dimensions."""
    members = {"__doc__": kind.__doc__, "name": name.lstrip("_"), "torch": (f"torch._C._nn.{name}",), "dims": dims}
    operator(type(name.title().replace("_", ""), (kind,), members | more))


for _dims in (1, 2, 3):
    _register(UpsampleNearest, f"upsample_nearest{_dims}d", _dims)
    _register(UpsampleNearest, f"_upsample_nearest_exact{_dims}d", _dims)
_register(UpsampleWeighted, "upsample_linear1d", 1, taps=2)
_register(UpsampleWeighted, "upsample_bilinear2d", 2, taps=2)
_register(UpsampleWeighted, "upsample_trilinear3d", 3, taps=2)
_register(UpsampleWeighted, "upsample_bicubic2d", 2, taps=4)
_register(UpsampleAntialias, "_upsample_bilinear2d_aa", 2, reach=1)
_register(UpsampleAntialias, "_upsample_bicubic2d_aa", 2, reach=2)
_register(UpsampleAntialias, "_upsample_lanczos2d_aa", 2, reach=3)
