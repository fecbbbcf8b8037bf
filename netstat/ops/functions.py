"""Functions of one value: elementary ones, one special each, and those made of a few operations."""

from typing import Any

from netstat.cost import Cost
from netstat.graph import TensorSpec
from netstat.ops.base import Specs, operator, spellings
from netstat.ops.broadcasting import Elementwise, Unary
from netstat.ops.dtypes import Operand, floating_dtype, is_complex, real_dtype, result_dtype


class Function(Unary):
    """An elementary function."""

    each = Cost(specials=1)
    dtype = staticmethod(floating_dtype)


class Rounding(Unary):
    """Integers stay what they are."""

    each = Cost(specials=1)


def _register(parent: type[Unary], name: str, equation: str, *other_names: str) -> None:
    """One operator class per function."""
    text = f"{equation}. One special function per value. Source: torch.{name}."
    members = {"__doc__": text, "name": name, "torch": spellings(name, *other_names)}
    operator(type(name.capitalize(), (parent,), members))


_register(Function, "exp", "y = e^x")
_register(Function, "exp2", "y = 2^x")
_register(Function, "expm1", "y = e^x − 1")
_register(Function, "log", "y = the natural logarithm of x")
_register(Function, "log2", "y = the logarithm of x to base 2")
_register(Function, "log10", "y = the logarithm of x to base 10")
_register(Function, "log1p", "y = log(1 + x)")
_register(Function, "sqrt", "y = √x")
_register(Function, "sin", "y = sin x")
_register(Function, "cos", "y = cos x")
_register(Function, "tan", "y = tan x")
_register(Function, "asin", "y = arcsin x", "arcsin")
_register(Function, "acos", "y = arccos x", "arccos")
_register(Function, "atan", "y = arctan x", "arctan")
_register(Function, "sinh", "y = sinh x")
_register(Function, "cosh", "y = cosh x")
_register(Function, "asinh", "y = arsinh x", "arcsinh")
_register(Function, "acosh", "y = arcosh x", "arccosh")
_register(Function, "atanh", "y = artanh x", "arctanh")
_register(Function, "erf", "y = erf x")
_register(Function, "erfc", "y = 1 − erf x")
_register(Function, "erfinv", "y with erf y = x")
_register(Function, "lgamma", "y = log |Γ(x)|", "gammaln")
_register(Function, "digamma", "y = Γ'(x) / Γ(x)", "psi")
_register(Rounding, "floor", "y = ⌊x⌋, the largest whole number that is no larger")
_register(Rounding, "ceil", "y = ⌈x⌉, the smallest whole number that is no smaller")
_register(Rounding, "trunc", "y = x without its fraction", "fix")


@operator
class Round(Unary):
    """y = the whole number nearest to x, of two the even one; with d `decimals`, round(x · 10^d) / 10^d.

    One special function per value; with decimals one multiplication and one division more. Source: torch.round.
    """

    name = "round"
    torch = spellings("round")

    @classmethod
    def shape(cls, input: TensorSpec, inplace: bool = False, decimals: int = 0) -> Specs:
        return (cls._output(input, inplace=inplace),)

    @classmethod
    def per_value(cls, decimals: int = 0, **chosen: Any) -> Cost:
        scaled = 1 if decimals else 0
        return Cost(specials=1, multiplies=scaled, divides=scaled)


@operator
class Negative(Unary):
    """y = −x. A change of sign is free: bytes only. Source: torch.neg."""

    name = "neg"
    torch = (*spellings("neg", "negative"), "torch.Tensor.__neg__")
    free = True
    takes_complex = True


@operator
class Positive(Unary):
    """y = x, the tensor itself. Source: torch.positive."""

    name = "positive"
    torch = (*spellings("positive"), "torch.Tensor.__pos__")
    free = True
    view = True
    takes_complex = True

    @classmethod
    def cost(cls, input: TensorSpec, inplace: bool = False) -> Cost:
        return Cost()


@operator
class Absolute(Unary):
    """y = |x|. One comparison per value; of a complex number √(a² + b²): two multiplications, an addition and a root.

    Source: torch.abs.
    """

    name = "abs"
    torch = (*spellings("abs", "absolute"), "torch.Tensor.__abs__")
    takes_complex = True

    @staticmethod
    def dtype(*operands: Operand) -> str:
        return real_dtype(result_dtype(*operands))

    @classmethod
    def per_value(cls, input: TensorSpec, **chosen: Any) -> Cost:
        return Cost(multiplies=2, adds=1, specials=1) if is_complex(input) else Cost(compares=1)


@operator
class Sign(Unary):
    """y = −1, 0 or 1 where x is negative, zero or positive. Two comparisons per value. Source: torch.sign."""

    name = "sign"
    torch = spellings("sign", "sgn")
    each = Cost(compares=2)


@operator
class Square(Unary):
    """y = x². One multiplication per value. Source: torch.square."""

    name = "square"
    torch = spellings("square")
    each = Cost(multiplies=1)

    @staticmethod
    def dtype(*operands: Operand) -> str:
        return result_dtype(*operands, 2)


@operator
class Reciprocal(Unary):
    """y = 1 / x. One division per value. Source: torch.reciprocal."""

    name = "reciprocal"
    torch = spellings("reciprocal")
    each = Cost(divides=1)
    dtype = staticmethod(floating_dtype)


@operator
class Rsqrt(Unary):
    """y = 1 / √x. One root and one division per value. Source: torch.rsqrt."""

    name = "rsqrt"
    torch = spellings("rsqrt")
    each = Cost(specials=1, divides=1)
    dtype = staticmethod(floating_dtype)


@operator
class Frac(Unary):
    """y = x − trunc(x). One special function and one addition per value. Source: torch.frac."""

    name = "frac"
    torch = spellings("frac")
    each = Cost(specials=1, adds=1)


@operator
class Sinc(Unary):
    """y = sin(πx) / (πx), 1 where x is 0.

    One comparison, one multiplication, one sine and one division per value. Source: torch.sinc.
    """

    name = "sinc"
    torch = spellings("sinc")
    each = Cost(compares=1, multiplies=1, specials=1, divides=1)
    dtype = staticmethod(floating_dtype)


@operator
class Logit(Elementwise):
    """y = log(z / (1 − z)), z = x, kept between eps and 1 − eps where `eps` is given.

    One addition, one division, one logarithm per value; with `eps` two comparisons more. Source: torch.logit.
    """

    name = "logit"
    torch = spellings("logit")
    dtype = staticmethod(floating_dtype)

    @classmethod
    def shape(cls, input: TensorSpec, eps: float | None = None, inplace: bool = False) -> Specs:
        return (cls._output(input, inplace=inplace),)

    @classmethod
    def per_value(cls, eps: float | None = None, **chosen: Any) -> Cost:
        return Cost(adds=1, divides=1, specials=1, compares=0 if eps is None else 2)


@operator
class NanToNum(Elementwise):
    """y = x, but `nan` for NaN, `posinf` for ∞ and `neginf` for −∞.

    Three comparisons per value. Source: torch.nan_to_num.
    """

    name = "nan_to_num"
    torch = spellings("nan_to_num")
    each = Cost(compares=3)

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        nan: float | None = None,
        posinf: float | None = None,
        neginf: float | None = None,
        inplace: bool = False,
    ) -> Specs:
        return (cls._output(input, inplace=inplace),)


@operator
class Deg2rad(Unary):
    """y = x · π/180. One multiplication per value. Source: torch.deg2rad."""

    name = "deg2rad"
    torch = spellings("deg2rad")
    each = Cost(multiplies=1)
    dtype = staticmethod(floating_dtype)


@operator
class Rad2deg(Unary):
    """y = x · 180/π. One multiplication per value. Source: torch.rad2deg."""

    name = "rad2deg"
    torch = spellings("rad2deg")
    each = Cost(multiplies=1)
    dtype = staticmethod(floating_dtype)


@operator
class NormalCdf(Unary):
    """y = ½ · (1 + erf(x / √2)).

    One division, one special function, one addition and one multiplication per value. Source: torch.special.ndtr.
    """

    name = "ndtr"
    torch = spellings("ndtr")
    each = Cost(divides=1, specials=1, adds=1, multiplies=1)
    dtype = staticmethod(floating_dtype)


@operator
class Entr(Unary):
    """y = −x · log x, 0 where x is 0 and −∞ where it is negative.

    Two comparisons, one logarithm and one multiplication per value. Source: torch.special.entr.
    """

    name = "entr"
    torch = spellings("entr")
    each = Cost(compares=2, specials=1, multiplies=1)
    dtype = staticmethod(floating_dtype)
