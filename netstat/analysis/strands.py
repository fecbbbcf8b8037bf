"""What the positions of a tensor see along one dimension of the input, exactly, however they got there."""

from collections.abc import Iterable, Sequence
from itertools import chain
from math import gcd, lcm
from typing import NamedTuple

from netstat.ops.sight import Reach

Span = tuple[int, int]  # first and last position
LONGEST = 4096  # positions after which a pattern has to repeat itself


class Strand(NamedTuple):
    """Position o = q·period + p sees the span spans[p], moved by q·advance; None is nothing at all.

    Input positions are counted from 0 and may lie outside: a span is what it would be without borders.

    Attributes:
        period: after how many positions it repeats itself: 1, unless something was upsampled.
        advance: by how many input positions it has moved on then.
        spans: of the first `period` positions.
    """

    period: int = 1
    advance: int = 1
    spans: tuple[Span | None, ...] = ((0, 0),)

    def at(self, position: int) -> Span | None:
        """What `position` sees."""
        turns, phase = divmod(position, self.period)
        span = self.spans[phase]
        return span and (span[0] + turns * self.advance, span[1] + turns * self.advance)

    def hull(self, positions: Sequence[int]) -> Span | None:
        """What some positions, in their order, see together."""
        if self.period == 1 and len(positions) > 2:
            positions = (positions[0], positions[-1])
        return hull(map(self.at, positions))

    def through(self, reach: Reach) -> "Strand | None":
        """What positions see that see these; None where the pattern is too long to be followed."""
        turns = self.period // gcd(self.period, reach.advance)
        period = reach.period * turns
        if period > LONGEST:
            return None
        spans = tuple(self._behind(reach, position) for position in range(period))
        return Strand(period, self.advance * reach.advance * turns // self.period, spans)

    def _behind(self, reach: Reach, position: int) -> Span | None:
        turns, phase = divmod(position, reach.period)
        taps = reach.taps[phase]
        moved = turns * reach.advance
        return self.hull([tap + moved for tap in taps] if moved else taps)


SAME = Strand()
Strands = tuple[Strand, ...]  # of branches; those that move on at one speed are one


def hull(spans: Iterable[Span | None]) -> Span | None:
    """The span from the first position of all to the last one."""
    there = [span for span in spans if span is not None]
    return (min(first for first, _ in there), max(last for _, last in there)) if there else None


def ends(period: int, size: int) -> Iterable[int]:
    """Positions among `size` among which those of the first and last span are: a period at either end."""
    return range(size) if size <= 2 * period else chain(range(period), range(size - period, size))


def whole(strands: Strands, size: int, limit: int) -> Strand:
    """What all of `size` positions see together of an input of `limit`, which then is what everyone sees."""
    spans = (strand.hull(list(ends(strand.period, size))) for strand in strands)
    seen = hull(spans)
    return Strand(1, 0, (_inside(seen, limit),))


def _inside(span: Span | None, limit: int) -> Span | None:
    clipped = span and (max(span[0], 0), min(span[1], limit - 1))
    return clipped if clipped and clipped[0] <= clipped[1] else None


def joined(left: Strands, right: Strands, size: int, limit: int) -> Strands | None:
    """What `size` positions see that see both; None where the pattern is too long to be followed.

    What stands still swallows what never leaves it, as far as there is an input of `limit`.
    """
    if left == right:
        return left
    found: list[Strand] = list(left)
    for strand in right:
        alike = next((at for at, other in enumerate(found) if _speed(other) == _speed(strand)), None)
        if alike is None:
            found.append(strand)
        elif lcm(found[alike].period, strand.period) > LONGEST:
            return None
        else:
            found[alike] = _together(found[alike], strand)
    still = next((strand.spans[0] for strand in found if not strand.advance), None)
    return tuple(strand for strand in found if not (strand.advance and _within(strand, still, size, limit)))


def _speed(strand: Strand) -> tuple[int, int]:
    shared = gcd(strand.advance, strand.period)
    return strand.advance // shared, strand.period // shared


def _together(one: Strand, other: Strand) -> Strand:
    period = lcm(one.period, other.period)
    spans = tuple(hull((one.at(position), other.at(position))) for position in range(period))
    return Strand(period, one.advance * period // one.period, spans)


def _within(strand: Strand, still: Span | None, size: int, limit: int) -> bool:
    if still is None:
        return False
    seen = whole((strand,), size, limit).spans[0]
    return seen is None or still[0] <= seen[0] <= seen[1] <= still[1]
