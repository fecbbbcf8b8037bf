r"""Formulas as LaTeX and as MathML, from the one line they are written on: ⌊(H_in − K)/S⌋ + 1 = ⌊(55 − 3)/2⌋ + 1 = 27.

line    = sum { " = " | " → "  sum }
sum     = product { " + " | " − "  product }
product = [ "−" ] power { "·" power } [ "/" power ]
power   = atom [ superscript digits ]
atom    = number | name | name "(" sums ")" | "(" sum ")" | "⌊" sum "⌋" | "⌈" sum "⌉"
"""

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Protocol

_TOKEN = re.compile(
    r" (?:=|→|\+|−) |, |[0-9](?:[0-9,]*[0-9])?(?:\.[0-9]+)?|[A-Za-z][A-Za-z0-9_]*|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[−·/()⌊⌋⌈⌉]"
)
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LATEX_SIGNS = {
    "−": " - ",
    "·": r" \cdot ",
    "→": r" \to ",
    "⌊": r"\lfloor ",
    "⌋": r" \rfloor",
    "⌈": r"\lceil ",
    "⌉": r" \rceil",
}
_ASCII_SIGNS = str.maketrans(
    {"·": "*", "−": "-", "→": "->", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "Σ": "sum", "√": "sqrt", "×": "x"}
)
_CLOSING = {"(": ")", "⌊": "⌋", "⌈": "⌉"}


class FormulaError(ValueError):
    """A line is not written as formulas are."""


class Dialect(Protocol):
    """How the parts of a formula are spelled."""

    def sign(self, sign: str) -> str:
        """An operator or a bracket."""
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

    def row(self, parts: Sequence[str]) -> str:
        """One beside the other."""
        ...


class Latex:
    r"""LaTeX of math mode."""

    def sign(self, sign: str) -> str:
        return _LATEX_SIGNS.get(sign.strip(), sign)

    def number(self, digits: str) -> str:
        return digits.replace(",", "{,}")

    def name(self, stem: str, index: str) -> str:
        return self._upright(stem) + (f"_{{{self._upright(index.replace('_', ','))}}}" if index else "")

    @staticmethod
    def _upright(word: str) -> str:
        return word if len(word) == 1 else rf"\mathrm{{{word}}}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def row(self, parts: Sequence[str]) -> str:
        return "".join(parts)


class MathMl:
    """MathML, which browsers set by themselves."""

    def sign(self, sign: str) -> str:
        return f"<mo>{escape(sign.strip())}</mo>"

    def number(self, digits: str) -> str:
        return f"<mn>{digits}</mn>"

    def name(self, stem: str, index: str) -> str:
        below = f"<mtext>{escape(index.replace('_', ','))}</mtext>"
        return f"<msub><mi>{escape(stem)}</mi>{below}</msub>" if index else f"<mi>{escape(stem)}</mi>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup>{base}<mn>{exponent}</mn></msup>"

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac>{above}{below}</mfrac>"

    def row(self, parts: Sequence[str]) -> str:
        return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"


def ascii_text(text: str) -> str:
    """Signs of mathematics as programs spell them: K^2*C_in, floor((H - K)/S)."""
    raised = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: f"^{found[0].translate(_DIGITS)}", text)
    return raised.translate(_ASCII_SIGNS)


def latex(line: str) -> str:
    """A formula in LaTeX's math mode; raises FormulaError where it is none."""
    return spelled(line, Latex())


def mathml(line: str) -> str:
    """A formula as `math` elements with equals signs between, where lines may break; raises FormulaError likewise."""
    parts = re.split(r"( = | → )", line)
    return "".join(part if i % 2 else f"<math>{spelled(part, MathMl())}</math>" for i, part in enumerate(parts))


def spelled(line: str, dialect: Dialect) -> str:
    """A formula in a dialect.

    Raises:
        FormulaError: the line does not follow the grammar above.
    """
    tokens = _TOKEN.findall(line)
    if "".join(tokens) != line:
        raise FormulaError(line)
    reader = _Reader([*tokens, ""], dialect)
    made = reader.chain((" = ", " → "), reader.sum)
    if reader.token:
        raise FormulaError(line)
    return made


class _Reader:
    """Goes through the tokens of a line; a method per rule of the grammar."""

    def __init__(self, tokens: Sequence[str], dialect: Dialect) -> None:
        self._tokens, self._dialect, self._at = tokens, dialect, 0
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

    def chain(self, signs: Sequence[str], part: Callable[[], str]) -> str:
        """Parts with signs between them."""
        parts = [part()]
        while self.token in signs:
            parts += [self._dialect.sign(self.take()), part()]
        return self._dialect.row(parts)

    def sum(self) -> str:
        return self.chain((" + ", " − "), self.product)

    def product(self) -> str:
        before = [self._dialect.sign(self.take())] if self.token == "−" else []
        made = self.chain(("·",), self.power)
        if self.token == "/":
            self.take()
            below = self.power()
            made = self._dialect.fraction(self._bare.get(made, made), self._bare.get(below, below))
        return self._dialect.row([*before, made])

    def power(self) -> str:
        base = self.atom()
        exponent = self.token.translate(_DIGITS)
        if exponent == self.token:
            return base
        self.take()
        return self._dialect.power(base, exponent)

    def atom(self) -> str:
        token = self.take()
        if token in _CLOSING:
            return self._within(token, self.sum)
        if token[0].isdecimal():
            return self._dialect.number(token)
        if not token[0].isalpha():
            raise FormulaError("".join(self._tokens))
        stem, _, index = token.partition("_")
        name = self._dialect.name(stem, index)
        return name if self.token != "(" else name + self._within(self.take(), lambda: self.chain((", ",), self.sum))

    def _within(self, opening: str, inside: Callable[[], str]) -> str:
        bare = inside()
        made = self._dialect.row([self._dialect.sign(opening), bare, self._dialect.sign(self.take(_CLOSING[opening]))])
        if opening == "(":
            self._bare[made] = bare
        return made
