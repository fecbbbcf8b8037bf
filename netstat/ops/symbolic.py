"""Counts that are no closed formula in a window's size: they stay functions until all of their sizes are numbers."""

from typing import Any

from sympy import Function, Integer

from netstat.ops.windows import Window, occupied, taps
from netstat.records.symbolic import FUNCTIONS, Gcd

__all__ = ["FUNCTIONS", "Gcd", "Occupied", "Taps"]


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
