"""A clock and a device whose every reading is known. They implement the protocols; nothing is patched."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from math import inf
from typing import Any

from netstat.measure.clock import Clock
from netstat.measure.sensors import Sensor
from netstat.records.device_times import SensorReading

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


class FakeSensor:
    """A sensor that reads what it is told to, and tells when it was read.

    Args:
        clock: the host's.
        limits: of one reading after the other; the last stays.
        every: seconds between two readings, at least.
    """

    name = "a sensor made of numbers"

    def __init__(self, clock: FakeClock, limits: Iterable[tuple[str, ...]] = (), every: float = 0.0) -> None:
        self._clock, self._limits = clock, list(limits) or [()]
        self.every = every
        self.read_at: list[float] = []

    def read(self) -> SensorReading:
        self.read_at.append(self._clock.time)
        limits = self._limits.pop(0) if len(self._limits) > 1 else self._limits[0]
        return SensorReading(1_980_000_000, 2_619_000_000, 45, 312.5, limits)


class FakeDevice:
    """A device with a queue, as a GPU is: the host runs ahead, and marks can be read once it has waited.

    Args:
        clock: the host's.
        free: bytes that are left.
        depth: pieces of work the queue holds; giving it more makes the host wait for room, as on a GPU.
        refuses: why nothing can be recorded, "" where it can.
        sensor: what it is watched with.
    """

    name = "fake"
    torch_device = "cpu"
    on_host = False

    def __init__(
        self,
        clock: FakeClock,
        free: int | None = None,
        *,
        depth: float = inf,
        refuses: str = "",
        sensor: Sensor | None = None,
    ) -> None:
        self._clock, self._free, self._depth, self._refuses, self._sensor = clock, free, depth, refuses, sensor
        self._ends: list[float] = []  # when each queued piece of work is done
        self._recorded: list[float] | None = None
        self._held, self._peak = 0, 0
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
        if self._recorded is not None:
            self._recorded.append(seconds)
            return
        running = [end for end in self._ends if end > self._clock.time]
        if len(running) >= self._depth:
            self._clock.spend(running[0] - self._clock.time)
        self._ends = [*running, max(self._idle_from, self._clock.time) + seconds]

    @property
    def _idle_from(self) -> float:
        return self._ends[-1] if self._ends else 0.0

    def allocate(self, size: int) -> None:
        """Take memory; give it back where `size` is negative."""
        self._held += size
        self._peak = max(self._peak, self._held)

    def synchronize(self) -> None:
        if self._recorded is not None:
            raise RuntimeError("operation not permitted when stream is capturing")
        self._clock.spend(max(0.0, self._idle_from - self._clock.time))

    def hold(self, seconds: float) -> None:
        self.held.append(seconds)
        self.work(seconds)

    def mark(self, clock: Clock) -> float:
        return max(self._idle_from, self._clock.time)

    def reached(self, mark: float) -> bool:
        return mark <= self._clock.time

    def seconds(self, start: float, stop: float) -> float:
        assert stop <= self._clock.time, "a mark was read before the device was waited for"
        return stop - start

    def capture(self, forward: Callable[[], object]) -> Callable[[], object]:
        if self._refuses:
            raise RuntimeError(self._refuses)
        self._recorded = recorded = []
        try:
            forward()
        finally:
            self._recorded = None
        return lambda: self.work(sum(recorded))

    def cache_bytes(self) -> int:
        return 0

    def forget_peaks(self) -> None:
        self._peak = self._held

    def memory(self) -> Mapping[str, int] | None:
        blocks = -(-self._peak // 512) * 512  # rounded up, as a GPU's allocator does
        return {
            "before": self._held,
            "requested": self._peak,
            "allocated": blocks,
            "reserved": 2 * blocks,
            "taken": 2 * blocks + 1000,
        }

    def sensor(self) -> Sensor | None:
        return self._sensor

    def __deepcopy__(self, memo: Any) -> "FakeDevice":
        return self
