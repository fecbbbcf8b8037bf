"""The clock runs forward, and the stopwatch reads the stretch it should."""

from netstat.measure.clock import Block, Stopwatch, SystemClock
from netstat.measure.devices import find
from tests.measure.fakes import TICK, FakeClock, FakeDevice


def test_the_machines_clocks_never_run_backwards() -> None:
    clock = SystemClock()
    walls = [clock.now() for _ in range(100)]
    cpus = [clock.cpu_seconds() for _ in range(100)]
    assert walls == sorted(walls)
    assert cpus == sorted(cpus)


def test_a_block_is_the_time_of_its_calls_and_one_reading() -> None:
    clock = FakeClock(tick=TICK, cpus=2.0)
    block = Stopwatch(clock, find("cpu")).time(lambda: clock.spend(0.25), calls=4)
    assert block == Block(wall=1.0 + TICK, cpu=2 * (1.0 + 2 * TICK), calls=4)


def test_a_blocks_seconds_are_those_of_one_call() -> None:
    assert Block(wall=2.0, cpu=1.0, calls=8).seconds == 0.25


def test_a_block_ends_when_the_device_is_done() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    assert Stopwatch(clock, device).time(lambda: device.work(0.5), calls=2).wall == 1.0


def test_work_from_before_is_in_no_block() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    device.work(8.0)
    assert Stopwatch(clock, device).time(lambda: device.work(0.5)).wall == 0.5
