"""Arithmetic that works on ints and on symbols alike, so that one formula gives a number and an expression."""

from collections.abc import Iterable
from math import gcd
from typing import Any

from netstat.errors import ShapeError

Size = Any  # an int, or what stands for one: a sympy expression, an `Extent`


def ceil_div(numerator: Size, denominator: Size) -> Size:
    """⌈numerator / denominator⌉."""
    return -(-numerator // denominator)


def least(a: Size, b: Size) -> Size:
    """The smaller of two."""
    if isinstance(a, int) and isinstance(b, int):
        return min(a, b)
    return _joined("min", a, b)


def most(a: Size, b: Size) -> Size:
    """The larger of two."""
    if isinstance(a, int) and isinstance(b, int):
        return max(a, b)
    return _joined("max", a, b)


def common_divisor(a: Size, b: Size) -> Size:
    """The greatest common divisor of two. Sympy's own takes symbols for polynomials: of H and 6 it says 1."""
    if isinstance(a, int) and isinstance(b, int):
        return gcd(a, b)
    return _joined("gcd", a, b)


def common_size(a: Size, b: Size) -> Size | None:
    """The size two have together, where 1 stretches; None where they do not fit.

    A size in letters is asked for no more than is needed: with a 1 or with itself it fits, whatever it is.
    """
    for one, other in ((a, b), (b, a)):
        if isinstance(one, int) and one == 1:
            return other
    if a == b or b == 1:
        return a
    return b if a == 1 else None


def _joined(kind: str, a: Size, b: Size) -> Size:
    """min, max or gcd of two of which one is no number."""
    from netstat.ops.extent import Extent

    if isinstance(a, Extent):
        return a.joined(kind, b)
    if isinstance(b, Extent):
        return b.joined(kind, a)
    from netstat.ops.symbolic import FUNCTIONS

    return FUNCTIONS[kind](a, b)


def certainly(condition: object) -> bool:
    """Whether a condition holds for every value of its symbols; an undecided relation does not."""
    return bool(condition == True)  # noqa: E712  an undecided sympy relation refuses bool(), but not this


def ntuple(value: Any, n: int) -> tuple[Any, ...]:
    """`value` once per spatial dimension: 3 -> (3, 3); (3,) -> (3, 3); (3, 5) -> (3, 5).

    Raises:
        ShapeError: the values are neither one nor one per dimension.
    """
    if isinstance(value, Iterable) and not isinstance(value, str):
        values = tuple(value)
        if len(values) not in (1, n):
            raise ShapeError(f"needs one number or {n}, got {len(values)}: {values}")
        return values * n if len(values) == 1 else values
    return (value,) * n
