"""The device's own time of a call, and the check that the host was done before the device began."""

import pytest

from netstat.measure.clock import Stopwatch
from netstat.measure.queued import HOLD, LENGTHEN, LENGTHENINGS, HeldQueue
from tests.measure.fakes import FakeClock, FakeDevice

LAUNCH, WORK = 2.0**-5, 2.0**-7


class Launches:
    """Takes the host `launch` seconds for each of `pieces` of `WORK`; at the end it may wait for the device."""

    def __init__(self, clock: FakeClock, device: FakeDevice, pieces: int = 4, *, waits: bool = False) -> None:
        self.clock, self.device, self.pieces, self.waits = clock, device, pieces, waits
        self.launch, self.calls = LAUNCH, 0

    def __call__(self) -> None:
        self.calls += 1
        for _ in range(self.pieces):
            self.clock.spend(self.launch)
            self.device.work(WORK)
        if self.waits:
            self.device.synchronize()


def test_the_device_is_read_and_not_the_host_however_slow_it_is() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    forward = Launches(clock, device)
    stopwatch = Stopwatch(clock, device)
    queue = HeldQueue(stopwatch)
    queue.rehearse(forward)
    assert queue.time(forward).seconds == 4 * WORK
    assert stopwatch.time(forward).seconds == 4 * LAUNCH + WORK
    assert (queue.held, queue.broken, queue.passed) == (1, 0, True)
    assert device.held == [HOLD * 4 * LAUNCH]


def test_several_calls_are_one_block() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    forward = Launches(clock, device)
    queue = HeldQueue(Stopwatch(clock, device))
    queue.rehearse(forward)
    block = queue.time(forward, calls=2)
    assert (block.wall, block.seconds, block.calls) == (8 * WORK, 4 * WORK, 2)


def test_a_pause_that_ends_early_is_made_longer_until_the_host_is_done_in_time() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    forward = Launches(clock, device)
    queue = HeldQueue(Stopwatch(clock, device))
    queue.rehearse(forward)
    forward.launch *= 5  # a host that has grown slower than the pause allows for
    assert queue.time(forward).seconds == 4 * WORK
    assert device.held == [HOLD * 4 * LAUNCH * LENGTHEN**times for times in range(3)]
    assert (queue.held, queue.broken) == (1, 0)
    assert queue.time(forward).seconds == 4 * WORK
    assert device.held[3:] == device.held[2:3], "a pause that was long enough stays"


def test_a_pause_of_exactly_the_hosts_time_has_ended_when_the_host_is_done() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    forward = Launches(clock, device)
    queue = HeldQueue(Stopwatch(clock, device))
    queue.rehearse(forward)
    forward.launch *= HOLD
    queue.time(forward)
    assert len(device.held) == 2


@pytest.mark.parametrize("why", ["waits", "full"])
def test_a_host_that_can_never_be_ahead_is_told_on_after_a_few_attempts(why: str) -> None:
    clock = FakeClock()
    device = FakeDevice(clock, depth=3 if why == "full" else float("inf"))
    forward = Launches(clock, device, waits=why == "waits")
    queue = HeldQueue(Stopwatch(clock, device))
    queue.rehearse(forward)
    for _ in range(3):
        assert queue.time(forward).seconds >= 4 * WORK
    assert (queue.held, queue.broken, queue.passed) == (0, 3, False)
    assert forward.calls == 1 + LENGTHENINGS + 3


def test_what_is_to_be_prepared_is_done_before_the_pause() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    forward = Launches(clock, device)
    queue = HeldQueue(Stopwatch(clock, device, prepare=lambda: device.work(1.0)))
    queue.rehearse(forward)
    assert queue.time(forward).seconds == 4 * WORK
    assert clock.time > 1.0
