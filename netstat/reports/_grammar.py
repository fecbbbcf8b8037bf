"""How formulas are written on one line, ⌊(H_in − K)/S⌋ + 1 = ⌊(55 − 3)/2⌋ + 1 = 27, and spelling them otherwise.

line    = sum { "=" | "→"  sum }
sum     = product { "+" | "−"  product }
product = [ "−" ] power { "·" power } [ "/" power ]
power   = atom [ superscript digits ]
atom    = number | name | name "(" sums ")" | "(" sum ")" | "⌊" sum "⌋" | "⌈" sum "⌉"

There may be a space on either side of = → + and −. A long sum that stands in no more than one pair of parentheses may
go over several lines: the formula then is in pieces, each but the first with a sign in front.
"""

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from netstat.units import DIGITS_ABOVE

DIGITS = str.maketrans(DIGITS_ABOVE, "0123456789")
CUT = "\n"  # between pieces
_LONG = 60  # characters of a sum that is cut
_TOKEN = re.compile(
    rf" ?[=→+−] ?|, ?|[0-9](?:[0-9,]*[0-9])?(?:\.[0-9]+)?|[A-Za-z][A-Za-z0-9_]*|[{DIGITS_ABOVE}]+|[·/()⌊⌋⌈⌉]"
)
_CLOSING = {"(": ")", "⌊": "⌋", "⌈": "⌉"}


class FormulaError(ValueError):
    """A line is not written as formulas are."""


class Dialect(Protocol):
    """How the parts of a formula are spelled."""

    def sign(self, sign: str) -> str:
        """An operator."""
        ...

    def number(self, digits: str) -> str:
        """A number, its digits in groups."""
        ...

    def name(self, stem: str, index: str) -> str:
        """A letter or a function, with what stands below it."""
        ...

    def power(self, base: str, exponent: str) -> str:
        """`base` to a number."""
        ...

    def fraction(self, above: str, below: str) -> str:
        """One above the other."""
        ...

    def within(self, opening: str, inside: str, closing: str) -> str:
        """In brackets; there may be cuts inside."""
        ...

    def row(self, parts: Sequence[str]) -> str:
        """One beside the other; there may be cuts inside."""
        ...


def pieces(line: str, dialect: Dialect) -> list[str]:
    """A formula in a dialect, in the pieces it may be broken into.

    Raises:
        FormulaError: the line does not follow the grammar above.
    """
    tokens = _TOKEN.findall(line)
    if "".join(tokens) != line:
        raise FormulaError(line)
    try:
        return _Reader([*(token.strip() for token in tokens), ""], dialect).line().split(CUT)
    except RecursionError:
        raise FormulaError(line) from None


class _Reader:
    """Goes through the tokens of a line; a method per rule of the grammar."""

    def __init__(self, tokens: Sequence[str], dialect: Dialect) -> None:
        self._tokens, self._dialect, self._at, self._depth = tokens, dialect, 0, 0
        self._bare: dict[str, str] = {}  # what was in parentheses, which a fraction does without

    @property
    def token(self) -> str:
        return self._tokens[self._at]

    def take(self, *wanted: str) -> str:
        """The token, if it is one of these; any where none is named."""
        if not self.token or (wanted and self.token not in wanted):
            raise FormulaError("".join(self._tokens))
        self._at += 1
        return self._tokens[self._at - 1]

    def parts(self, signs: str, part: Callable[[], str]) -> list[str]:
        """What stands between signs, each but the first with its sign."""
        found = [part()]
        while self.token and self.token in signs:
            found.append(self._dialect.sign(self.take()) + part())
        return found

    def line(self) -> str:
        made = self._dialect.row(self.parts("=→", self.sum))
        if self.token:
            raise FormulaError("".join(self._tokens))
        return made

    def sum(self) -> str:
        start = self._at
        terms = self.parts("+−", self.product)
        long = sum(map(len, self._tokens[start : self._at])) > _LONG
        return CUT.join(terms) if long and self._depth <= 1 else self._dialect.row(terms)

    def product(self) -> str:
        before = [self._dialect.sign(self.take())] if self.token == "−" else []
        made = self._dialect.row(self.parts("·", self.power))
        if self.token == "/":
            self.take()
            below = self.power()
            above, below = (self._whole(self._bare.get(part, part)) for part in (made, below))
            made = self._dialect.fraction(above, below)
        return self._dialect.row([*before, made])

    def power(self) -> str:
        base = self.atom()
        exponent = self.token.translate(DIGITS)
        if exponent == self.token:
            return base
        self.take()
        return self._dialect.power(self._whole(base), exponent)

    def atom(self) -> str:
        token = self.take()
        if token == "(":
            return self._within(token, self.sum)
        if token in _CLOSING:
            return self._whole(self._within(token, self.sum))
        if token[0].isdecimal():
            return self._dialect.number(token)
        if not token[0].isalpha():
            raise FormulaError("".join(self._tokens))
        stem, _, index = token.partition("_")
        name = self._dialect.name(stem, index)
        return name if self.token != "(" else name + self._whole(self._within(self.take(), self._arguments))

    def _arguments(self) -> str:
        return self._dialect.row(self.parts(",", self.sum))

    def _within(self, opening: str, inside: Callable[[], str]) -> str:
        self._depth += 1
        bare = inside()
        self._depth -= 1
        made = self._dialect.within(opening, bare, self.take(_CLOSING[opening]))
        if opening == "(":
            self._bare[made] = bare
        return made

    def _whole(self, made: str) -> str:
        """Without cuts."""
        return self._dialect.row(made.split(CUT))
