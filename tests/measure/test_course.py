"""Every stop rule stops exactly when it should: just not before its threshold, and at it."""

from dataclasses import replace
from itertools import pairwise

import pytest

from netstat.measure.clock import Block
from netstat.measure.sampling import GAIN, LOOK_AGAIN, PATIENCE, Course
from netstat.measure.settings import DEFAULT, QUICK, RIGOROUS, Settings

# Samples of which neither more nor fewer make the interval narrower: it lasts from the smallest to the largest.
WILD = (0.5, 1.5)


def add(course: Course, seconds: float, samples: int = 1, elapsed: float = 0.0, process: int = 0) -> Course:
    course.add([Block(seconds, seconds, 1)] * samples, elapsed, process)
    return course


def test_nineteen_samples_are_too_few_and_twenty_enough() -> None:
    course = add(Course(DEFAULT), 0.1, 19, elapsed=5.0)
    assert (course.stopped, course.wanted) == ("", 1)
    assert add(course, 0.1).stopped == "precise"


def test_less_than_the_least_time_is_too_short() -> None:
    course = add(Course(DEFAULT), 0.1, 20, elapsed=0.999)
    assert course.stopped == ""
    assert add(course, 0.1, elapsed=0.001).stopped == "precise"


@pytest.mark.parametrize(("half", "stopped"), [(0.0101, ""), (0.0099, "precise")])
def test_it_is_precise_at_half_a_width_of_one_percent(half: float, stopped: str) -> None:
    # Of as many samples below as above the interval of the median lasts from the ones to the others.
    course = Course(replace(DEFAULT, seconds=0.0))
    course.add([Block(1.0 + half * (1 - 2 * (index % 2)), 1.0, 1) for index in range(20)], 0.0)
    assert course.summary is not None
    assert course.summary.half_width == pytest.approx(half, rel=1e-6)
    assert course.stopped == stopped


def test_it_has_stalled_when_so_many_looks_have_narrowed_nothing() -> None:
    course, looks, counts = Course(replace(DEFAULT, seconds=0.0, cap_seconds=1e9)), 0, list[int]()
    while not course.stopped:
        wanted = course.wanted
        course.add([Block(WILD[index % 2], 1.0, 1) for index in range(wanted)], 0.0)
        counts.append(course.count)
        looks += 1
    assert (course.stopped, looks) == ("stalled", 1 + PATIENCE)
    assert counts == [20, 26, 33, 42]
    assert all(later == int(LOOK_AGAIN * earlier) + 1 for earlier, later in pairwise(counts))


def test_looks_that_narrow_it_by_a_twentieth_each_go_on() -> None:
    course, width = Course(DEFAULT), 1.0
    for _ in range(4 * PATIENCE):
        width *= 1 - GAIN
        assert course._verdict(width) == ""


def test_small_gains_count_together_and_too_small_ones_do_not() -> None:
    course = Course(DEFAULT)
    assert [course._verdict(width) for width in (1.0, 0.98, 0.96, 0.949, 0.94, 0.93)] == [""] * 6
    assert course._verdict(0.92) == "stalled"


def test_it_is_capped_at_the_cap_and_not_before() -> None:
    course = add(Course(DEFAULT), 5.0, 1, elapsed=9.999)
    assert course.stopped == ""
    assert course.left == pytest.approx(0.001)
    assert add(course, 5.0, elapsed=0.001).stopped == "cap"
    assert course.left == 0


def test_the_cap_needs_a_sample() -> None:
    course = Course(DEFAULT)
    for _ in range(DEFAULT.turns):
        course.add([], 11.0)
    assert course.stopped == ""


def test_the_cap_needs_the_turns_of_every_process() -> None:
    course = Course(DEFAULT, processes=2)
    for process in (0, 0, 0, 1):
        assert add(course, 5.0, elapsed=11.0, process=process).stopped == ""
    assert add(course, 5.0, elapsed=11.0, process=1).stopped == "cap"


def test_what_is_precise_at_the_cap_is_precise() -> None:
    assert add(Course(DEFAULT), 0.1, 20, elapsed=10.0).stopped == "precise"


def test_samples_of_all_processes_count_together() -> None:
    course = Course(DEFAULT, processes=3)
    for process in range(3):
        add(course, 0.1, 7, elapsed=0.4, process=process)
    assert (course.count, course.stopped) == (21, "precise")
    assert [len(series) for series in course.series] == [7, 7, 7]


def test_processes_that_differ_are_not_precise_however_many_samples_they_give() -> None:
    course = Course(replace(DEFAULT, cap_seconds=1e9), processes=3)
    while not course.stopped:
        for process, seconds in enumerate((1.0, 1.05, 1.1)):
            add(course, seconds, 20, elapsed=1.0, process=process)
    assert course.stopped == "stalled"


def test_rigorous_settings_ask_for_more_of_everything_and_quick_ones_for_less() -> None:
    for name in ("samples", "seconds", "cap_seconds", "processes"):
        assert getattr(QUICK, name) < getattr(DEFAULT, name) < getattr(RIGOROUS, name)


def test_a_budget_that_is_shared_is_the_same_budget() -> None:
    shared = Settings(samples=20, seconds=1.0, cap_seconds=9.0, processes=3).shared(3)
    assert (shared.samples, shared.seconds, shared.cap_seconds, shared.processes) == (7, 1 / 3, 3.0, 1)
