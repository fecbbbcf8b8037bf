"""Formulas as sympy expressions. Imports sympy: for whoever asks for one."""

import ast
from math import gcd
from typing import Any

from sympy import Function, Integer, Max, Min, Symbol, floor

from netstat.records.algebra import OPERATORS


class Gcd(Function):  # type: ignore[misc]  # sympy is untyped
    """The greatest common divisor.

    Sympy's own takes letters for polynomials, of which H and 6 have none in common.
    """

    @classmethod
    def eval(cls, a: Any, b: Any) -> Any:
        """The number, once there are numbers, or where one of them is 1."""
        if 1 in (a, b):
            return Integer(1)
        return Integer(gcd(int(a), int(b))) if a.is_Integer and b.is_Integer else None


FUNCTIONS = {"min": Min, "max": Max, "gcd": Gcd}


def expression(tree: ast.expr) -> Any:
    """What `algebra.read` has read; letters are plain symbols, which `subs` finds by name."""
    match tree:
        case ast.Constant(value=number):
            return Integer(number)
        case ast.Name(id=name):
            return Symbol(name)
        case ast.UnaryOp(operand=inside):
            return -expression(inside)
        case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
            return floor(expression(left) / expression(right))
        case ast.BinOp(left=left, op=operator, right=right):
            return OPERATORS[type(operator)](expression(left), expression(right))
        case ast.Call(func=ast.Name(id=name), args=[left, right]):
            return FUNCTIONS[name](expression(left), expression(right))
    raise AssertionError(tree)
