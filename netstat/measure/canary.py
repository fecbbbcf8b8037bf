"""A fixed piece of work beside the one that is timed: where it takes longer than it can, the machine is to blame.

CPU time does not show everything. A neighbour on the same memory, a hypervisor that takes the core away, or a lower
clock slow a process that has all the CPU time it asks for, and samples that are all slow alike have no spread.
"""

from collections.abc import Callable, Sequence
from statistics import median

from netstat.measure.clock import Stopwatch

SIDE = 256  # of the matrices: 34 million operations
VALUES = 2**20  # float32 to copy: 4 MiB
CALLS = {"product": 12, "copy": 4}  # of one reading: some milliseconds, so that a single hiccup does not decide
REPEATS = 2


class Canary:
    """A small matrix product, which lives off the arithmetic units, and a copy, which lives off memory."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        from torch import empty_like, matmul, ones

        a = ones(SIDE, SIDE)
        product, source = empty_like(a), ones(VALUES)
        target = empty_like(source)
        self._works: dict[str, Callable[[], object]] = {
            "product": lambda: matmul(a, a, out=product),
            "copy": lambda: target.copy_(source),
        }
        self._stopwatch = stopwatch

    def listen(self) -> list[tuple[float, ...]]:
        """Seconds of one call of each, a few times over."""
        rounds = [self._readings(work, CALLS[name]) for name, work in self._works.items()]
        return list(zip(*rounds, strict=True))

    def _readings(self, work: Callable[[], object], calls: int) -> list[float]:
        work()  # fetches what it works on, and is not kept
        return [self._stopwatch.time(work, calls).seconds for _ in range(REPEATS)]


def slowdown(readings: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Typical and best reading, in seconds, of the work that suffered most; () where there is none that takes time."""
    works = [times for times in zip(*readings, strict=True) if min(times) > 0]
    return max(((median(times), min(times)) for times in works), key=lambda pair: pair[0] / pair[1], default=())
