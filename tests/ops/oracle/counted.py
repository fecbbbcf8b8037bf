"""A number that counts what is done to it."""

import math
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from netstat.cost import Cost


@dataclass
class Tally:
    """What was done to the numbers of one operator call, and which tensors were touched."""

    macs: int = 0
    multiplies: int = 0
    adds: int = 0
    divides: int = 0
    compares: int = 0
    specials: int = 0
    read: set[Any] = field(default_factory=set)
    written: set[Any] = field(default_factory=set)

    def cost(self) -> Cost:
        return Cost(
            macs=self.macs,
            multiplies=self.multiplies,
            adds=self.adds,
            divides=self.divides,
            compares=self.compares,
            specials=self.specials,
            bytes_read=sum(tensor.nbytes for tensor in self.read),
            bytes_written=sum(tensor.nbytes for tensor in self.written),
        )


class Counted:
    """A float that counts each +, −, ×, ÷, comparison and special function done with it in a shared tally.

    A change of sign is free.
    """

    __slots__ = ("tally", "value")

    def __init__(self, value: float, tally: Tally) -> None:
        self.value = value
        self.tally = tally

    def __repr__(self) -> str:
        return f"Counted({self.value})"

    def __neg__(self) -> "Counted":
        return Counted(-self.value, self.tally)

    def __add__(self, other: "Counted | float") -> "Counted":
        self.tally.adds += 1
        return Counted(self.value + plain(other), self.tally)

    __radd__ = __add__

    def __sub__(self, other: "Counted | float") -> "Counted":
        self.tally.adds += 1
        return Counted(self.value - plain(other), self.tally)

    def __mul__(self, other: "Counted | float") -> "Counted":
        self.tally.multiplies += 1
        return Counted(self.value * plain(other), self.tally)

    __rmul__ = __mul__

    def __truediv__(self, other: "Counted | float") -> "Counted":
        self.tally.divides += 1
        return Counted(self.value / plain(other), self.tally)

    def __rsub__(self, other: float) -> "Counted":
        self.tally.adds += 1
        return Counted(plain(other) - self.value, self.tally)

    def __rtruediv__(self, other: float) -> "Counted":
        self.tally.divides += 1
        return Counted(other / self.value, self.tally)

    def __gt__(self, other: "Counted | float") -> bool:
        self.tally.compares += 1
        return self.value > plain(other)

    def __lt__(self, other: "Counted | float") -> bool:
        self.tally.compares += 1
        return self.value < plain(other)

    def __pow__(self, exponent: float) -> "Counted":
        return self.special(lambda value: value**exponent)

    def exp(self) -> "Counted":
        return self.special(math.exp)

    def sqrt(self) -> "Counted":
        return self.special(math.sqrt)

    def tanh(self) -> "Counted":
        return self.special(math.tanh)

    def special(self, function: Callable[[float], float]) -> "Counted":
        """Any elementary function that is none of the four operations: one special."""
        self.tally.specials += 1
        return Counted(function(self.value), self.tally)


def plain(number: "Counted | float") -> float:
    """The number itself, off the books."""
    return number.value if isinstance(number, Counted) else number


def total(terms: Iterable[Counted]) -> Counted:
    """The sum of m numbers, by m − 1 additions."""
    return reduce(operator.add, terms)


def contraction(pairs: Iterable[tuple[Counted, Counted]]) -> Counted:
    """Σ a·b, where each product taken up into the sum is one multiply-accumulate."""

    def product(a: Counted, b: Counted) -> Counted:
        a.tally.macs += 1
        return a * b

    return total(product(a, b) for a, b in pairs)
