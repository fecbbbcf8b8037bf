"""Where a formula holds: conditions on sizes made into the smallest and largest size of each letter.

A floor of a letter is linear plus something periodic: f(s + P) = f(s) + c. So one period decides for all sizes.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from netstat.ops.terms import ONE, Atom, Book, Terms, added, constant, multiplied, scaled

LONGEST = 20_000  # a period up to which all of its sizes are looked at


class Range(NamedTuple):
    """Sizes of a letter, both ends included; no end where there is none."""

    least: int = 1
    most: int | None = None


class Validity(NamedTuple):
    """Ranges of the letters, and sums of products in several letters that have to be 0 or more."""

    ranges: dict[str, Range]
    others: list[Terms]


class _Course(NamedTuple):
    """A sum of products in one letter: its values over one period from size 1 on, and its growth in each period."""

    values: list[int]
    growth: int

    @property
    def period(self) -> int:
        return len(self.values)


def validity(book: Book, letters: Mapping[str, int]) -> Validity:
    """Where every condition of the book holds; `letters` is a place where they do."""
    found = Validity(dict.fromkeys(letters, Range()), [])
    for terms in _simplest(book, found):
        allowed, course = _one_letter(book, terms), _course(book, terms)
        narrowed = None if course is None else _narrowed(course)
        if allowed is None or narrowed is None:
            found.others.append(terms)
            continue
        low, high = found.ranges[allowed]
        most = [end for end in (high, narrowed.most) if end is not None]
        found.ranges[allowed] = Range(max(low, narrowed.least), min(most, default=None))
    others = [terms for terms in found.others if not _never_negative(book, terms, found.ranges)]
    return found._replace(others=others)


def _simplest(book: Book, found: Validity) -> Iterator[Terms]:
    """The conditions, those without minima and maxima first: by them the others become simpler."""
    waiting = []
    for condition in list(book.conditions):
        if _joins(book, dict(condition)):
            waiting.append(dict(condition))
        else:
            yield dict(condition)
    for terms in waiting:
        yield settled(book, terms, found.ranges)


def _joins(book: Book, terms: Terms) -> bool:
    """Whether there is a minimum or maximum in it, however deep."""
    atoms = (book.atoms[number] for product in terms for number in product)
    return any(
        atom.kind in ("min", "max") or any(_joins(book, dict(each)) for each in atom.arguments) for atom in atoms
    )


def _one_letter(book: Book, terms: Terms) -> str | None:
    letters = book.letters(terms)
    return next(iter(letters)) if len(letters) == 1 else None


def _course(book: Book, terms: Terms) -> _Course | None:
    """None where it is of several letters, not linear, or its period too long."""
    letter = _one_letter(book, terms)
    if letter is None or any(len(product) > 1 for product in terms) or _joins(book, terms):
        return None
    period = book.period(terms)
    if period > LONGEST:
        return None
    values = [book.value(terms, {letter: size}) for size in range(1, period + 2)]
    return _Course(values[:-1], values[-1] - values[0])


def _narrowed(course: _Course) -> Range | None:
    """The sizes from which on, or up to which, all are 0 or more; None where they are not all on one side."""
    growth, period = course.growth, course.period
    if growth == 0:
        return Range() if min(course.values) >= 0 else None
    if growth > 0:  # of each residue the last that fails
        failing = [size + (-(value // growth) - 1) * period for size, value in enumerate(course.values, 1) if value < 0]
        return Range(max(failing, default=0) + 1)
    failing = [size + max(0, value // -growth + 1) * period for size, value in enumerate(course.values, 1)]
    return Range(1, min(failing) - 1)


def settled(book: Book, terms: Terms, ranges: Mapping[str, Range]) -> Terms:
    """Without minima and maxima of which it is the same one at all sizes of the ranges."""
    total: Terms = {}
    for product, count in terms.items():
        factor: Terms = {ONE: count}
        for number in product:
            factor = multiplied(factor, _settled_atom(book, book.atoms[number], ranges))
        total = added(total, factor)
    return total


def _settled_atom(book: Book, atom: Atom, ranges: Mapping[str, Range]) -> Terms:
    if atom.kind == "letter":
        return {(book.number(atom),): 1}
    inside = [settled(book, dict(argument), ranges) for argument in atom.arguments]
    if atom.kind == "floor":
        return book.floor(inside[0], atom.divisor)
    if atom.kind in ("min", "max"):
        a, b = inside
        if _never_negative(book, added(a, scaled(b, -1)), ranges):
            return a if atom.kind == "max" else b
        if _never_negative(book, added(b, scaled(a, -1)), ranges):
            return b if atom.kind == "max" else a
    return book.joined(atom.kind, *inside)


def _never_negative(book: Book, terms: Terms, ranges: Mapping[str, Range]) -> bool:
    """Whether it is 0 or more at all sizes of the ranges; not where that cannot be told."""
    number = constant(terms)
    if number is not None:
        return number >= 0
    letter, course = _one_letter(book, terms), _course(book, terms)
    if letter is None or course is None:
        return _grows(book, terms, ranges)
    if course.growth < 0:
        return False
    low = ranges[letter].least
    return all(_at(course, size) >= 0 for size in range(low, low + course.period))


def _grows(book: Book, terms: Terms, ranges: Mapping[str, Range]) -> bool:
    """Whether it is a sum of products, none of them taken away, of what atoms are above their least."""
    least = {name: range.least for name, range in ranges.items()}
    total: Terms = {}
    for product, count in terms.items():
        factor: Terms = {ONE: count}
        for number in product:
            atom = book.atoms[number]
            if atom.kind == "gcd" or _joins(book, {(number,): 1}):
                return False
            factor = multiplied(factor, added({(number,): 1}, {ONE: book.value({(number,): 1}, least)}))
        total = added(total, factor)
    return all(count >= 0 for count in total.values())


def _at(course: _Course, size: int) -> int:
    periods, rest = divmod(size - 1, course.period)
    return course.values[rest] + periods * course.growth
