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


def _register(name: str, equation: str, *other_names: str) -> None:
    """One operator class per function."""
    text = f"{equation}. One special function per value. Source: torch.{name}."
    members = {"__doc__": text, "name": name, "torch": spellings(name, *other_names)}
    operator(type(name.capitalize(), (Function,), members))


_register("exp", "y = e^x")
_register("exp2", "y = 2^x")
_register("expm1", "y = e^x − 1")
_register("log", "y = the natural logarithm of x")
_register("log2", "y = the logarithm of x to base 2")
_register("log10", "y = the logarithm of x to base 10")
_register("log1p", "y = log(1 + x)")
_register("sqrt", "y = √x")
_register("sin", "y = sin x")
_register("cos", "y = cos x")
_register("tan", "y = tan x")
_register("asin", "y = arcsin x", "arcsin")
_register("acos", "y = arccos x", "arccos")
_register("atan", "y = arctan x", "arctan")
_register("sinh", "y = sinh x")
_register("cosh", "y = cosh x")
_register("asinh", "y = arsinh x", "arcsinh")
_register("acosh", "y = arcosh x", "arccosh")
_register("atanh", "y = artanh x", "arctanh")
_register("erf", "y = erf x")
_register("erfc", "y = 1 − erf x")
_register("erfinv", "y with erf y = x")
_register("lgamma", "y = log |Γ(x)|", "gammaln")
_register("digamma", "y = Γ'(x) / Γ(x)", "psi")


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
