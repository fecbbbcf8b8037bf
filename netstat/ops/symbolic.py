"""Counts that are no closed formula in a window's size: they stay functions until all of their sizes are numbers."""

from math import gcd
from typing import Any

from sympy import Function, Integer

from netstat.ops.windows import Window, occupied, taps


class Gcd(Function):  # type: ignore[misc]
    """The greatest common divisor."""

    @classmethod
    def eval(cls, a: Any, b: Any) -> Any:
        """The number, once there are numbers, or where one of them is 1."""
        if 1 in (a, b):
            return Integer(1)
        return Integer(gcd(int(a), int(b))) if a.is_Integer and b.is_Integer else None


class Taps(Function):  # type: ignore[misc]  # sympy is untyped
    """`windows.taps` of an input size, an output size and a window: taps that lie inside the input."""

    @classmethod
    def eval(cls, *sizes: Any) -> Any:
        """The number, once there are numbers."""
        if all(size.is_Integer for size in sizes):
            size, out, *window = map(int, sizes)
            return Integer(taps(size, out, Window(*window)))
        return None


class Occupied(Function):  # type: ignore[misc]
    """`windows.occupied` of the same: windows with a tap inside the input."""

    @classmethod
    def eval(cls, *sizes: Any) -> Any:
        """The number, once there are numbers."""
        if all(size.is_Integer for size in sizes):
            size, out, *window = map(int, sizes)
            return Integer(occupied(size, out, Window(*window)))
        return None
