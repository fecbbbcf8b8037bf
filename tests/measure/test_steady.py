"""A stream is timed without a gap, on a clock that does as it is told."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from netstat.measure.clock import Stopwatch
from netstat.measure.devices import find
from netstat.measure.settings import Settings
from netstat.measure.steady import Rhythm, steady
from tests.measure.fakes import FakeClock, FakeDevice

ENOUGH = Settings(samples=6, seconds=0.0, cap_seconds=1e9)


class Workers:
    """Batches that `number` processes make in bursts, each in `seconds`, whether or not anybody waits for them."""

    def __init__(self, clock: FakeClock, number: int, seconds: float) -> None:
        self.clock, self.number, self.seconds = clock, number, seconds
        self.taken = 0

    def __call__(self) -> None:
        ready = (self.taken // self.number + 1) * self.seconds
        self.clock.spend(max(0.0, ready - self.clock.time))
        self.taken += 1


@given(workers=st.integers(1, 16), seconds=st.integers(1, 64))
def test_bursts_of_several_workers_are_evened_out(workers: int, seconds: int) -> None:
    clock = FakeClock()
    stream = Workers(clock, workers, float(seconds))
    samples = steady(stream, Stopwatch(clock, find("cpu")), ENOUGH, Rhythm(2 * workers, workers))
    assert samples == [seconds / workers] * 6


def test_no_batch_is_free_because_the_clock_stood_still() -> None:
    clock = FakeClock()
    stream = Workers(clock, 1, 1.0)

    def look(label: str, fraction: float) -> None:
        clock.spend(0.75)  # telling takes time, and the worker goes on

    samples = steady(stream, Stopwatch(clock, find("cpu")), ENOUGH, Rhythm(2, 1), progress=look)
    assert samples == [1.0] * 6


def test_what_the_consumer_takes_is_part_of_the_window() -> None:
    clock = FakeClock()
    stream = Workers(clock, 1, 1.0)

    def step() -> None:
        stream()
        clock.spend(3.0)

    assert steady(step, Stopwatch(clock, find("cpu")), ENOUGH, Rhythm(2, 1)) == [3.0] * 6


def test_warm_up_is_not_measured_and_a_window_ends_when_the_device_is_idle() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    calls = count()

    def step() -> None:
        device.work(100.0 if next(calls) < 3 else 2.0)

    samples = steady(step, Stopwatch(clock, device), ENOUGH, Rhythm(3, 4))
    assert samples == [2.0] * 6


def test_it_goes_on_until_there_are_samples_and_seconds_enough() -> None:
    clock = FakeClock()
    settings = Settings(samples=3, seconds=10.0, cap_seconds=100.0)
    samples = steady(lambda: clock.spend(1.0), Stopwatch(clock, find("cpu")), settings, Rhythm(0, 1))
    assert len(samples) == 10


def test_the_time_limit_wins_over_every_minimum_but_one_window() -> None:
    clock = FakeClock()
    settings = Settings(samples=20, seconds=1.0, cap_seconds=4.0)
    watch = Stopwatch(clock, find("cpu"))
    assert steady(lambda: clock.spend(1.5), watch, settings, Rhythm(0, 1)) == [1.5] * 3
    assert steady(lambda: clock.spend(9.0), watch, settings, Rhythm(0, 2)) == [9.0]


def test_after_a_look_at_the_samples_one_window_goes_by_unmeasured() -> None:
    clock = FakeClock()
    calls = count(1)
    settings = Settings(samples=4, seconds=0.0, cap_seconds=30.0, precision=0.01)
    samples = steady(lambda: clock.spend(float(next(calls))), Stopwatch(clock, find("cpu")), settings, Rhythm(0, 1))
    assert samples == [1.0, 2.0, 3.0, 4.0, 6.0, 7.0]  # 5 and 8 went by after looks at four and at six samples


def test_progress_is_told_and_ends_with_the_whole() -> None:
    clock = FakeClock()
    told: list[tuple[str, float]] = []
    settings = Settings(samples=2, seconds=0.0, cap_seconds=10.0)
    steady(
        lambda: clock.spend(1.0),
        Stopwatch(clock, find("cpu")),
        settings,
        Rhythm(0, 1),
        label="loading",
        progress=lambda label, fraction: told.append((label, fraction)),
    )
    assert told == [("loading", 0.1), ("loading", 0.2), ("loading", 1.0)]
