"""Sizes in letters, for the operators' rules.

An `Extent` also knows what it is at sample sizes. So a rule may compare sizes and goes on as it does there; on what
that holds is put into a book, and makes up the sizes for which the formula is valid. What no book can say, such as two
expressions that are equal at the samples and are not the same, is refused: nothing is guessed.
"""

from collections.abc import Callable
from typing import Any

from netstat.errors import ModelError
from netstat.graph import TensorSpec
from netstat.ops.terms import FUNCTIONS, ONE, Atom, Book, Terms, added, constant, multiplied, scaled
from netstat.ops.terms_text import text


class UndecidedError(ModelError):
    """A rule asks of letters what only numbers can tell."""


def letter(book: Book, name: str, values: tuple[int, ...]) -> "Extent":
    """A letter, which is a whole number of 1 or more, and what it is at the samples."""
    return Extent(book, {(book.number(Atom("letter", name)),): 1}, values)


def in_letters(spec: TensorSpec) -> "list[Extent]":
    """The sizes of a tensor that are no numbers."""
    sizes: tuple[Any, ...] = spec.shape
    return [size for size in sizes if isinstance(size, Extent)]


class Extent:
    """A size in letters.

    Attributes:
        book: where its atoms are.
        terms: the sum of products.
        values: what it is at each of the sample sizes.
    """

    __slots__ = ("book", "terms", "values")

    def __init__(self, book: Book, terms: Terms, values: tuple[int, ...]) -> None:
        self.book, self.terms, self.values = book, terms, values

    def _of(self, other: Any) -> "Extent | None":
        """The other operand as a size; None where it is none."""
        if isinstance(other, Extent):
            return other
        if isinstance(other, float) and other.is_integer():
            other = int(other)
        if not isinstance(other, int):
            return None
        return Extent(self.book, {ONE: int(other)} if other else {}, (int(other),) * len(self.values))

    def _with(self, other: Any, terms: Callable[[Terms, Terms], Terms], value: Callable[[int, int], int]) -> Any:
        found = self._of(other)
        if found is None:
            return NotImplemented
        values = tuple(value(*pair) for pair in zip(self.values, found.values, strict=True))
        return Extent(self.book, terms(self.terms, found.terms), values)

    def __add__(self, other: Any) -> Any:
        return self._with(other, added, lambda a, b: a + b)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, multiplied, lambda a, b: a * b)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> "Extent":
        return Extent(self.book, scaled(self.terms, -1), tuple(-value for value in self.values))

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: added(a, scaled(b, -1)), lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __pow__(self, power: int) -> Any:
        found: Any = 1
        for _ in range(power):
            found = self * found
        return found

    def __floordiv__(self, other: Any) -> Any:
        return self._with(other, self._quotient, lambda a, b: a // b)

    def __rfloordiv__(self, other: Any) -> Any:
        found = self._of(other)
        return NotImplemented if found is None else found // self

    def __truediv__(self, other: Any) -> Any:
        whole = self // other
        if whole is NotImplemented or constant((whole * other - self).terms) != 0:
            raise UndecidedError(f"{self} is divided by {other} with a rest")
        return whole

    def __mod__(self, other: Any) -> Any:
        return self - self // other * other

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def _quotient(self, above: Terms, below: Terms) -> Terms:
        number = constant(below)
        if number:
            return self.book.floor(above, number)
        if len(below) != 1 or number == 0:
            raise UndecidedError(f"the divisor {text(self.book, below)} is no product")
        ((product, count),) = below.items()
        return {_without(self.book, whole, product): part // _dividing(part, count) for whole, part in above.items()}

    def joined(self, kind: str, other: Any) -> Any:
        """min, max or gcd with another."""
        return self._with(other, lambda a, b: self.book.joined(kind, a, b), FUNCTIONS[kind])

    def __eq__(self, other: object) -> bool:
        if self._of(other) is None:
            return False
        rest = self - other
        if constant(rest.terms) is not None:
            return bool(constant(rest.terms) == 0)
        above, below = min(rest.values) > 0, max(rest.values) < 0
        if not (above or below):
            raise UndecidedError(f"{self} meets {other!s}")
        self.book.require(added(rest.terms if above else scaled(rest.terms, -1), {ONE: -1}))
        return False

    def __hash__(self) -> int:
        return 0  # so that whoever looks for equal ones has to ask `__eq__`

    def _least(self, other: Any, least: int) -> bool:
        """Whether it is the other plus `least` or more."""
        rest: Extent = self - other - least
        number = constant(rest.terms)
        if number is not None:
            return number >= 0
        above, below = min(rest.values) >= 0, max(rest.values) < 0
        if not (above or below):
            raise UndecidedError(f"{self} is compared with {other!s}")
        self.book.require(rest.terms if above else added(scaled(rest.terms, -1), {ONE: -1}))
        return above

    def __ge__(self, other: Any) -> bool:
        return self._least(other, 0)

    def __gt__(self, other: Any) -> bool:
        return self._least(other, 1)

    def __lt__(self, other: Any) -> bool:
        return not self._least(other, 0)

    def __le__(self, other: Any) -> bool:
        return not self._least(other, 1)

    def __bool__(self) -> bool:
        return self != 0

    def __index__(self) -> int:
        raise UndecidedError(f"a number is needed where {self} is")

    __int__ = __float__ = __index__

    def __str__(self) -> str:
        return text(self.book, self.terms)

    __repr__ = __str__


def _dividing(part: int, count: int) -> int:
    if part % count:
        raise UndecidedError(f"{part} is divided by {count} with a rest")
    return count


def _without(book: Book, whole: tuple[int, ...], factors: tuple[int, ...]) -> tuple[int, ...]:
    rest = list(whole)
    for factor in factors:
        if factor not in rest:
            raise UndecidedError(f"a product without {text(book, {(factor,): 1})} is divided by it")
        rest.remove(factor)
    return tuple(rest)
