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
    from netstat.records.formula import Solution

    figure, operator, limit = _parsed(formula, bound)
    sides = [letter.name for letter in formula.letters if letter.name != "N" and letter.name not in sizes]
    base = {**formula.native, **{name: 1 for name in formula.native if name == "N"}, **sizes}
    formula.check(base)
    if not sides:
        raise UsageError(
            f"the formulas of {formula.model} have no size left to be looked for: {', '.join(base)} are given"
        )
    value, most = compiled(figure.expression), limit if operator == "<=" else limit - 1
    least, end, step = _sides(formula, sides)

    def at(side: int) -> int:
        return value({**base, **dict.fromkeys(sides, side)})

    course = _Course(at, step * period(figure.expression), degree(figure.expression, sides))
    side = _largest(figure, formula.model, course, most, range(least, least + course.period, step), end)
    found, further = ({**base, **dict.fromkeys(sides, each)} for each in (side, side + step))
    return Solution(bound.strip(), figure.name, operator, limit, found, at(side), further, at(side + step))


class _Course(NamedTuple):
    """A total by the side of the input: a polynomial of at most this degree along sides a period apart."""

    at: Callable[[int], int]
    period: int
    degree: int

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
    known = [figure.name for figure in formula.figures]
    if name not in known:
        raise UsageError(unknown("figure", name, known))
    limit = parse_number(number.replace(" ", ""))
    if limit < 1:
        raise UsageError(f"'{bound}': the bound must be positive")
    return formula.figure(name), operator.replace("≤", "<="), limit


def _sides(formula: "Formula", sides: Sequence[str]) -> tuple[int, int | None, int]:
    """The least and the largest square input that the formulas hold for, and the step between such."""
    if formula.conditions:
        raise UsageError(
            f"the formulas of {formula.model} hold only where {formula.conditions[0]} is 0 or more: give sizes"
        )
    letters = [letter for letter in formula.letters if letter.name in sides]
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
    if course.degree == 0 and course.at(sides[0]) <= most:
        size = exact(course.at(sides[0]))
        raise UsageError(f"{figure.name} of {model} is {size} at any size: every input satisfies the bound")
    found = [side for start in sides if (side := _last(course, start, most, end)) is not None]
    if not found:
        least = min(course.at(side) for side in sides)
        raise UsageError(
            f"no input of {model} has so few {figure.name}: the least is {exact(least)}, around {sides[0]} a side"
        )
    return max(found)


def _last(course: _Course, start: int, most: int, end: int | None) -> int | None:
    """The last side of a course, from `start` on in steps of a period, at which the figure is at most `most`."""
    early = None
    while not course.rises_from(start):
        early = start if course.at(start) <= most else early
        start += course.period
    if course.at(start) > most or (end is not None and start > end):
        return early
    low, high = 0, 1
    while course.at(start + high * course.period) <= most and (end is None or start + high * course.period <= end):
        low, high = high, 2 * high
    while high - low > 1:
        middle = start + (low + high) // 2 * course.period
        fits = course.at(middle) <= most and (end is None or middle <= end)
        low, high = ((low + high) // 2, high) if fits else (low, (low + high) // 2)
    return start + low * course.period
