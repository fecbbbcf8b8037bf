"""Expressions with numbers put in, worked out exactly and without sympy's rules: a second way to what they come to."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from netstat.errors import ModelError

Number = int | Fraction


def evaluated(expression: Any, numbers: Mapping[Any, int], *, rounded: bool = True) -> Number:
    """What an expression comes to.

    Args:
        expression: of sympy, or a number.
        numbers: for every letter in it.
        rounded: whether floors and ceilings round.

    Raises:
        ModelError: it has an operation that has no meaning here.
    """
    if getattr(expression, "is_Symbol", False):
        return numbers[expression]
    if not getattr(expression, "args", ()):
        return Fraction(int(expression.p), int(expression.q)) if hasattr(expression, "p") else int(expression)
    name = type(expression).__name__
    values = [evaluated(argument, numbers, rounded=rounded) for argument in expression.args]
    if name in ("floor", "ceiling") and not rounded:
        return values[0]
    if name in _OPERATIONS:
        return _OPERATIONS[name](values)
    return _counted(expression, values)


def _counted(expression: Any, values: Sequence[Number]) -> int:
    """A function of netstat's own, which works itself out when it has its numbers."""
    from sympy import Integer

    found = expression.func(*map(Integer, values))
    if not found.is_Integer:
        raise ModelError(f"cannot work out {expression}")
    return int(found)


_OPERATIONS: dict[str, Callable[[Sequence[Number]], Number]] = {
    "Add": sum,
    "Mul": prod,
    "Pow": lambda values: Fraction(values[0]) ** int(values[1]),
    "floor": lambda values: values[0] // 1,
    "ceiling": lambda values: -(-values[0] // 1),
    "Min": min,
    "Max": max,
    "Mod": lambda values: values[0] % values[1],
}
