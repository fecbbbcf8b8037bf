"""The peak of a device's memory around a call."""

from netstat.measure.device_memory import peak_memory
from netstat.measure.devices import find
from netstat.records.device_memory import DeviceMemory
from tests.measure.fakes import FakeClock, FakeDevice


def test_the_peak_is_the_calls_own_and_what_was_there_is_part_of_it() -> None:
    device = FakeDevice(FakeClock())
    device.allocate(10_000)
    device.allocate(-9_000)  # an earlier peak is forgotten

    def call() -> None:
        device.allocate(500)
        device.allocate(-500)

    memory = peak_memory(call, device)
    assert memory == DeviceMemory(before=1000, requested=1500, allocated=1536, reserved=3072, taken=4072)
    assert memory is not None
    assert (memory.rounding, memory.kept, memory.outside) == (36, 1536, 1000)


def test_the_waterfall_adds_up() -> None:
    memory = DeviceMemory(before=1, requested=10, allocated=12, reserved=20, taken=50)
    assert memory.requested + memory.rounding + memory.kept + memory.outside == memory.taken


def test_on_the_cpu_nobody_keeps_count_and_nothing_is_called() -> None:
    called: list[int] = []
    assert peak_memory(lambda: called.append(1), find("cpu")) is None
    assert called == []
