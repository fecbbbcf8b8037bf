"""Ranges of channels are what sets of channels are."""

from hypothesis import given
from hypothesis import strategies as st

from netstat.records.ranges import (
    Ranges,
    common,
    entire,
    evenly,
    grouped,
    joined,
    moved,
    number,
    times,
    widened,
    without,
)

SIZE = 24
RANGES = st.lists(st.tuples(st.integers(0, SIZE), st.integers(0, SIZE)), max_size=5).map(joined)


def channels(ranges: Ranges) -> set[int]:
    return {channel for start, stop in ranges for channel in range(start, stop)}


def canonical(found: set[int]) -> Ranges:
    return joined((channel, channel + 1) for channel in found)


@given(RANGES, RANGES)
def test_union_intersection_and_difference_are_those_of_sets(some: Ranges, others: Ranges) -> None:
    a, b = channels(some), channels(others)
    assert joined((*some, *others)) == canonical(a | b)
    assert common(some, others) == canonical(a & b)
    assert without(some, others) == canonical(a - b)
    assert number(some) == len(a)


@given(RANGES, st.integers(1, 4), st.integers(0, 9))
def test_channels_that_become_several_move_or_lie_in_groups(some: Ranges, factor: int, by: int) -> None:
    found = channels(some)
    assert channels(times(some, factor)) == {c * factor + i for c in found for i in range(factor)}
    assert channels(moved(some, by)) == {c + by for c in found}
    assert channels(grouped(some, factor)) == {c // factor for c in found}


@given(RANGES, st.integers(0, 3), st.integers(0, 3))
def test_neighbours_are_those_that_exist(some: Ranges, before: int, after: int) -> None:
    seen = {c + i for c in channels(some) for i in range(-before, after + 1)}
    assert channels(widened(some, before, after, SIZE)) == seen & set(range(SIZE))


@given(st.integers(1, 40), st.integers(1, 9))
def test_channels_are_dealt_out_once_in_order_and_evenly(size: int, ways: int) -> None:
    dealt = evenly(size, ways)
    counts = [number(part) for part in dealt]
    assert len(dealt) == ways
    assert joined(piece for part in dealt for piece in part) == entire(size)
    assert sum(counts) == size
    assert counts == sorted(counts, reverse=True)
    assert counts[0] - counts[-1] <= 1
