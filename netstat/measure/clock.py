"""What time is read from.

Everything that times takes a `Clock`, so that a test can hand in one whose every reading it knows.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from netstat.measure.devices import Device


class Clock(Protocol):
    """Two readings, in seconds; only differences mean anything."""

    def now(self) -> float:
        """Elapsed time, monotonic, of the finest resolution there is."""
        ...

    def cpu_seconds(self) -> float:
        """CPU time this process has used so far, all its threads together."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> float:
        """Seconds of the performance counter."""
        return time.perf_counter_ns() * 1e-9

    def cpu_seconds(self) -> float:
        """Seconds of user and system time of the process."""
        return time.process_time_ns() * 1e-9


@dataclass(frozen=True, slots=True)
class Block:
    """A timed run of `calls` calls, one after the other.

    Attributes:
        wall: seconds from before the first to after the last, the device idle at both ends.
        cpu: seconds of CPU time the process got in between.
        calls: how many.
    """

    wall: float
    cpu: float
    calls: int

    @property
    def seconds(self) -> float:
        """Seconds of one call."""
        return self.wall / self.calls


class Timer(Protocol):
    """Times blocks of calls, each in its own way."""

    @property
    def clock(self) -> Clock:
        """The host's, by which one tells when to stop."""
        ...

    def time(self, forward: "Callable[[], object]", calls: int = 1) -> Block:
        """Time `calls` calls of `forward`."""
        ...


def nothing() -> None:
    """What there is to prepare where caches stay warm."""


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """A clock for work on a device.

    Attributes:
        clock: the host's.
        device: what the work is done on.
        prepare: run before every block, outside of its time.
    """

    clock: Clock
    device: "Device"
    prepare: "Callable[[], object]" = nothing

    def time(self, forward: "Callable[[], object]", calls: int = 1) -> Block:
        """Time `calls` calls of `forward` on the host's clock, waiting for the device on both sides."""
        now, synchronize = self.clock.now, self.device.synchronize
        self.prepare()
        synchronize()
        cpu = self.clock.cpu_seconds()
        start = now()
        for _ in range(calls):
            forward()
        synchronize()
        stop = now()
        return Block(stop - start, self.clock.cpu_seconds() - cpu, calls)
