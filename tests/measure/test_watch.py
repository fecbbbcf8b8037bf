"""Samples taken under throttling are dropped and taken again; sensors are read seldom, and never inside a sample."""

from collections.abc import Callable

import pytest

from netstat.measure.nvidia.nvml import NvmlSensor
from netstat.measure.nvidia.smi import QUESTIONS, SmiSensor, parse, smi_sensor
from netstat.measure.sensors import LIMITS, limits
from netstat.measure.watch import ROUNDS, Taken, Watch, unthrottled
from netstat.records.device_times import THROTTLING, SensorReading
from tests.measure.fakes import FakeClock, FakeSensor

HOT, FINE = ("hw_thermal_slowdown",), ("gpu_idle", "sw_power_cap")


def taker(watch: Watch, clock: FakeClock, count: int = 3) -> Callable[[], list[int]]:
    """Takes `count` samples a second each; they are numbered, so that one knows which were kept."""
    taken: list[int] = []

    def take() -> list[int]:
        for _ in range(count):
            clock.spend(1.0)
            taken.append(len(taken))
            watch.after()
        return taken[-count:]

    return take


def test_without_a_sensor_every_sample_is_good() -> None:
    clock = FakeClock()
    watch = Watch(None, clock)
    assert unthrottled(taker(watch, clock), watch) == Taken([0, 1, 2], 0, throttled=False)
    assert (watch.name, watch.readings) == ("", [])


def test_a_power_cap_and_an_idle_gpu_are_no_throttling() -> None:
    clock = FakeClock()
    watch = Watch(FakeSensor(clock, [FINE]), clock)
    assert unthrottled(taker(watch, clock), watch) == Taken([0, 1, 2], 0, throttled=False)
    assert {reading.limits for reading in watch.readings} == {FINE}


def test_a_sample_beside_a_throttled_reading_is_dropped_and_all_are_taken_again() -> None:
    clock = FakeClock()
    # Read before the first sample and after each; the second of them shows heat: both its neighbours are in doubt.
    sensor = FakeSensor(clock, [FINE, FINE, HOT, FINE, FINE])
    watch = Watch(sensor, clock)
    assert unthrottled(taker(watch, clock), watch) == Taken([0, 3, 4, 5], 2, throttled=False)


def test_samples_between_two_readings_share_their_fate() -> None:
    clock = FakeClock()
    sensor = FakeSensor(clock, [FINE, HOT, FINE], every=2.0)
    watch = Watch(sensor, clock)
    watch.open()
    for _ in range(5):
        clock.spend(1.0)
        watch.after()
    assert watch.close() == [False, False, False, False, True]
    assert sensor.read_at == [0.0, 2.0, 4.0, 5.0]


def test_a_gpu_that_never_cools_down_gives_the_last_round_and_says_so() -> None:
    clock = FakeClock()
    watch = Watch(FakeSensor(clock, [HOT]), clock)
    last = [3 * (ROUNDS - 1) + number for number in range(3)]
    assert unthrottled(taker(watch, clock), watch) == Taken(last, 3 * (ROUNDS - 1), throttled=True)


def test_a_mask_is_read_bit_by_bit() -> None:
    assert limits(0) == ()
    assert limits(0x1 | 0x4 | 0x200) == ("gpu_idle", "sw_power_cap", "bit 0x200")
    assert set(LIMITS.values()) > THROTTLING


class FakeNvml:
    """What `NvmlSensor` uses of pynvml. Temperature is not to be had."""

    NVML_CLOCK_SM, NVML_CLOCK_MEM, NVML_TEMPERATURE_GPU = 1, 2, 0

    class NVMLError(Exception):
        pass

    def nvmlDeviceGetClockInfo(self, handle: str, kind: int) -> int:
        return {1: 1980, 2: 2619}[kind]

    def nvmlDeviceGetPowerUsage(self, handle: str) -> int:
        return 312_500

    def nvmlDeviceGetTemperature(self, handle: str, place: int) -> int:
        raise self.NVMLError("Not Supported")

    def nvmlDeviceGetCurrentClocksEventReasons(self, handle: str) -> int:
        return 0x40


def test_nvml_is_asked_and_what_it_does_not_know_is_none() -> None:
    reading = NvmlSensor(FakeNvml(), "handle").read()
    assert reading == SensorReading(1_980_000_000, 2_619_000_000, None, 312.5, ("hw_thermal_slowdown",))
    assert reading.throttled


def test_a_line_of_nvidia_smi_is_read() -> None:
    assert len(QUESTIONS.split(",")) == 5
    reading = parse("1980, 2619, 45, 312.50, 0x0000000000000004\n")
    assert reading == SensorReading(1_980_000_000, 2_619_000_000, 45, 312.5, ("sw_power_cap",))


@pytest.mark.parametrize("line", ["", "No devices were found", "[N/A], [N/A], [N/A], [N/A], [N/A]"])
def test_a_line_that_says_nothing_reads_as_nothing(line: str) -> None:
    assert parse(line) == SensorReading()


def test_nvidia_smi_is_asked_before_and_after_but_never_between() -> None:
    clock = FakeClock()
    sensor = FakeSensor(clock, every=SmiSensor.every)
    watch = Watch(sensor, clock)
    for _ in range(2):
        assert not unthrottled(taker(watch, clock), watch).dropped
    watch.end()
    assert sensor.read_at == [0.0, 6.0]


def test_a_machine_without_the_program_has_no_such_sensor() -> None:
    assert smi_sensor("GPU-0", program="no-such-program-is-here") is None
