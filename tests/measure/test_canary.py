"""The canary sings at its own pace, and its typical reading is held against its best."""

import pytest

from netstat.measure.canary import REPEATS, Canary, slowdown
from netstat.measure.clock import Stopwatch
from netstat.measure.devices import find
from tests.measure.fakes import TICK, FakeClock


@pytest.mark.torch
def test_a_canary_reads_both_works_a_few_times() -> None:
    readings = Canary(Stopwatch(FakeClock(tick=TICK), find("cpu"))).listen()
    assert len(readings) == REPEATS
    assert all(len(reading) == 2 and min(reading) > 0 for reading in readings)


def test_the_work_that_suffered_most_is_the_one_that_counts() -> None:
    assert slowdown([(1.0, 4.0), (1.0, 6.0), (1.0, 6.0)]) == (6.0, 4.0)


def test_one_slow_reading_is_not_typical() -> None:
    assert slowdown([(1.0,), (1.0,), (9.0,)]) == (1.0, 1.0)


def test_no_readings_and_readings_of_nothing_say_nothing() -> None:
    assert slowdown([]) == ()
    assert slowdown([(0.0, 0.0), (0.0, 0.0)]) == ()
