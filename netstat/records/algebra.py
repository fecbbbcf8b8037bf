"""Formulas as text, read without running anything: Python's integer arithmetic, or the same as people write it.

`N*(64*((H - 7)//4) + 10)` and `N·(64·⌊(H−7)/4⌋ + 10)` read as the same. Besides +, −, ·, whole division and powers
there are min, max and gcd. Anything else is refused.
"""

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from math import gcd, lcm
from operator import add, floordiv, mul, sub
from typing import Any

from netstat.errors import ModelError
from netstat.units import DIGITS_ABOVE

Value = Callable[[Mapping[str, int]], int]

OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.FloorDiv: floordiv, ast.Pow: pow,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[[int, int], int]] = {"min": min, "max": max, "gcd": gcd}
HIGHEST_POWER = 16
_PLAIN = {"·": "*", "−": "-", "⌊": "(", "⌋": ")", "\N{NO-BREAK SPACE}": " "}
_SUPERSCRIPTS = str.maketrans(DIGITS_ABOVE, "0123456789")


def read(text: str) -> ast.expr:
    """The expression, made of nothing but what the module's first lines say.

    Raises:
        ModelError: it is no such expression.
    """
    try:
        found = ast.parse(_plain(text), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError):
        raise ModelError(f"'{text[:60]}' is no formula") from None
    _check(found)
    return found


def _plain(text: str) -> str:
    """As Python writes it. A division that people write stands inside a floor's brackets: it is a whole one."""
    text = re.sub(f"[{DIGITS_ABOVE}]+", lambda found: "**" + found[0].translate(_SUPERSCRIPTS), text)
    for written, plain in _PLAIN.items():
        text = text.replace(written, plain)
    return re.sub(r"(?<!/)/(?!/)", "//", text.replace("\n", " ")).strip()


def _check(expression: ast.expr) -> None:
    match expression:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return
        case ast.Name():
            return
        case ast.UnaryOp(op=ast.USub(), operand=inside):
            _check(inside)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
            _check(left)
            _check(right)
            number = right.value if isinstance(right, ast.Constant) else None
            if isinstance(operator, ast.Pow) and not (isinstance(number, int) and 0 <= number <= HIGHEST_POWER):
                raise ModelError(f"'{ast.unparse(expression)[:60]}': a power has to be a small number")
            if isinstance(operator, ast.FloorDiv) and not (isinstance(number, int) and number > 0):
                raise ModelError(f"'{ast.unparse(expression)[:60]}': a divisor has to be a number")
        case ast.Call(func=ast.Name(id=name), args=[_, _] as inside, keywords=[]) if name in FUNCTIONS:
            for each in inside:
                _check(each)
        case _:
            raise ModelError(f"'{ast.unparse(expression)[:60]}' has no place in a formula")


@cache
def compiled(text: str) -> Value:
    """A function from sizes by letter to the whole number that the formula gives; exact.

    Raises:
        ModelError: the text is no formula.
    """
    return _value(read(text))


def _value(expression: ast.expr) -> Value:
    match expression:
        case ast.Constant(value=int() as number):
            return lambda sizes: number
        case ast.Name(id=name):
            return lambda sizes: sizes[name]
        case ast.UnaryOp(operand=inside):
            negated = _value(inside)
            return lambda sizes: -negated(sizes)
        case ast.BinOp(left=left, op=operator, right=right):
            first, second, apply = _value(left), _value(right), OPERATORS[type(operator)]
            return lambda sizes: apply(first(sizes), second(sizes))
        case ast.Call(func=ast.Name(id=name), args=[left, right]):
            first, second, apply = _value(left), _value(right), FUNCTIONS[name]
            return lambda sizes: apply(first(sizes), second(sizes))
    raise AssertionError(expression)


def symbolic(text: str) -> Any:
    """The formula as a sympy expression: letters are positive whole numbers, floors stay floors.

    Raises:
        ModelError: the text is no formula.
    """
    from netstat.records.symbolic import expression

    return expression(read(text))


def period(text: str) -> int:
    """The step after which every floor and gcd of the formula comes to the same again, but for what grows evenly."""
    return _period(read(text))


def _period(expression: ast.expr) -> int:
    match expression:
        case ast.BinOp(left=left, op=ast.FloorDiv(), right=ast.Constant(value=int() as divisor)):
            return _period(left) * divisor
        case ast.BinOp(left=left, right=right):
            return lcm(_period(left), _period(right))
        case ast.UnaryOp(operand=inside):
            return _period(inside)
        case ast.Call(func=ast.Name(id=name), args=[left, right]):
            numbers = [each.value for each in (left, right) if isinstance(each, ast.Constant)]
            return lcm(_period(left), _period(right)) * (int(str(numbers[0])) if name == "gcd" and numbers else 1)
    return 1


def degree(text: str, letters: Iterable[str]) -> int:
    """How many of the letters come together as factors at most, floors aside."""
    return _degree(read(text), frozenset(letters))


def _degree(expression: ast.expr, letters: frozenset[str]) -> int:
    match expression:
        case ast.Name(id=name):
            return int(name in letters)
        case ast.UnaryOp(operand=inside):
            return _degree(inside, letters)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _degree(left, letters) + _degree(right, letters)
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int() as power)):
            return _degree(left, letters) * power
        case ast.BinOp(left=left, right=right):
            return max(_degree(left, letters), _degree(right, letters))
        case ast.Call(func=ast.Name(id=name), args=[left, right]):
            both = _degree(left, letters), _degree(right, letters)
            return min(both) if name == "gcd" else max(both)
    return 0


def is_piecewise(text: str) -> bool:
    """Whether a minimum or maximum is left in it."""
    names = {each.id for each in ast.walk(read(text)) if isinstance(each, ast.Name)}
    return not names.isdisjoint(("min", "max"))
