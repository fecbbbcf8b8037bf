"""Whole numbers near a number, and what is left. Integers stay what they are."""

from typing import Any

from netstat.cost import Cost
from netstat.graph import TensorSpec
from netstat.ops.base import Specs, operator, spellings
from netstat.ops.broadcasting import Unary


@operator
class Floor(Unary):
    """y = ⌊x⌋, the largest whole number that is no larger. One special function per value. Source: torch.floor."""

    name = "floor"
    torch = spellings("floor")
    each = Cost(specials=1)


@operator
class Ceil(Unary):
    """y = ⌈x⌉, the smallest whole number that is no smaller. One special function per value. Source: torch.ceil."""

    name = "ceil"
    torch = spellings("ceil")
    each = Cost(specials=1)


@operator
class Trunc(Unary):
    """y = x without its fraction. One special function per value. Source: torch.trunc."""

    name = "trunc"
    torch = spellings("trunc", "fix")
    each = Cost(specials=1)


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
class Frac(Unary):
    """y = x − trunc(x). One special function and one addition per value. Source: torch.frac."""

    name = "frac"
    torch = spellings("frac")
    each = Cost(specials=1, adds=1)
