"""A forward pass as a graph, and why there is none."""

import pytest

from netstat.measure.clock import Stopwatch
from netstat.measure.devices import find
from netstat.measure.replay import reason, record
from tests.measure.fakes import FakeClock, FakeDevice
from tests.measure.test_queued import LAUNCH, WORK, Launches


def test_a_replay_is_the_devices_work_without_the_hosts() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    forward = Launches(clock, device)
    recording = record(forward, device)
    assert (recording.refused, forward.calls) == ("", 1)
    assert recording.replay is not None
    stopwatch = Stopwatch(clock, device)
    assert stopwatch.time(recording.replay).seconds == 4 * WORK
    assert stopwatch.time(forward).seconds == 4 * LAUNCH + WORK


def test_a_model_that_waits_for_the_device_cannot_be_recorded_and_still_runs() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    forward = Launches(clock, device, waits=True)
    recording = record(forward, device)
    assert (recording.replay, recording.refused) == (None, "operation not permitted when stream is capturing")
    assert Stopwatch(clock, device).time(forward).seconds == 4 * LAUNCH + WORK


def test_a_device_may_refuse() -> None:
    clock = FakeClock()
    assert record(lambda: None, FakeDevice(clock, refuses="no graphs here")).refused == "no graphs here"
    assert record(lambda: None, find("cpu")).refused.startswith("a processor runs no graphs")


def test_the_reason_is_the_first_line_of_what_came_first() -> None:
    def fails() -> None:
        try:
            try:
                raise RuntimeError("\nCUDA error: operation not permitted\nmore about it")
            except RuntimeError as error:
                raise ValueError("the model's forward fails") from error
        finally:
            raise RuntimeError("CUDA error: the recording was invalidated")

    with pytest.raises(RuntimeError) as caught:
        fails()
    assert reason(caught.value) == "CUDA error: operation not permitted"


def test_a_reason_without_words_is_the_name_of_the_error() -> None:
    assert reason(KeyboardInterrupt()) == "KeyboardInterrupt"
