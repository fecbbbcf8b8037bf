"""Whole-number expressions in letters: sums of products of letters, floors, minima, maxima, common divisors.

Of plain Python, so that a model's formula is there before an algebra system would be imported.
"""

from collections.abc import Callable, Iterable, Mapping
from math import gcd, lcm
from typing import NamedTuple

Product = tuple[int, ...]  # of atoms, each by its number in the book
Terms = Mapping[Product, int]  # coefficient by product
ONE: Product = ()


class Atom(NamedTuple):
    """What products are made of.

    Attributes:
        kind: "letter", "floor" (of the first of `arguments` over `divisor`), "min", "max", "gcd", or "sum", which is
            written in brackets.
        name: of a letter.
        arguments: sums of products, as sorted items of `Terms`.
        divisor: of a floor.
    """

    kind: str
    name: str = ""
    arguments: tuple[tuple[tuple[tuple[int, ...], int], ...], ...] = ()
    divisor: int = 1


class Book:
    """The atoms of a model's sizes, and the conditions under which its rules go the same way.

    Attributes:
        atoms: by number.
        conditions: sums of products that have to be 0 or more, and where each was met first.
        place: what is being worked out now.
    """

    def __init__(self) -> None:
        self.atoms: list[Atom] = []
        self.conditions: dict[tuple[tuple[tuple[int, ...], int], ...], str] = {}
        self.place = ""
        self._numbers: dict[Atom, int] = {}

    def number(self, atom: Atom) -> int:
        """The number of an atom, a new one where it is new."""
        if atom not in self._numbers:
            self._numbers[atom] = len(self.atoms)
            self.atoms.append(atom)
        return self._numbers[atom]

    def require(self, terms: Terms) -> None:
        """That a sum of products is 0 or more."""
        self.conditions.setdefault(items(terms), self.place)

    def floor(self, terms: Terms, divisor: int) -> Terms:
        """⌊terms / divisor⌋ in its one form: whole parts in front, nested floors folded, 0 ≤ constant < divisor."""
        if divisor < 0:
            terms, divisor = scaled(terms, -1), -divisor
        if len(terms) > 1 or ONE not in terms:
            rest = [count for product, count in terms.items() if product != ONE]
            if rest and max(rest) < 0:  # ⌊−x/d⌋ = −⌊(x + d − 1)/d⌋
                return scaled(self.floor(added(scaled(terms, -1), {ONE: divisor - 1}), divisor), -1)
        whole = {product: count // divisor for product, count in terms.items()}
        part = {product: count % divisor for product, count in terms.items()}
        return added(whole, self._fraction(cleaned(part), divisor))

    def _fraction(self, terms: Terms, divisor: int) -> Terms:
        """⌊terms / divisor⌋ where every coefficient is smaller than the divisor."""
        products = [product for product in terms if product != ONE]
        if not products:
            return {}
        common = gcd(divisor, *(terms[product] for product in products))
        if common > 1:
            return self.floor({p: count // common for p, count in terms.items()}, divisor // common)
        inner = self.atoms[products[0][0]] if len(products) == 1 and len(products[0]) == 1 else None
        if inner is not None and inner.kind == "floor" and terms[products[0]] == 1:
            # ⌊(⌊y/m⌋ + k)/n⌋ = ⌊(y + k·m)/(m·n)⌋ (Knuth, TAOCP 1.2.4, exercise 35)
            constant = {ONE: terms.get(ONE, 0) * inner.divisor}
            return self.floor(added(dict(inner.arguments[0]), constant), inner.divisor * divisor)
        return {(self.number(Atom("floor", "", (items(terms),), divisor)),): 1}

    def joined(self, kind: str, a: Terms, b: Terms) -> Terms:
        """min, max or gcd of two."""
        if kind != "gcd":
            for low, high in ((a, b), (b, a)):
                if self.is_natural(added(high, scaled(low, -1))):
                    return low if kind == "min" else high
        if kind == "gcd" and 1 in (constant(a), constant(b)):
            return {ONE: 1}
        return {(self.number(Atom(kind, "", tuple(sorted((items(a), items(b)))))),): 1}

    def is_natural(self, terms: Terms) -> bool:
        """Whether it is 0 or more at any sizes, as one can see at once: nothing is taken away."""
        atoms = [self.atoms[number] for product in terms for number in product]
        inside = (dict(argument) for atom in atoms for argument in atom.arguments)
        return all(count > 0 for count in terms.values()) and all(map(self.is_natural, inside))

    def value(self, terms: Terms, letters: Mapping[str, int]) -> int:
        """The number at these sizes."""
        known: dict[int, int] = {}

        def whole(terms: Iterable[tuple[tuple[int, ...], int]]) -> int:
            total = 0
            for product, count in terms:
                for number in product:
                    if number not in known:
                        known[number] = one(self.atoms[number])
                    count *= known[number]
                total += count
            return total

        def one(atom: Atom) -> int:
            if atom.kind == "letter":
                return letters[atom.name]
            values = [whole(argument) for argument in atom.arguments]
            return FUNCTIONS[atom.kind](*values) if atom.kind in FUNCTIONS else values[0] // atom.divisor

        return whole(terms.items())

    def letters(self, terms: Terms) -> frozenset[str]:
        """The letters in a sum of products."""
        atoms = {self.atoms[number] for product in terms for number in product}
        inside = (self.letters(dict(argument)) for atom in atoms for argument in atom.arguments)
        return frozenset({atom.name for atom in atoms if atom.kind == "letter"}.union(*inside))

    def degree(self, terms: Terms, letters: Iterable[str]) -> int:
        """How often the letters come together as factors where they do so most."""
        wanted = frozenset(letters)

        def one(number: int) -> int:
            atom = self.atoms[number]
            if atom.kind == "letter":
                return int(atom.name in wanted)
            if atom.kind == "gcd":  # never more than the constant in it
                return min(self.degree(dict(argument), wanted) for argument in atom.arguments)
            return max(self.degree(dict(argument), wanted) for argument in atom.arguments)

        return max((sum(map(one, product)) for product in terms), default=0)

    def period(self, terms: Terms) -> int:
        """The least step at which every floor and gcd comes to the same again, but for what grows with the step."""
        return lcm(*(self._period(self.atoms[number]) for product in terms for number in product))

    def _period(self, atom: Atom) -> int:
        inside = lcm(*(self.period(dict(argument)) for argument in atom.arguments))
        if atom.kind == "gcd":
            constants = [constant(dict(argument)) for argument in atom.arguments]
            return inside * next((abs(found) for found in constants if found), 1)
        return inside * atom.divisor


FUNCTIONS: dict[str, Callable[..., int]] = {"min": min, "max": max, "gcd": gcd}


def items(terms: Terms) -> tuple[tuple[tuple[int, ...], int], ...]:
    """In an order that equal sums share."""
    return tuple(sorted(terms.items()))


def constant(terms: Terms) -> int | None:
    """The number that a sum is, None where there are letters in it."""
    return terms.get(ONE, 0) if all(product == ONE for product in terms) else None


def added(a: Terms, b: Terms) -> Terms:
    """The sum of two."""
    total = dict(a)
    for product, count in b.items():
        total[product] = total.get(product, 0) + count
    return cleaned(total)


def scaled(terms: Terms, factor: int) -> Terms:
    """Each coefficient times `factor`."""
    return {product: count * factor for product, count in terms.items() if factor}


def multiplied(a: Terms, b: Terms) -> Terms:
    """The product of two."""
    total: dict[tuple[int, ...], int] = {}
    for left, count in a.items():
        for right, other in b.items():
            product = tuple(sorted(left + right))
            total[product] = total.get(product, 0) + count * other
    return cleaned(total)


def cleaned(terms: Terms) -> Terms:
    """Without products that are not there."""
    return {product: count for product, count in terms.items() if count}
