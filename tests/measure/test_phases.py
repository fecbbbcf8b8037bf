"""Phases of a step on clocks that are known: they add up, on the host and in a queue."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat.measure.clock import Stopwatch
from netstat.measure.phases import Phased
from tests.measure.fakes import TICK, FakeClock, FakeDevice

NAMES = ("forward", "loss", "backward", "optimizer")
# Multiples of a power of two, so that sums are exact.
SECONDS = st.integers(0, 2**20).map(lambda ticks: ticks * TICK)


class Host(FakeDevice):
    """A device that the host does the work of."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.host = clock

    def mark(self, clock: object) -> float:
        return self.host.now()


@given(st.tuples(*[SECONDS] * 4), st.integers(1, 5))
def test_each_phase_takes_what_it_takes_and_together_they_are_the_whole(seconds: tuple[float, ...], calls: int) -> None:
    clock = FakeClock()
    stopwatch = Stopwatch(clock, Host(clock))
    phased = Phased({name: partial(clock.spend, took) for name, took in zip(NAMES, seconds, strict=True)}, stopwatch)
    block = stopwatch.time(phased, calls)
    phased.keep(calls)
    assert phased.times == {name: [took] for name, took in zip(NAMES, seconds, strict=True)}
    assert block.wall == calls * sum(seconds)


def test_what_the_marks_cost_is_part_of_the_whole_and_of_the_phases() -> None:
    clock = FakeClock(tick=TICK)
    stopwatch = Stopwatch(clock, Host(clock))
    phased = Phased({name: partial(clock.spend, 0.25) for name in NAMES}, stopwatch)
    assert stopwatch.time(phased).wall == 1.0 + 6 * TICK
    phased.keep()
    assert phased.times == {name: [0.25 + TICK] for name in NAMES}


def test_in_a_queue_a_phase_is_the_devices_time_and_not_the_hosts() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    stopwatch = Stopwatch(clock, device)

    def launch(work: float) -> None:
        clock.spend(2.0**-10)
        device.work(work)

    phased = Phased({"forward": partial(launch, 0.5), "backward": partial(launch, 1.0)}, stopwatch)
    wall = stopwatch.time(phased).wall
    phased.keep()
    assert phased.times == {"forward": [0.5 + 2.0**-10], "backward": [1.0]}  # the queue was empty at first
    assert wall == 1.5 + 2.0**-10


def test_only_the_calls_since_the_last_look_are_kept() -> None:
    clock = FakeClock()
    stopwatch = Stopwatch(clock, Host(clock))
    took = iter([8.0, 1.0, 3.0])
    phased = Phased({"forward": lambda: clock.spend(next(took))}, stopwatch)
    phased()
    phased.forget()
    stopwatch.time(phased, 2)
    phased.keep(2)
    assert phased.times == {"forward": [2.0]}


def test_a_phase_that_raises_is_not_kept() -> None:
    clock = FakeClock()
    phased = Phased({"forward": lambda: clock.spend(1.0), "loss": lambda: 1 / 0}, Stopwatch(clock, Host(clock)))
    with pytest.raises(ZeroDivisionError):
        phased()
    assert phased.times == {"forward": [], "loss": []}
