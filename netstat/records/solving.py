"""The largest square input at which a bound on a model's total holds.

A total is a polynomial in sizes, floors of sizes and greatest common divisors with constants. Along sizes that are a
period apart it is therefore a plain polynomial of the side, whose differences at the beginning say how it goes on:
where none of them is negative it never falls again. So each of these courses is searched by halves, and the largest of
their answers is the answer; nothing is assumed of how one course stands to another.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import lcm
from typing import TYPE_CHECKING, NamedTuple

from netstat.errors import UsageError
from netstat.records.algebra import compiled, degree, is_piecewise, period
from netstat.registry import unknown
from netstat.units import exact, parse_number

if TYPE_CHECKING:
    from netstat.records.formula import Figure, Formula, Sizes, Solution

BOUND = re.compile(r"\s*([^\W\d]\w*)\s*(<=|<|≤)\s*(\S+(?: [kKMGTmgt]i?B?)?)\s*")
LONGEST = 200_000  # sides in a period that are looked at


def solve(formula: "Formula", bound: str, sizes: "Sizes") -> "Solution":
    """As `Formula.solve`."""
    from netstat.records.formula import Solution, sides

    figure, operator, limit = _parsed(formula, bound)
    asked = sides(name for name in formula.native if name not in sizes)
    base = {**formula.native, **{name: 1 for name in formula.native if name == "N"}, **sizes}
    least, end, step = _sides(formula, asked)
    formula.check(base)
    value, most = compiled(figure.expression), limit if operator == "<=" else limit - 1

    def at(side: int) -> int:
        return value({**base, **dict.fromkeys(asked, side)})

    course = _Course(at, step * period(figure.expression), degree(figure.expression, asked))
    side = _largest(figure, formula.model, course, most, range(least, least + course.period, step), end)
    found, further = ({**base, **dict.fromkeys(asked, each)} for each in (side, side + step))
    return Solution(bound.strip(), figure.name, operator, limit, found, at(side), further, at(side + step))


class _Course(NamedTuple):
    """A total by the side of the input: a polynomial of at most this degree along sides a period apart."""

    at: Callable[[int], int]
    period: int
    degree: int

    def is_level(self, side: int) -> bool:
        """Whether it is the same all along its course."""
        return len({self.at(side + k * self.period) for k in range(self.degree + 1)}) == 1

    def rises_from(self, side: int) -> bool:
        """Whether it never falls from here on along its course: no difference is negative, of whichever order."""
        values = [self.at(side + k * self.period) for k in range(self.degree + 1)]
        while len(values) > 1:
            values = [after - before for before, after in pairwise(values)]
            if values[0] < 0:
                return False
        return True


def _parsed(formula: "Formula", bound: str) -> "tuple[Figure, str, int]":
    """The figure, "<" or "<=", and the number of a bound."""
    found = BOUND.fullmatch(bound)
    if not found:
        raise UsageError(f"'{bound}' is no bound; write for example 'macs < 5G' or 'activation_bytes <= 2GiB'")
    name, operator, number = found.groups()
    known = {figure.name.casefold(): figure.name for figure in formula.figures}
    if name.casefold() not in known:
        raise UsageError(unknown("figure", name, list(known.values())))
    limit = parse_number(number.replace(" ", ""))
    if limit < 1:
        raise UsageError(f"'{bound}': the bound must be positive")
    return formula.figure(known[name.casefold()]), operator.replace("≤", "<="), limit


def _sides(formula: "Formula", names: Sequence[str]) -> tuple[int, int | None, int]:
    """The least and the largest square input that the formulas hold for, and the step between such."""
    if formula.conditions:
        raise UsageError(f"{formula.model} has formulas only where {formula.conditions[0]} is 0 or more: try sizes")
    if not names:
        raise UsageError(f"{formula.model} has no size left to look for: its letters are {', '.join(formula.native)}")
    letters = [letter for letter in formula.letters if letter.name in names]
    step = lcm(*(letter.multiple for letter in letters))
    least = -(-max(letter.least for letter in letters) // step) * step
    ends = [letter.most for letter in letters if letter.most is not None]
    return least, min(ends, default=None), step


def _largest(figure: "Figure", model: str, course: _Course, most: int, sides: range, end: int | None) -> int:
    """The largest side at which the figure is at most `most`.

    Raises:
        UsageError: there is none, or no end of them.
    """
    if is_piecewise(figure.expression) or len(sides) > LONGEST:
        raise UsageError(f"{figure.name} of {model} has minima or periods that no bound can be solved for; try sizes")
    if end is None and any(course.is_level(side) and course.at(side) <= most for side in sides):
        raise UsageError(f"{figure.name} of {model} do not grow with the input: there is no largest one for the bound")
    found = [side for start in sides if (side := _last(course, start, most, end)) is not None]
    if not found:
        least = min(course.at(side) for side in sides)
        raise UsageError(f"no square input of {model} has so few: its least {figure.name} are {exact(least)}")
    return max(found)


def _last(course: _Course, start: int, most: int, end: int | None) -> int | None:
    """The last side of a course, from `start` on in steps of a period, at which the figure is at most `most`."""

    def fits(side: int) -> bool:
        return course.at(side) <= most and (end is None or side <= end)

    early = None
    for _ in range(LONGEST):
        if course.rises_from(start):
            break
        early = start if fits(start) else early
        start += course.period
    if not fits(start):
        return early
    low, high = 0, 1
    while fits(start + high * course.period):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(start + middle * course.period) else (low, middle)
    return start + low * course.period
