"""Comparisons and tests of values, which give truth values; logic and bit operations, which are free."""

from netstat.cost import Cost
from netstat.graph import TensorSpec
from netstat.ops.base import Specs, operator, spellings
from netstat.ops.broadcasting import Binary, Elementwise, Unary
from netstat.ops.dtypes import truth_dtype
from netstat.ops.elementwise import infix


class Comparison(Binary):
    """One comparison per value."""

    each = Cost(compares=1)
    dtype = staticmethod(truth_dtype)


class Test(Unary):
    """One comparison per value."""

    each = Cost(compares=1)
    dtype = staticmethod(truth_dtype)


class Logic(Binary):
    """Truth values combined: no arithmetic."""

    free = True
    dtype = staticmethod(truth_dtype)


class Bits(Binary):
    """Bits combined: no arithmetic."""

    free = True


def _register(parent: type[Binary | Unary], name: str, equation: str, *torch: str) -> None:
    """One operator class per name."""
    said = "Bytes only" if parent.free else "One comparison per value"
    members = {"__doc__": f"{equation}. {said}. Source: torch.{name}.", "name": name, "torch": torch}
    operator(type(name.title().replace("_", ""), (parent,), members))


def _register_comparison(name: str, sign: str, *words: str) -> None:
    _register(Comparison, name, f"y = x {sign} other", *spellings(name, *words), f"torch.Tensor.__{name}__")


_register_comparison("eq", "=")
_register_comparison("ne", "≠", "not_equal")
_register_comparison("lt", "<", "less")
_register_comparison("le", "≤", "less_equal")
_register_comparison("gt", ">", "greater")
_register_comparison("ge", "≥", "greater_equal")
_register(Test, "isnan", "y = whether x is no number", *spellings("isnan"))
_register(Test, "isinf", "y = whether x is ∞ or −∞", *spellings("isinf"))
_register(Test, "isposinf", "y = whether x is ∞", *spellings("isposinf"))
_register(Test, "isneginf", "y = whether x is −∞", *spellings("isneginf"))
_register(Test, "isfinite", "y = whether x is a number, and neither ∞ nor −∞", *spellings("isfinite"))
_register(Test, "signbit", "y = whether x is negative", *spellings("signbit"))
_register(Logic, "logical_and", "y = whether both x and other are true", *spellings("logical_and"))
_register(Logic, "logical_or", "y = whether x or other is true", *spellings("logical_or"))
_register(Logic, "logical_xor", "y = whether one of x and other is true", *spellings("logical_xor"))
_register(Bits, "bitwise_and", "y = the bits that both x and other have", *spellings("bitwise_and"), *infix("and"))
_register(Bits, "bitwise_or", "y = the bits that x or other has", *spellings("bitwise_or"), *infix("or"))
_register(Bits, "bitwise_xor", "y = the bits that one of x and other has", *spellings("bitwise_xor"), *infix("xor"))
_register(
    Bits,
    "bitwise_left_shift",
    "y = the bits of x, `other` places to the left",
    *spellings("bitwise_left_shift"),
    *infix("lshift"),
)
_register(
    Bits,
    "bitwise_right_shift",
    "y = the bits of x, `other` places to the right",
    *spellings("bitwise_right_shift"),
    *infix("rshift"),
)


@operator
class LogicalNot(Unary):
    """y = whether x is not true. Bytes only. Source: torch.logical_not."""

    name = "logical_not"
    torch = spellings("logical_not")
    free = True
    dtype = staticmethod(truth_dtype)


@operator
class BitwiseNot(Unary):
    """y = the bits that x does not have. Bytes only. Source: torch.bitwise_not."""

    name = "bitwise_not"
    torch = (*spellings("bitwise_not"), "torch.Tensor.__invert__")
    free = True


@operator
class IsClose(Elementwise):
    """y = |x − other| ≤ atol + rtol · |other|.

    Per value two additions, one multiplication and three comparisons, two of them for the absolute values.
    Source: torch.isclose.
    """

    name = "isclose"
    torch = spellings("isclose")
    tensors = ("input", "other")
    each = Cost(adds=2, multiplies=1, compares=3)

    @classmethod
    def shape(
        cls, input: TensorSpec, other: TensorSpec, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
    ) -> Specs:
        return (TensorSpec(cls._output(input, other).shape, "bool"),)
