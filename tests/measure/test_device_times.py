"""The figures of a device with a queue, exact on one that is known."""

from typing import Any

import pytest

from netstat.measure.clock import Stopwatch
from netstat.measure.cold import LEAST, flusher
from netstat.measure.device_times import device_times
from netstat.measure.devices import find
from netstat.measure.settings import DEFAULT, QUICK, Settings
from netstat.measure.watch import Taken, Watch
from netstat.records.device_times import DeviceTimes
from tests.measure.fakes import FakeClock, FakeDevice, FakeSensor
from tests.measure.test_queued import LAUNCH, WORK, Launches

SHORT = Settings(samples=4, seconds=0.0)


def measured(device: FakeDevice, clock: FakeClock, *, waits: bool = False, **options: Any) -> DeviceTimes:
    forward = Launches(clock, device, waits=waits)
    times = device_times(forward, Stopwatch(clock, device), SHORT, **options)
    assert times is not None
    return times


def test_device_time_replay_and_what_launching_costs() -> None:
    clock = FakeClock()
    times = measured(FakeDevice(clock), clock)
    assert (times.device_seconds, times.device_ci95_seconds) == (4 * WORK, (4 * WORK, 4 * WORK))
    assert (times.graph_seconds, times.graph_ci95_seconds) == (4 * WORK, (4 * WORK, 4 * WORK))
    assert (times.device_samples, times.graph_samples) == ((4 * WORK,) * 4, (4 * WORK,) * 4)
    assert (times.queue_held, times.graph_refused, times.throttled, times.throttled_samples) == (True, "", False, 0)
    latency = 4 * LAUNCH + WORK
    assert times.launch_overhead(latency) == 4 * LAUNCH - 3 * WORK


def test_a_model_that_cannot_be_recorded_has_no_replay_and_a_reason() -> None:
    clock = FakeClock()
    times = measured(FakeDevice(clock), clock, waits=True)
    assert (times.graph_seconds, times.graph_ci95_seconds, times.graph_samples) == (None, None, ())
    assert times.graph_refused == "operation not permitted when stream is capturing"
    assert not times.queue_held


def test_a_processor_has_no_such_times() -> None:
    assert device_times(lambda: None, Stopwatch(FakeClock(), find("cpu")), SHORT) is None


def test_readings_begin_with_those_of_the_eager_samples_and_drops_are_counted_together() -> None:
    clock = FakeClock()
    sensor = FakeSensor(clock, [()] * 3 + [("hw_slowdown",), ()])
    watch = Watch(sensor, clock)
    watch.open()
    eager = Taken([], dropped=5, throttled=False)
    times = measured(FakeDevice(clock), clock, watch=watch, eager=eager)
    assert times.sensor == "a sensor made of numbers"
    assert len(times.readings) == len(sensor.read_at)
    assert times.throttled_samples == 5 + 2
    assert not times.throttled
    assert len(times.device_samples) == 2 + 4  # two of the first four, and four again


def test_a_device_that_is_throttled_throughout_says_so() -> None:
    clock = FakeClock()
    device = FakeDevice(clock, sensor=FakeSensor(clock, [("sw_thermal_slowdown",)]))
    times = measured(device, clock)
    assert times.throttled
    assert times.device_samples == (4 * WORK,) * 4


def test_each_figure_tells_its_progress() -> None:
    clock, told = FakeClock(), list[str]()
    measured(FakeDevice(clock), clock, progress=lambda label, fraction: told.append(label))
    assert list(dict.fromkeys(told)) == ["device time on fake", "replay on fake"]


@pytest.mark.parametrize("settings", [DEFAULT, QUICK])
def test_a_queue_is_warmed_up_for_longer(settings: Settings) -> None:
    warm = settings.for_queue()
    assert warm.warmup_calls >= 10
    assert warm.warmup_cap > warm.warmup_seconds >= 0.5
    assert warm.seconds == settings.seconds
    assert Settings(warmup_calls=99, warmup_seconds=4.0).for_queue().warmup_calls == 99


@pytest.mark.torch
def test_cold_caches_are_filled_with_something_else() -> None:
    class Large(FakeDevice):
        def cache_bytes(self) -> int:
            return 4096

    assert flusher(FakeDevice(FakeClock()), least=5000)().numel() == 5000  # type: ignore[attr-defined]
    assert flusher(Large(FakeClock()), least=5000)().numel() == 8192  # type: ignore[attr-defined]
    assert LEAST == 256 * 2**20
    assert find("cpu").cache_bytes() >= 0
