"""The ceilings of a device: the most it computes and the most it moves, here, in one number format."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from netstat.measure import devices, host, precision
from netstat.measure.clock import Block, Stopwatch, SystemClock
from netstat.measure.devices import Device
from netstat.measure.gates import CPU_SHARE_ONE_THREAD, CPU_SHARE_THREADS
from netstat.measure.isolation import isolated
from netstat.measure.probes import LARGEST_ELSEWHERE, LARGEST_ON_HOST, SMALLEST, Work, arithmetic, traffic
from netstat.measure.sampling import Progress, calls_per_block, silent, warm_up
from netstat.measure.settings import DEFAULT, QUICK
from netstat.measure.summary import share
from netstat.records.ceilings import Ceiling, Level, Probe


@dataclass(frozen=True, slots=True)
class Effort:
    """How thoroughly ceilings are measured.

    Attributes:
        seconds: a probe is sampled at least so long.
        step: from one working set to the next, as a factor.
        largest: bytes of the largest working set, None for what the kind of device asks for.
        cap_seconds: once so much time has passed, each further probe is one call: a busy machine takes long enough.
        largest: bytes of the largest working set, None for what the kind of device asks for.
        short: whether it is too little to be kept.
    """

    seconds: float
    step: int
    cap_seconds: float
    largest: int | None = None
    short: bool = False


FULL = Effort(0.04, step=2, cap_seconds=8.0)
SHORT = Effort(0.01, step=4, cap_seconds=1.5, largest=2**26, short=True)
SAMPLES = 3  # of a probe, at least
PATIENCE = 10  # but no further one once so many times its seconds have passed
TOO_LONG = 40  # and none at all where one call is expected to take longer still


def measure(
    device: str | Device = "cpu",
    dtype: str = "float32",
    threads: int | None = None,
    *,
    effort: Effort = FULL,
    progress: Progress = silent,
) -> Ceiling:
    """Run every probe on `device` and keep the fastest call of each.

    Args:
        device: "cpu", "cuda", "cuda:1", or a device itself.
        dtype: a key of `precision.PRECISIONS`.
        threads: CPU threads; None leaves as many as torch has.
        effort: how thoroughly.
        progress: told how far it is.

    Raises:
        UsageError: no such device, dtype or number of threads.
    """
    target = devices.find(device) if isinstance(device, str) else device
    kind = precision.find(dtype)
    run = _Run(Stopwatch(SystemClock(), target), effort, progress)
    with isolated(target, kind, threads) as used:
        works = [*arithmetic(target, kind)]
        run.warm_up(works[0])
        compute = run.all(works, "arithmetic")
        starved = target.on_host and is_starved(run.blocks, used)
        moved = run.all([*traffic(target, kind, _largest(target, effort), effort.step)], "memory")
    return Ceiling(
        device=target.name,
        device_name=target.describe(),
        dtype=kind.name,
        threads=used,
        compute=compute,
        traffic=moved,
        levels=_levels(target, used),
        short=effort.short,
        warnings=("cpu_starved",) if starved else (),
    )


class _Run:
    """Works, one after the other, and the blocks that were timed."""

    def __init__(self, stopwatch: Stopwatch, effort: Effort, progress: Progress = silent) -> None:
        self._stopwatch, self._effort, self._progress = stopwatch, effort, progress
        self._start = stopwatch.clock.now()
        self.blocks: list[Block] = []

    def warm_up(self, work: Work) -> None:
        """Until clocks and threads are up: threads that have slept begin on one processor together."""
        warm_up(work.make(), self._stopwatch, QUICK if self._effort.short else DEFAULT)

    def all(self, works: Sequence[Work], what: str) -> tuple[Probe, ...]:
        """A probe for each work that will not take too long, judged by the fastest arithmetic so far."""
        probes: list[Probe] = []
        for done, work in enumerate(works):
            self._progress(f"ceilings of {self._stopwatch.device.name}: {what}", done / len(works))
            rate = max((probe.flops_per_second for probe in probes), default=0.0)
            if not rate or work.flops <= rate * TOO_LONG * self._effort.seconds:
                probes.append(self._probe(work))
        return tuple(probes)

    def _probe(self, work: Work) -> Probe:
        late = self._stopwatch.clock.now() - self._start >= self._effort.cap_seconds
        blocks = sampled(work, self._stopwatch, 0.0 if late else self._effort.seconds)
        self.blocks += blocks
        fastest = min(block.seconds for block in blocks)
        return Probe(work.name, work.size, work.flops, work.bytes_moved, work.working_set, fastest, len(blocks))


def sampled(work: Work, stopwatch: Stopwatch, seconds: float) -> list[Block]:
    """Blocks of calls of `work`; the first is one call, and shows how many make a block that can be timed."""
    call = work.make()
    blocks = [stopwatch.time(call)]
    calls, elapsed = calls_per_block(blocks[0].seconds, DEFAULT), blocks[0].wall
    while elapsed < seconds or (len(blocks) < SAMPLES and elapsed < PATIENCE * seconds):
        blocks.append(stopwatch.time(call, calls))
        elapsed += blocks[-1].wall
    return blocks


def is_starved(blocks: Sequence[Block], threads: int) -> bool:
    """Whether other programs took CPU time that the threads of these blocks could have used."""
    had = share(fsum(block.cpu for block in blocks), fsum(block.wall for block in blocks)) / threads
    return had < (CPU_SHARE_ONE_THREAD if threads == 1 else CPU_SHARE_THREADS)


def _largest(device: Device, effort: Effort) -> int:
    """The largest working set, no more than a quarter of the memory that is left."""
    largest = effort.largest or (LARGEST_ON_HOST if device.on_host else LARGEST_ELSEWHERE)
    free = device.free_memory()
    while free is not None and largest > max(free // 4, SMALLEST):
        largest //= 2
    return largest


def _levels(device: Device, threads: int) -> tuple[Level, ...]:
    """The caches that hold data: a GPU's is its L2, which all of it shares."""
    if device.on_host:
        return tuple(Level(name, size * -(-threads // sharers)) for name, size, sharers in host.data_caches())
    size = device.environment().get("cuda_l2_bytes")
    return (Level("L2", size),) if size else ()
