"""Formulas as LaTeX, as MathML and in ASCII. Formats that can set a formula take it from its one line of text."""

import re
from collections.abc import Sequence
from html import escape

from netstat.reports._grammar import CUT, DIGITS, FormulaError, pieces
from netstat.units import DIGITS_ABOVE

__all__ = ["FormulaError", "ascii_text", "latex", "latex_lines", "latex_pieces", "mathml"]

_LATEX_SIGNS = {
    "=": " = ",
    "→": r" \to ",
    "+": " + ",
    "−": " - ",
    "·": r" \cdot ",
    ",": ", ",
    "⌊": r"\lfloor ",
    "⌋": r" \rfloor",
    "⌈": r"\lceil ",
    "⌉": r" \rceil",
}
_ASCII_SIGNS = str.maketrans(
    {"·": "*", "−": "-", "→": "->", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "Σ": "sum", "√": "sqrt", "×": "x"}
)
_WIDE = 40  # characters of a line of LaTeX, fractions not counted


class _Latex:
    """LaTeX of math mode."""

    def sign(self, sign: str) -> str:
        return _LATEX_SIGNS.get(sign, sign)

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

    def within(self, opening: str, inside: str, closing: str) -> str:
        """Brackets as high as a fraction in them; not where a line may break between them."""
        if r"\frac" in inside and CUT not in inside:
            return rf"\left{self.sign(opening)}{inside} \right{self.sign(closing).strip()}"
        return self.sign(opening) + inside + self.sign(closing)

    def row(self, parts: Sequence[str]) -> str:
        return "".join(parts)


class _MathMl:
    """MathML, which browsers set by themselves."""

    def sign(self, sign: str) -> str:
        return f"<mo>{escape(sign)}</mo>"

    def number(self, digits: str) -> str:
        return f"<mn>{digits}</mn>"

    def name(self, stem: str, index: str) -> str:
        below = f"<mtext>{escape(index.replace('_', ','))}</mtext>"
        return f"<msub><mi>{escape(stem)}</mi>{below}</msub>" if index else f"<mi>{escape(stem)}</mi>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup>{base}<mn>{exponent}</mn></msup>"

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac>{above}{below}</mfrac>"

    def within(self, opening: str, inside: str, closing: str) -> str:
        return self.row([self.sign(opening), inside, self.sign(closing)])

    def row(self, parts: Sequence[str]) -> str:
        """An element of its own; with cuts in it that could not be taken apart."""
        made = "".join(parts)
        return made if len(parts) == 1 or CUT in made else f"<mrow>{made}</mrow>"


def ascii_text(text: str) -> str:
    """Signs of mathematics as programs spell them: K^2*C_in, floor((H - K)/S)."""
    raised = re.sub(f"[{DIGITS_ABOVE}]+", lambda found: f"^{found[0].translate(DIGITS)}", text)
    return raised.translate(_ASCII_SIGNS)


def latex(line: str) -> str:
    """A formula in LaTeX's math mode; raises FormulaError where it is none."""
    return "".join(pieces(line, _Latex()))


def latex_pieces(line: str) -> list[str]:
    """A formula in LaTeX, a long one in several, between which a line may break; raises FormulaError likewise."""
    first, *rest = pieces(line, _Latex())
    return [first, *("{}" + piece for piece in rest)]  # so that the sign in front is one between two terms


def latex_lines(line: str) -> list[str]:
    """A formula in LaTeX, a long one in lines that fit beside a column or two; raises FormulaError likewise."""
    lines: list[str] = []
    for piece in latex_pieces(line):
        if lines and _width(lines[-1] + piece) <= _WIDE:
            lines[-1] += piece.removeprefix("{}")
        else:
            lines.append(piece)
    return lines


def _width(piece: str) -> int:
    """Characters that stand beside one another, roughly."""
    return len(re.sub(r"\\[a-z]+|[{} ]", "", piece))


def mathml(line: str) -> str:
    """A formula as `math` elements, between which lines may break: at equals signs, and in long sums.

    Raises:
        FormulaError: it is none.
    """
    return "".join(part if part in (" = ", " → ") else _elements(part) for part in re.split("( = | → )", line))


def _elements(line: str) -> str:
    first, *rest = pieces(line, _MathMl())
    between = (piece.replace("<mo>", '<mo form="infix">', 1) for piece in rest)
    return " ".join(f"<math>{piece}</math>" for piece in (first, *between))
