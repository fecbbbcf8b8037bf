"""A formula's text as people write it, and as LaTeX. Read from the one text that also gives the numbers."""

import ast

from netstat.records.algebra import read

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUM, _PRODUCT, _ATOM = 0, 1, 2  # how tightly what was written holds together
ON_A_LINE = 3  # terms
Written = tuple[str, int]


def pretty(text: str) -> str:
    """N*(64*((H - 7)//4) + 10) as N·(64·⌊(H−7)/4⌋ + 10); `records.algebra.read` reads it back."""
    return _Pretty().write(read(text))[0]


def latex(text: str) -> str:
    r"""The same for LaTeX, in mathematical mode; a long sum goes over several lines, for `aligned`."""
    return _lines(read(text), _Latex())


def _lines(expression: ast.expr, writer: "_Latex") -> str:
    match expression:
        case ast.BinOp(left=left, op=ast.Add(), right=right) if isinstance(right, ast.Constant) and _is_factored(left):
            return f"{_lines(left, writer)} + {writer.write(right)[0]}"
        case ast.BinOp(left=ast.Name() as letter, op=ast.Mult(), right=inside) if _is_factored(expression):
            return rf"{writer.write(letter)[0]} \, \big( {_broken(inside, writer)} \big)"
    return _broken(expression, writer)


def _is_factored(expression: ast.expr) -> bool:
    """Whether it is a letter times a sum."""
    match expression:
        case ast.BinOp(left=ast.Name(), op=ast.Mult(), right=ast.BinOp(op=ast.Add() | ast.Sub())):
            return True
    return False


def _broken(expression: ast.expr, writer: "_Latex") -> str:
    """A sum with a few terms on each line."""
    terms: list[str] = []
    while isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Add | ast.Sub):
        sign, least = ("+", _SUM) if isinstance(expression.op, ast.Add) else ("-", _PRODUCT)
        terms.insert(0, f"{sign} {writer.within(expression.right, least)}")
        expression = expression.left
    terms.insert(0, writer.write(expression)[0])
    return r" \\ & \quad ".join(" ".join(terms[at : at + ON_A_LINE]) for at in range(0, len(terms), ON_A_LINE))


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
