"""Time of the phases of a piece of work that runs them one after the other, and of the whole."""

from collections.abc import Callable, Mapping
from math import fsum
from typing import Any

from netstat.measure.clock import Stopwatch

Call = Callable[[], object]


class Phased:
    """Runs the phases in order whenever it is called, with a mark of the device's between two of them.

    On a queueing device the marks are events in its queue, so that a phase is the device's own time and the host, which
    runs ahead, is not kept waiting in between. The marks are read by `keep`, once the device is idle.

    Args:
        phases: what runs, by name.
        stopwatch: tells the time.

    Attributes:
        times: per phase the seconds it took, one entry per call of `keep`.
    """

    def __init__(self, phases: Mapping[str, Call], stopwatch: Stopwatch) -> None:
        self._calls = tuple(phases.values())
        self._device, self._clock = stopwatch.device, stopwatch.clock
        self._marks: list[list[Any]] = []
        self.times: dict[str, list[float]] = {name: [] for name in phases}

    def __call__(self) -> None:
        """Once through all phases."""
        mark, clock = self._device.mark, self._clock
        marks = [mark(clock)]
        self._marks.append(marks)
        for call in self._calls:
            call()
            marks.append(mark(clock))

    def forget(self) -> None:
        """Drop what was not kept: warm-up."""
        self._marks.clear()

    def keep(self, calls: int = 1) -> None:
        """Add what each phase took, averaged over the last `calls` calls."""
        runs, self._marks = self._marks[-calls:], []
        for at, times in enumerate(self.times.values()):
            times.append(fsum(self._device.seconds(marks[at], marks[at + 1]) for marks in runs) / len(runs))
