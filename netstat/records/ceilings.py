"""What a device can do at most, as measured: work and seconds of each probe; rates are computed from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from netstat.records.base import Record

MEMORY = "memory"  # the level behind the last cache


@dataclass(frozen=True, slots=True)
class Probe:
    """One piece of work and the shortest time it took.

    The shortest, because a ceiling is what the device does when nothing disturbs it, and a disturbance only ever makes
    a sample longer; a latency is what a user waits for, disturbances included, and therefore a median.

    Attributes:
        name: what ran: "matrix product", "convolution", "copy", …
        size: of what: "1024×1024×1024", "4.00 MiB".
        flops: elementary operations by netstat's own formulas.
        bytes_moved: bytes read and written, each tensor once.
        working_set: bytes of the tensors it works on.
        seconds: of the fastest call.
        samples: blocks of calls that were timed.
    """

    name: str
    size: str
    flops: int
    bytes_moved: int
    working_set: int
    seconds: float
    samples: int

    @property
    def flops_per_second(self) -> float:
        """Operations over seconds."""
        return self.flops / self.seconds

    @property
    def bytes_per_second(self) -> float:
        """Bytes over seconds."""
        return self.bytes_moved / self.seconds


@dataclass(frozen=True, slots=True)
class Level:
    """A cache: its name ("L2") and the bytes of it that all threads together have."""

    name: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What one device does at most, in one number format, with so many threads.

    Attributes:
        device, device_name, dtype, threads: as in a `Benchmark`.
        compute: probes whose arithmetic takes the time.
        traffic: probes whose memory traffic does, by working set.
        levels: the caches, smallest first.
        short: measured in a hurry: lower than what a longer look finds.
        warnings: keys of `WARNINGS`.
    """

    device: str
    device_name: str
    dtype: str
    threads: int
    compute: tuple[Probe, ...]
    traffic: tuple[Probe, ...]
    levels: tuple[Level, ...] = ()
    short: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def fastest(self) -> Probe:
        """The probe that sets the compute roof."""
        return max(self.compute, key=lambda probe: probe.flops_per_second)

    @property
    def flops_per_second(self) -> float:
        """The compute roof: the best of matrix products and convolutions."""
        return self.fastest.flops_per_second

    @property
    def macs_per_second(self) -> float:
        """The compute roof in multiply-accumulates, two operations each."""
        return self.flops_per_second / 2

    def widest(self, working_set: int) -> Probe:
        """The probe that sets the memory roof of a working set, in bytes: the best of its own size and all above.

        Its own size is the largest measured one that is not larger. Bandwidth falls as the working set grows, so what
        was reached there cannot be exceeded with more bytes, and taking the neighbour above, or a mean of the two,
        might set the roof too low. Where a larger size was faster all the same, the smaller one spent its time on
        being started, and did not show the bandwidth that is there.
        """
        floor = max((p.working_set for p in self.traffic if p.working_set <= working_set), default=0)
        return max((p for p in self.traffic if p.working_set >= floor), key=lambda probe: probe.bytes_per_second)

    def bytes_per_second(self, working_set: int) -> float:
        """The memory roof of a working set of so many bytes; it never rises as the working set grows."""
        return self.widest(working_set).bytes_per_second

    def level(self, working_set: int) -> str:
        """The smallest cache with a roof that so many bytes fit into ("L2"); "memory" where they fit into none."""
        return next((cache.name for cache in self._measured if working_set <= cache.capacity), MEMORY)

    @property
    def roofs(self) -> tuple[tuple[str, float], ...]:
        """Name and bytes per second of each level, of half its capacity: the other half holds what else is going on.

        That of memory is of the largest working set. A cache smaller than the smallest one has none.
        """
        cached = [(cache.name, self.bytes_per_second(cache.capacity // 2)) for cache in self._measured]
        largest = max((probe.working_set for probe in self.traffic), default=0)
        return (*cached, (MEMORY, self.bytes_per_second(largest)))

    @property
    def _measured(self) -> list[Level]:
        least = min((probe.working_set for probe in self.traffic), default=0)
        return [cache for cache in self.levels if cache.capacity // 2 >= least]


# Every warning there is, worded for the reader.
WARNINGS = {
    "cpu_starved": "ceilings are too low, and not kept: the process got less CPU time than its threads could use",
}


@dataclass(frozen=True)
class Ceilings(Record):
    """Ceilings of one or several devices, number formats, numbers of threads. Behaves as a sequence of `Ceiling`."""

    kind: ClassVar[str] = "ceilings"

    ceilings: tuple[Ceiling, ...]
    environment: dict[str, Any]

    def __getitem__(self, index: int) -> Ceiling:
        return self.ceilings[index]

    def __len__(self) -> int:
        return len(self.ceilings)


def best(ceilings: Sequence[Ceiling], kind: str, dtypes: Sequence[str]) -> Ceiling | None:
    """The highest compute roof among the devices of a kind ("cpu", "cuda") in one of the number formats."""
    found = (c for c in ceilings if c.device.partition(":")[0] == kind and c.dtype in dtypes)
    return max(found, key=lambda ceiling: ceiling.flops_per_second, default=None)
