"""Arithmetic of several operands that has a name of its own: interpolation, scaled products, logarithms of sums."""

from typing import Any

from netstat.cost import Cost
from netstat.graph import TensorSpec
from netstat.ops.base import Specs, operator, spellings
from netstat.ops.broadcasting import Binary, Elementwise
from netstat.ops.dtypes import Operand, floating_dtype


@operator
class Lerp(Elementwise):
    """y = x + weight · (end − x). Two additions and one multiplication per value. Source: torch.lerp."""

    name = "lerp"
    torch = spellings("lerp")
    tensors = ("input", "end", "weight")
    each = Cost(adds=2, multiplies=1)

    @classmethod
    def shape(cls, input: TensorSpec, end: TensorSpec, weight: Operand, inplace: bool = False) -> Specs:
        return (cls._output(input, end, weight, inplace=inplace),)


class AddCombined(Elementwise):
    """A third operand added to two combined and scaled."""

    tensors = ("input", "tensor1", "tensor2")

    @classmethod
    def shape(
        cls, input: TensorSpec, tensor1: TensorSpec, tensor2: TensorSpec, value: float = 1, inplace: bool = False
    ) -> Specs:
        return (cls._output(input, tensor1, tensor2, inplace=inplace),)

    @classmethod
    def per_value(cls, value: float = 1, **chosen: Any) -> Cost:
        return cls.each + Cost(multiplies=0 if value == 1 else 1)


@operator
class Addcmul(AddCombined):
    """y = x + value · tensor1 · tensor2.

    Two multiplications, one where `value` is 1, and one addition per value. Source: torch.addcmul.
    """

    name = "addcmul"
    torch = spellings("addcmul")
    each = Cost(multiplies=1, adds=1)


@operator
class Addcdiv(AddCombined):
    """y = x + value · tensor1 / tensor2.

    One multiplication, none where `value` is 1, one division and one addition per value. Source: torch.addcdiv.
    """

    name = "addcdiv"
    torch = spellings("addcdiv")
    each = Cost(divides=1, adds=1)
    dtype = staticmethod(floating_dtype)


@operator
class Atan2(Binary):
    """y = the angle of the point (other, x). One special function per value. Source: torch.atan2."""

    name = "atan2"
    torch = spellings("atan2", "arctan2")
    each = Cost(specials=1)
    dtype = staticmethod(floating_dtype)


@operator
class Hypot(Binary):
    """y = √(x² + other²). Two multiplications, one addition, one root per value. Source: torch.hypot."""

    name = "hypot"
    torch = spellings("hypot")
    each = Cost(multiplies=2, adds=1, specials=1)


@operator
class Logaddexp(Binary):
    """y = log(e^x + e^other). Three special functions and one addition per value. Source: torch.logaddexp."""

    name = "logaddexp"
    torch = spellings("logaddexp")
    each = Cost(specials=3, adds=1)
    dtype = staticmethod(floating_dtype)


@operator
class Logaddexp2(Binary):
    """y = log2(2^x + 2^other). Three special functions and one addition per value. Source: torch.logaddexp2."""

    name = "logaddexp2"
    torch = spellings("logaddexp2")
    each = Cost(specials=3, adds=1)
    dtype = staticmethod(floating_dtype)


@operator
class Xlogy(Binary):
    """y = x · log(other), 0 where x is 0.

    One comparison, one logarithm and one multiplication per value. Source: torch.xlogy.
    """

    name = "xlogy"
    torch = spellings("xlogy")
    each = Cost(compares=1, specials=1, multiplies=1)
    dtype = staticmethod(floating_dtype)


@operator
class Xlog1py(Binary):
    """y = x · log(1 + other), 0 where x is 0.

    One comparison, one special function and one multiplication per value. Source: torch.special.xlog1py.
    """

    name = "xlog1py"
    torch = spellings("xlog1py")
    each = Cost(compares=1, specials=1, multiplies=1)
    dtype = staticmethod(floating_dtype)


@operator
class Ldexp(Binary):
    """y = x · 2^other. One special function and one multiplication per value. Source: torch.ldexp."""

    name = "ldexp"
    torch = spellings("ldexp")
    each = Cost(specials=1, multiplies=1)
    dtype = staticmethod(floating_dtype)


@operator
class Heaviside(Elementwise):
    """y = 0 where x < 0, 1 where x > 0, else `values`. Two comparisons per value. Source: torch.heaviside."""

    name = "heaviside"
    torch = spellings("heaviside")
    tensors = ("input", "values")
    each = Cost(compares=2)

    @classmethod
    def shape(cls, input: TensorSpec, values: TensorSpec, inplace: bool = False) -> Specs:
        return (cls._output(input, values, inplace=inplace),)


@operator
class Copysign(Binary):
    """y = x with the sign of other. A change of sign is free: bytes only. Source: torch.copysign."""

    name = "copysign"
    torch = spellings("copysign")
    free = True
    dtype = staticmethod(floating_dtype)
