"""A clock and a device whose every reading is known. They implement the protocols; nothing is patched."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from netstat.measure.clock import Clock

TICK = 2.0**-20  # seconds; a power of two, so that sums of times are exact


class FakeClock:
    """Time passes when it is told to, and by `tick` at every reading.

    Args:
        tick: seconds that pass between two readings.
        cpus: CPU seconds the process gets in a second that passes.
        interrupted: how often the process is made to give up its processor in a second that passes.
    """

    def __init__(self, tick: float = 0.0, cpus: float = 1.0, interrupted: float = 0.0) -> None:
        self.time, self.cpu = 0.0, 0.0
        self._tick, self._cpus, self._interrupted = tick, cpus, interrupted

    def now(self) -> float:
        self.spend(self._tick)
        return self.time

    def cpu_seconds(self) -> float:
        return self.cpu

    def switches(self) -> int:
        return int(self.time * self._interrupted)

    def spend(self, seconds: float) -> None:
        self.time += seconds
        self.cpu += seconds * self._cpus

    def __deepcopy__(self, memo: Any) -> "FakeClock":
        return self  # a copied model lives in the same time


class FakeDevice:
    """A device with a queue, as a GPU is: the host runs ahead, and marks can be read once it has waited.

    Args:
        clock: the host's.
        free: bytes that are left.
    """

    name = "fake"
    torch_device = "cpu"
    on_host = False

    def __init__(self, clock: FakeClock, free: int | None = None) -> None:
        self._clock, self._free = clock, free
        self._idle_from = 0.0
        self.held: list[float] = []

    def unavailable(self) -> str:
        return ""

    def describe(self) -> str:
        return "a device made of numbers"

    def environment(self) -> dict[str, Any]:
        return {"fake": True}

    def free_memory(self) -> int | None:
        return self._free

    def active(self) -> AbstractContextManager[object]:
        return nullcontext()

    def work(self, seconds: float) -> None:
        """Queue this much work."""
        self._idle_from = max(self._idle_from, self._clock.time) + seconds

    def synchronize(self) -> None:
        self._clock.spend(max(0.0, self._idle_from - self._clock.time))

    def hold(self, seconds: float) -> None:
        self.held.append(seconds)
        self.work(seconds)

    def mark(self, clock: Clock) -> float:
        return max(self._idle_from, self._clock.time)

    def seconds(self, start: float, stop: float) -> float:
        assert stop <= self._clock.time, "a mark was read before the device was waited for"
        return stop - start

    def __deepcopy__(self, memo: Any) -> "FakeDevice":
        return self
