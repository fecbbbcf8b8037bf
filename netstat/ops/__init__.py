"""Operators by name. Adding one is adding a class with its equation, and its oracle case in the tests."""

from netstat.ops import convolution, layout, linear, normalization, pointwise, pooling
from netstat.ops.base import OPERATORS, Operator, node_cost

__all__ = [
    "OPERATORS",
    "Operator",
    "convolution",
    "layout",
    "linear",
    "node_cost",
    "normalization",
    "pointwise",
    "pooling",
]
