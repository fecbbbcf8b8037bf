"""Arithmetic of two and three operands, value by value."""

from typing import Any

from netstat.cost import Cost
from netstat.graph import TensorSpec
from netstat.ops.base import Specs, operator, spellings
from netstat.ops.broadcasting import Binary, Elementwise
from netstat.ops.dtypes import Operand, floating_dtype, is_complex
from netstat.ops.pointwise import Add


def infix(*stems: str) -> tuple[str, ...]:
    """The methods behind an infix operator: those of `x - y`, `2 - x` and `x -= y`."""
    return tuple(f"torch.Tensor.__{side}{stem}__" for stem in stems for side in ("", "r", "i"))


@operator
class Subtract(Add):
    """y = x − alpha · other.

    One addition per value; where alpha is not 1, one multiplication per value of `other`. Source: torch.sub.
    """

    name = "sub"
    torch = (*spellings("sub", "subtract"), *infix("sub"), "torch.rsub")


@operator
class Multiply(Binary):
    """y = x · other.

    One multiplication per value. Two complex numbers, (a + bi)(c + di) = (ac − bd) + (ad + bc)i, take four and two
    additions; a complex and a real number two multiplications. Source: torch.mul.
    """

    name = "mul"
    torch = (*spellings("mul", "multiply"), *infix("mul"))
    takes_complex = True

    @classmethod
    def per_value(cls, input: Operand, other: Operand, **chosen: Any) -> Cost:
        products = (1 + is_complex(input)) * (1 + is_complex(other))
        return Cost(multiplies=products, adds=2 if products == 4 else 0)


@operator
class Divide(Elementwise):
    """y = x / other; then rounded down (`rounding_mode` "floor") or towards zero ("trunc").

    One division per value, and one special function where it is rounded. A complex number by a real one takes two
    divisions; by a complex one, (a + bi) / (c + di) = (a + bi)(c − di) / (c² + d²), six multiplications, three
    additions and two divisions; a real one by a complex one four, one and two. Integers give float32 unless rounded.
    Source: torch.div.
    """

    name = "div"
    torch = (*spellings("div", "divide", "true_divide"), *infix("div", "truediv"))
    tensors = ("input", "other")
    takes_complex = True

    @classmethod
    def shape(cls, input: Operand, other: Operand, rounding_mode: str | None = None, inplace: bool = False) -> Specs:
        output = cls._output(input, other, inplace=inplace)
        return (output if rounding_mode or inplace else output._replace(dtype=floating_dtype(input, other)),)

    @classmethod
    def per_value(cls, input: Operand, other: Operand, rounding_mode: str | None = None, **chosen: Any) -> Cost:
        return _quotient(is_complex(input), is_complex(other)) + Cost(specials=1 if rounding_mode else 0)


def _quotient(of_complex: bool, by_complex: bool) -> Cost:
    if not by_complex:
        return Cost(divides=1 + of_complex)
    return Cost(multiplies=6, adds=3, divides=2) if of_complex else Cost(multiplies=4, adds=1, divides=2)


@operator
class FloorDivide(Binary):
    """y = ⌊x / other⌋. One division and one special function per value. Source: torch.floor_divide."""

    name = "floor_divide"
    torch = (*spellings("floor_divide"), *infix("floordiv"))
    each = Cost(divides=1, specials=1)


@operator
class Remainder(Binary):
    """y = x − ⌊x / other⌋ · other, of the sign of `other`.

    One division, one special function, one multiplication and one addition per value. Source: torch.remainder.
    """

    name = "remainder"
    torch = (*spellings("remainder"), *infix("mod"))
    each = Cost(divides=1, specials=1, multiplies=1, adds=1)


@operator
class Fmod(Binary):
    """y = x − trunc(x / other) · other, of the sign of x.

    One division, one special function, one multiplication and one addition per value. Source: torch.fmod.
    """

    name = "fmod"
    torch = spellings("fmod")
    each = Cost(divides=1, specials=1, multiplies=1, adds=1)


@operator
class Power(Elementwise):
    """y = x^exponent; either may be a number.

    One special function per value; where the exponent is the number 2, one multiplication. Source: torch.pow.
    """

    name = "pow"
    torch = (*spellings("pow"), *infix("pow"))
    tensors = ("input", "exponent")

    @classmethod
    def shape(cls, input: Operand, exponent: Operand, inplace: bool = False) -> Specs:
        return (cls._output(input, exponent, inplace=inplace),)

    @classmethod
    def per_value(cls, input: Operand, exponent: Operand, **chosen: Any) -> Cost:
        squared = not isinstance(exponent, TensorSpec) and exponent == 2
        return Cost(multiplies=1) if squared else Cost(specials=1)


@operator
class FloatPower(Power):
    """y = x^exponent in double precision; either may be a number.

    One special function per value; where the exponent is the number 2, one multiplication. Source: torch.float_power.
    """

    name = "float_power"
    torch = spellings("float_power")

    @staticmethod
    def dtype(*operands: Operand) -> str:
        return "float64"


class Extremum(Binary):
    """The larger or the smaller of two values: one comparison."""

    each = Cost(compares=1)


@operator
class Maximum(Extremum):
    """y = the larger of x and other. One comparison per value. Source: torch.maximum."""

    name = "maximum"
    torch = spellings("maximum")


@operator
class Minimum(Extremum):
    """y = the smaller of x and other. One comparison per value. Source: torch.minimum."""

    name = "minimum"
    torch = spellings("minimum")


@operator
class Fmax(Extremum):
    """y = the larger of x and other, a number rather than NaN. One comparison per value. Source: torch.fmax."""

    name = "fmax"
    torch = spellings("fmax")


@operator
class Fmin(Extremum):
    """y = the smaller of x and other, a number rather than NaN. One comparison per value. Source: torch.fmin."""

    name = "fmin"
    torch = spellings("fmin")


@operator
class Clamp(Elementwise):
    """y = x, but no less than `min` and no more than `max`; each a number, a tensor, or none.

    One comparison per value for each bound there is. Source: torch.clamp.
    """

    name = "clamp"
    torch = spellings("clamp", "clip")
    tensors = ("input", "min", "max")

    @classmethod
    def shape(
        cls, input: TensorSpec, min: Operand | None = None, max: Operand | None = None, inplace: bool = False
    ) -> Specs:
        return (cls._output(input, min, max, inplace=inplace),)

    @classmethod
    def per_value(cls, min: Operand | None = None, max: Operand | None = None, **chosen: Any) -> Cost:
        return Cost(compares=(min is not None) + (max is not None))


@operator
class ClampMin(Elementwise):
    """y = x, but no less than `min`, a number or a tensor. One comparison per value. Source: torch.clamp_min."""

    name = "clamp_min"
    torch = spellings("clamp_min")
    tensors = ("input", "min")
    each = Cost(compares=1)

    @classmethod
    def shape(cls, input: TensorSpec, min: Operand, inplace: bool = False) -> Specs:
        return (cls._output(input, min, inplace=inplace),)


@operator
class ClampMax(Elementwise):
    """y = x, but no more than `max`, a number or a tensor. One comparison per value. Source: torch.clamp_max."""

    name = "clamp_max"
    torch = spellings("clamp_max")
    tensors = ("input", "max")
    each = Cost(compares=1)

    @classmethod
    def shape(cls, input: TensorSpec, max: Operand, inplace: bool = False) -> Specs:
        return (cls._output(input, max, inplace=inplace),)
