"""Expressions as people write them: 2·K²·C_in·C_out·H_out·W_out, with letters or with numbers in their places."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from netstat.units import superscript

_SUM, _PRODUCT, _ATOM = 0, 1, 2  # how tightly what was written holds together
Written = tuple[str, int]


def text(expression: Any, letters: Sequence[Any] = (), numbers: Mapping[Any, int] | None = None) -> str:
    """An expression on one line.

    Args:
        expression: of sympy, or a number.
        letters: factors and terms stand in their order; others come last, by name.
        numbers: written in place of letters; nothing is worked out.
    """
    from sympy import sympify

    return _Writer(letters, numbers or {}).write(_rounded_up(sympify(expression)))[0]


def _rounded_up(expression: Any) -> Any:
    """With ⌈x⌉ for −⌊−x⌋."""
    from sympy import ceiling, floor

    if not expression.has(floor):
        return expression
    return expression.replace(
        lambda part: part.is_Mul and len(part.args) == 2 and part.args[0] == -1 and isinstance(part.args[1], floor),
        lambda part: ceiling(-part.args[1].args[0]),
    )


class _Writer:
    def __init__(self, letters: Sequence[Any], numbers: Mapping[Any, int]) -> None:
        self._order = {letter: place for place, letter in enumerate(letters)}
        self._numbers = numbers

    def write(self, expression: Any) -> Written:
        for kind, writer in self._writers.items():
            if getattr(expression, kind):
                return writer(self, expression)
        name = type(expression).__name__
        return self._function(_NAMES.get(name, name), expression)

    def _symbol(self, symbol: Any) -> Written:
        number = self._numbers.get(symbol)
        return (symbol.name if number is None else str(number), _ATOM)

    def _number(self, number: Any) -> Written:
        return (str(number), _ATOM if number.is_Integer and number >= 0 else _PRODUCT)

    def _sum(self, expression: Any) -> Written:
        above, below = expression.as_numer_denom()
        if below.is_Integer and below != 1:  # (H − 7)/4 rather than H/4 − 7/4
            return f"{self._within(above, _ATOM)}/{self._within(below, _ATOM)}", _PRODUCT
        first, *rest = sorted(expression.args, key=lambda term: (term.could_extract_minus_sign(), self._place(term)))
        return self._within(first, _PRODUCT) + "".join(map(self._further, rest)), _SUM

    def _further(self, term: Any) -> str:
        """A term that others stand before."""
        negative = term.could_extract_minus_sign()
        return (" − " if negative else " + ") + self._within(-term if negative else term, _PRODUCT)

    def _product(self, expression: Any) -> Written:
        above, below = expression.as_numer_denom()
        if below != 1:
            return f"{self._within(above, _PRODUCT)}/{self._within(below, _ATOM)}", _PRODUCT
        number, rest = expression.as_coeff_Mul()
        factors = sorted(rest.as_ordered_factors(), key=self._place)
        sign = "−" if number == -1 else ""
        written = [] if abs(number) == 1 else [str(number)]
        return sign + "·".join([*written, *(self._within(factor, _PRODUCT) for factor in factors)]), _PRODUCT

    def _power(self, expression: Any) -> Written:
        base, exponent = expression.as_base_exp()
        if not exponent.is_Integer or exponent < 0:
            return self._product(expression) if exponent.is_Integer else self._function("power", expression)
        return self._within(base, _ATOM) + superscript(int(exponent)), _ATOM

    def _function(self, name: str, expression: Any) -> Written:
        inside = ", ".join(self.write(argument)[0] for argument in expression.args)
        before, after = _BRACKETS.get(name, (f"{name}(", ")"))
        return f"{before}{inside}{after}", _ATOM

    def _within(self, expression: Any, least: int) -> str:
        written, binding = self.write(expression)
        return written if binding >= least else f"({written})"

    def _place(self, expression: Any) -> tuple[int, int, str]:
        """Where among its neighbours it stands: by the first of its letters, numbers before letters in products."""
        places = [self._order.get(letter, len(self._order)) for letter in expression.free_symbols]
        return min(places, default=len(self._order) + 1), -len(places), str(expression)

    _writers: ClassVar["dict[str, Callable[[_Writer, Any], Written]]"] = {
        "is_Symbol": _symbol,
        "is_Number": _number,
        "is_Add": _sum,
        "is_Mul": _product,
        "is_Pow": _power,
    }


_NAMES = {"Min": "min", "Max": "max", "Mod": "mod", "Taps": "taps", "Occupied": "occupied", "Gcd": "gcd"}
_BRACKETS = {"floor": ("⌊", "⌋"), "ceiling": ("⌈", "⌉")}


def functions(formulas: Iterable[str]) -> list[str]:
    """The functions with a name that occur in formulas as `text` writes them."""
    return list(dict.fromkeys(name for formula in formulas for name in re.findall(r"([a-z]+)\(", formula)))


def folded(expression: Any) -> Any:
    """With ⌊(⌊y⌋ + k)/n⌋ written as ⌊(y + k)/n⌋: the same for whole k and n (Knuth, TAOCP 1.2.4, exercise 35)."""
    from sympy import floor

    def fold(inside: Any) -> Any:
        for inner in inside.atoms(floor):
            share = inside.coeff(inner)
            if share.is_Rational and share.p == 1 and ((inside - share * inner) * share.q).is_Integer:
                return fold(inside.xreplace({inner: inner.args[0]}))
        return floor(inside)

    return expression.replace(floor, fold)
