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
    """Three readings; only differences mean anything."""

    def now(self) -> float:
        """Elapsed time, monotonic, of the finest resolution there is."""
        ...

    def cpu_seconds(self) -> float:
        """CPU time this process has used so far, all its threads together, in seconds."""
        ...

    def switches(self) -> int:
        """How often its threads were made to give up a processor so far; 0 where nobody counts."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> float:
        """Seconds of the performance counter."""
        return time.perf_counter_ns() * 1e-9

    def cpu_seconds(self) -> float:
        """Seconds of user and system time of the process."""
        return time.process_time_ns() * 1e-9

    def switches(self) -> int:
        """Involuntary context switches of the process."""
        try:
            from resource import RUSAGE_SELF, getrusage
        except ImportError:  # not on Windows
            return 0
        return getrusage(RUSAGE_SELF).ru_nivcsw


@dataclass(frozen=True, slots=True)
class Block:
    """A timed run of `calls` calls, one after the other.

    Attributes:
        wall: seconds from before the first to after the last, the device idle at both ends.
        cpu: seconds of CPU time the process got in between.
        calls: how many.
        switches: how often threads of the process were made to give up a processor in between.
    """

    wall: float
    cpu: float
    calls: int
    switches: int = 0

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
    """A clock for work on a device, whatever the work: a forward pass, a training step.

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
        switches = self.clock.switches()
        cpu = self.clock.cpu_seconds()
        start = now()
        for _ in range(calls):
            forward()
        synchronize()
        stop = now()
        cpu = self.clock.cpu_seconds() - cpu
        return Block(stop - start, cpu, calls, self.clock.switches() - switches)
