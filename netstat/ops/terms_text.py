"""Expressions as text: Python's integer arithmetic, which anybody can read back, or the same as people write it.

`analysis.expressions` writes sympy's expressions likewise. It cannot write these: sympy would take whole numbers out of
floors again, and the algebra system would have to be imported. Nor can this write those: terms are divided by numbers
alone.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from netstat.ops.terms import Atom, Book, Product, Terms, items
from netstat.units import superscript

LAST = 10**9  # where functions stand among floors, which are in the order of their divisors: that of the layers


class Notation(NamedTuple):
    """How operators are written."""

    times: str
    minus: str

    def floor(self, above: str, below: int) -> str:
        """A whole division."""
        return f"({above}//{below})"

    def power(self, base: str, exponent: int) -> str:
        """`base` to a number."""
        return f"{base}**{exponent}"


class _AsPeopleWrite(Notation):
    def floor(self, above: str, below: int) -> str:
        return f"⌊{above}/{below}⌋".replace(" ", "")  # so that no line breaks in it

    def power(self, base: str, exponent: int) -> str:
        return base + superscript(exponent)


PYTHON = Notation("*", "-")
PEOPLE = _AsPeopleWrite("·", "−")


def text(book: Book, terms: Terms, front: Sequence[str] = (), notation: Notation = PYTHON) -> str:
    """An expression on one line: N*(64*((H - 7)//4) + 10), or N·(64·⌊(H−7)/4⌋ + 10).

    Args:
        book: of the atoms.
        terms: the sum of products.
        front: letters, each of which is taken out of the products it is in.
        notation: of PYTHON or of PEOPLE; `records.algebra` reads both.
    """
    write = _Writer(book, notation)
    for name in front:
        number = book.number(Atom("letter", name))
        inside = {_without(product, number): count for product, count in terms.items() if number in product}
        if len(inside) > 1:
            rest = {product: count for product, count in terms.items() if number not in product}
            return f"{name}{notation.times}({write.sum(inside)})" + (f" + {write.sum(rest)}" if rest else "")
    return write.sum(terms)


def _without(product: Product, number: int) -> Product:
    at = product.index(number)
    return product[:at] + product[at + 1 :]


class _Writer:
    def __init__(self, book: Book, notation: Notation) -> None:
        self._book, self._notation = book, notation

    def sum(self, terms: Terms) -> str:
        """Products of most factors first, those of early layers first among them, the number last."""
        ordered = sorted(items(terms), key=lambda item: (-len(item[0]), sorted(map(self._place, item[0]))))
        ordered.sort(key=lambda item: item[1] < 0 and len(ordered) <= 3)  # 2 − s, not −s + 2
        minus = self._notation.minus
        written = "".join(
            f" {minus if count < 0 else '+'} {self._product(item, abs(count))}" for item, count in ordered
        )
        return f"{minus}{written[3:]}" if written.startswith(f" {minus}") else written[3:] or "0"

    def _place(self, number: int) -> tuple[int, int, int]:
        atom = self._book.atoms[number]
        return (atom.divisor if atom.kind in ("letter", "floor") else LAST, self._first(number), number)

    def _first(self, number: int) -> int:
        """The number of the first letter in it."""
        letters = self._book.letters({(number,): 1})
        return min((self._book.number(Atom("letter", name)) for name in letters), default=LAST)

    def _product(self, product: Product, count: int) -> str:
        ordered = sorted(product, key=lambda number: (self._first(number), number))
        powers = [(self._atom(self._book.atoms[number]), len(list(run))) for number, run in groupby(ordered)]
        factors = [self._notation.power(base, power) if power > 1 else base for base, power in powers]
        return self._notation.times.join([*([str(count)] if count > 1 or not factors else []), *factors])

    def _atom(self, atom: Atom) -> str:
        if atom.kind == "letter":
            return atom.name
        inside = [self.sum(dict(argument)) for argument in atom.arguments]
        inside.sort(key=str.isdecimal)  # gcd(H, 6): the number last
        if atom.kind == "sum":
            return f"({inside[0]})"
        if atom.kind != "floor":
            return f"{atom.kind}({', '.join(inside)})"
        above = inside[0] if len(atom.arguments[0]) == 1 else f"({inside[0]})"
        return self._notation.floor(above, atom.divisor)
