"""A formula's text as people write it, and as LaTeX. Read from the one text that also gives the numbers."""

import ast

from netstat.records.algebra import read

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUM, _PRODUCT, _ATOM = 0, 1, 2  # how tightly what was written holds together
Written = tuple[str, int]


def pretty(text: str) -> str:
    """N*(64*((H - 7)//4) + 10) as N·(64·⌊(H−7)/4⌋ + 10); `records.algebra.read` reads it back."""
    return _Pretty().write(read(text))[0]


def latex(text: str) -> str:
    """The same for LaTeX, in mathematical mode."""
    return _Latex().write(read(text))[0]


class _Pretty:
    times, minus = "·", "−"

    def write(self, expression: ast.expr) -> Written:
        match expression:
            case ast.Constant(value=number):
                return str(number), _ATOM
            case ast.Name(id=name):
                return self.letter(name), _ATOM
            case ast.UnaryOp(operand=inside):
                return self.minus + self.within(inside, _PRODUCT), _SUM
            case ast.BinOp(left=left, op=operator, right=right):
                return self.binary(left, operator, right)
            case ast.Call(func=ast.Name(id=name), args=inside):
                return self.function(name, [self.write(each)[0] for each in inside]), _ATOM
        raise AssertionError(expression)

    def binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> Written:
        if isinstance(operator, ast.Mult):
            return self.within(left, _PRODUCT) + self.times + self.within(right, _PRODUCT), _PRODUCT
        if isinstance(operator, ast.FloorDiv):
            return self.floor(left, right), _ATOM
        if isinstance(operator, ast.Pow):
            return self.power(self.within(left, _ATOM), self.write(right)[0]), _ATOM
        sign, least = ("+", _SUM) if isinstance(operator, ast.Add) else (self.minus, _PRODUCT)
        return f"{self.within(left, _SUM)} {sign} {self.within(right, least)}", _SUM

    def within(self, expression: ast.expr, least: int) -> str:
        """In brackets where it would fall apart otherwise."""
        written, binding = self.write(expression)
        return written if binding >= least else self.bracketed(written)

    def letter(self, name: str) -> str:
        return name

    def bracketed(self, written: str) -> str:
        return f"({written})"

    def floor(self, above: ast.expr, below: ast.expr) -> str:
        return f"⌊{self.within(above, _ATOM)}/{self.write(below)[0]}⌋".replace(" ", "")  # so that no line breaks in it

    def power(self, base: str, exponent: str) -> str:
        return base + exponent.translate(SUPERSCRIPTS)

    def function(self, name: str, inside: list[str]) -> str:
        return f"{name}({', '.join(inside)})"


class _Latex(_Pretty):
    times, minus = r" \, ", "-"

    def bracketed(self, written: str) -> str:
        return rf"\left({written}\right)"

    def floor(self, above: ast.expr, below: ast.expr) -> str:
        return rf"\left\lfloor \frac{{{self.write(above)[0]}}}{{{self.write(below)[0]}}} \right\rfloor"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def function(self, name: str, inside: list[str]) -> str:
        return rf"\{name}\left({', '.join(inside)}\right)"
