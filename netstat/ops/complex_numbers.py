"""Complex numbers: taken apart, put together, and their polar form."""

from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.base import Specs, operator, spellings
from netstat.ops.broadcasting import Elementwise, Unary
from netstat.ops.dtypes import Operand, complex_dtype, floating_dtype, is_complex, real_dtype, result_dtype
from netstat.ops.layout import View
from netstat.ops.sight import Sight, in_place
from netstat.units import shape as shape_text


@operator
class Real(View):
    """y = a of x = a + bi; a real tensor is its own real part. Source: torch.real."""

    name = "real"
    torch = ("torch.real",)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return in_place(operand.spec.shape, node.output.shape)

    @staticmethod
    def shape(input: TensorSpec) -> Specs:
        return (TensorSpec(input.shape, real_dtype(input.dtype)),)


@operator
class Imag(Real):
    """y = b of x = a + bi. Source: torch.imag."""

    name = "imag"
    torch = ("torch.imag",)


@operator
class Conj(View):
    """y = a − bi of x = a + bi: a change of sign, made when the values are read. Source: torch.conj."""

    name = "conj"
    torch = ("torch.conj", "torch.Tensor.conj")

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return in_place(operand.spec.shape, node.output.shape)

    @staticmethod
    def shape(input: TensorSpec) -> Specs:
        return (input,)


@operator
class ViewAsReal(View):
    """(…) complex numbers as (…, 2) real ones, a and b of a + bi. Source: torch.view_as_real."""

    name = "view_as_real"
    torch = ("torch.view_as_real",)

    @staticmethod
    def shape(input: TensorSpec) -> Specs:
        return (TensorSpec((*input.shape, 2), real_dtype(input.dtype)),)


@operator
class ViewAsComplex(View):
    """(…, 2) real numbers a and b as (…) complex ones, a + bi. Source: torch.view_as_complex."""

    name = "view_as_complex"
    torch = ("torch.view_as_complex",)

    @staticmethod
    def shape(input: TensorSpec) -> Specs:
        if input.shape[-1:] != (2,):
            raise ShapeError(f"needs a last dimension of size 2, got {shape_text(input.shape)}")
        return (TensorSpec(input.shape[:-1], complex_dtype(input.dtype)),)


def _complex_of(*operands: Operand) -> str:
    return complex_dtype(result_dtype(*operands))


@operator
class Complex(Elementwise):
    """y = a + bi of `real` a and `imag` b. Bytes only. Source: torch.complex."""

    name = "complex"
    torch = ("torch.complex",)
    tensors = ("real", "imag")
    free = True
    dtype = staticmethod(_complex_of)

    @classmethod
    def shape(cls, real: TensorSpec, imag: TensorSpec) -> Specs:
        return (cls._output(real, imag),)


@operator
class Polar(Elementwise):
    """y = abs · cos(angle) + abs · sin(angle) · i.

    Two special functions and two multiplications per value. Source: torch.polar.
    """

    name = "polar"
    torch = ("torch.polar",)
    tensors = ("abs", "angle")
    each = Cost(specials=2, multiplies=2)
    dtype = staticmethod(_complex_of)

    @classmethod
    def shape(cls, abs: TensorSpec, angle: TensorSpec) -> Specs:
        return (cls._output(abs, angle),)


@operator
class Angle(Unary):
    """y = the angle of a + bi: one special function per value; of a real number π or 0: one comparison.

    Source: torch.angle.
    """

    name = "angle"
    torch = spellings("angle")
    takes_complex = True

    @staticmethod
    def dtype(*operands: Operand) -> str:
        return real_dtype(floating_dtype(*operands))

    @classmethod
    def per_value(cls, input: TensorSpec, **chosen: Any) -> Cost:
        return Cost(specials=1) if is_complex(input) else Cost(compares=1)
