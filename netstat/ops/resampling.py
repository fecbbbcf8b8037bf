"""Images at another size. What a weight is follows from the sizes alone: weights are constants, and not counted."""

from collections.abc import Mapping, Sequence
from math import gcd, isclose, prod
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import Size, ntuple
from netstat.ops.arranging import Copy
from netstat.ops.base import Operator, Specs, operator, refuse_rank, traffic
from netstat.ops.convolution import LAYOUT
from netstat.ops.sight import Reach, Sight, windowed
from netstat.ops.windows import refuse_below

Scales = Sequence[float] | None
MOST_STEPS = 1000  # a factor of 2.37 is 237/100


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

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        sizes, outs = node.input.shape[2:], node.output.shape[2:]
        factors = node.attributes["scale_factors"] or (None,) * cls.dims
        reaches = [cls.reach(*dimension, node.attributes) for dimension in zip(sizes, outs, factors, strict=True)]
        found = [one for one in reaches if one is not None]
        return windowed(node.input.shape, found) if len(found) == cls.dims else None

    @classmethod
    def reach(cls, size: int, out: int, factor: float | None, attributes: Mapping[str, Any]) -> Reach | None:
        """What output positions see along one dimension; None where nobody says."""
        return None


def _step(size: int, out: int, factor: float | None) -> tuple[int, int] | None:
    """Input positions per output position as a fraction: L/O, or one over the factor that was given.

    None where the factor is no fraction of small numbers.
    """
    if factor is None:
        return size // gcd(size, out), out // gcd(size, out)
    for below in range(1, MOST_STEPS):
        above = round(factor * below)
        if above and isclose(factor, above / below, rel_tol=1e-12):
            return below, above
    return None


def _scaled(size: Size, factor: float) -> Size:
    """⌊size · factor⌋, of a symbol too where the factor is a fraction of small numbers, exactly: 3, 0.5, 1.25."""
    above, below = factor.as_integer_ratio()
    if below == 1:
        return size * above
    return size * above // below if below <= MOST_STEPS else int(size * factor)


class UpsampleNearest(Upsample, Copy):
    """Each output value is the input value nearest to its place: no arithmetic. No parameters.

    All of the input counts as read, once. Source: torch.nn.functional.interpolate, modes nearest and nearest-exact.
    """

    free = True
    middle: ClassVar[bool]  # whether an output position's place is its middle (nearest-exact), not where it begins

    @classmethod
    def shape(cls, input: TensorSpec, output_size: Sequence[int] | None = None, scale_factors: Scales = None) -> Specs:
        return cls.resized(input, output_size, scale_factors)

    @classmethod
    def reach(cls, size: int, out: int, factor: float | None, attributes: Mapping[str, Any]) -> Reach | None:
        """⌊s·o⌋, or ⌊s·(o + ½)⌋."""
        step = _step(size, out, factor)
        if step is None:
            return None
        above, below = step
        places = (((2 * o + cls.middle) * above) // (2 * below) for o in range(below))
        return Reach(below, above, tuple(range(at, at + 1) for at in places))


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

    @classmethod
    def reach(cls, size: int, out: int, factor: float | None, attributes: Mapping[str, Any]) -> Reach | None:
        """t taps around s·(o + ½) − ½; with align_corners around (L − 1)/(O − 1)·o. On a position it is that alone."""
        aligned = attributes["align_corners"]
        if aligned and out == 1:
            return Reach(1, 0, (range(1),))
        step = _step(size - 1, out - 1, None) if aligned else _step(size, out, factor)
        if step is None:
            return None
        above, below = step
        taps = []
        for o in range(below):
            at, beside = divmod(2 * o * above if aligned else (2 * o + 1) * above - below, 2 * below)
            taps.append(range(at - cls.taps // 2 + 1, at + cls.taps // 2 + 1) if beside else range(at, at + 1))
        return Reach(below, above, tuple(taps))


class UpsampleAntialias(UpsampleWeighted):
    """Input sizes L, output sizes O; s = L/O (with align_corners (L − 1)/(O − 1), and 1/factor where one was given).

    y[p] = Σ_k w[p, k] · x[k],  first along the width, then along the height; k from ⌊s·(p + ½) − r + ½⌋ to
    ⌊s·(p + ½) + r + ½⌋ − 1 where those lie inside, r = R · max(s, 1) with R = 1 (bilinear), 2 (bicubic), 3 (lanczos)

    No parameters. A window of m positions takes m multiplications and m − 1 additions; windows at the border are
    counted exactly. The weights, which sum to 1, follow from the sizes and are not counted. Source:
    torch.nn.functional.interpolate with antialias.
    """

    radius: ClassVar[int]

    @classmethod
    def reach(cls, size: int, out: int, factor: float | None, attributes: Mapping[str, Any]) -> Reach | None:
        return None  # which of its weights are zero is not worked out

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
        reach = cls.radius * max(scale, 1.0)
        centers = (scale * (p + 0.5) for p in range(out))
        return sum(min(int(c + reach + 0.5), size) - max(int(c - reach + 0.5), 0) for c in centers)


def _register(kind: type[Operator], name: str, dims: int, **more: int) -> None:
    """One operator class per mode and number of dimensions."""
    members = {"__doc__": kind.__doc__, "name": name.lstrip("_"), "torch": (f"torch._C._nn.{name}",), "dims": dims}
    operator(type(name.title().replace("_", ""), (kind,), members | more))


for _dims in (1, 2, 3):
    _register(UpsampleNearest, f"upsample_nearest{_dims}d", _dims, middle=False)
    _register(UpsampleNearest, f"_upsample_nearest_exact{_dims}d", _dims, middle=True)
_register(UpsampleWeighted, "upsample_linear1d", 1, taps=2)
_register(UpsampleWeighted, "upsample_bilinear2d", 2, taps=2)
_register(UpsampleWeighted, "upsample_trilinear3d", 3, taps=2)
_register(UpsampleWeighted, "upsample_bicubic2d", 2, taps=4)
_register(UpsampleAntialias, "_upsample_bilinear2d_aa", 2, radius=1)
_register(UpsampleAntialias, "_upsample_bicubic2d_aa", 2, radius=2)
_register(UpsampleAntialias, "_upsample_lanczos2d_aa", 2, radius=3)
