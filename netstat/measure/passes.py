"""Forward passes with hooks in place."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from netstat.measure.clock import Stopwatch
from netstat.measure.hooks import Hook, Key, Reading, installed
from netstat.measure.queued import HOLD, LENGTHEN, LENGTHENINGS
from netstat.measure.sampling import Forward

Times = dict[tuple[Key, int], list[float]]  # seconds, by what was called and how often it was called before


class Passes:
    """Runs hooked forward passes.

    Args:
        forward: makes one.
        stopwatch: tells the time.

    Attributes:
        mark: for the hooks: a point in the course of the device's work.
        readings: where the hooks put them.
    """

    def __init__(self, forward: Forward, stopwatch: Stopwatch) -> None:
        self._forward = forward
        self._clock, self._device, self._prepare = stopwatch.clock, stopwatch.device, stopwatch.prepare
        # On the host a mark is the time, and to ask the clock itself spares two calls.
        self.mark: Callable[[], Any] = (
            self._clock.now if self._device.on_host else partial(self._device.mark, self._clock)
        )
        self.readings: list[Reading] = []
        self._hold, self._lengthenings = 0.0, 0

    def rehearse(self, hooks: Sequence[Hook]) -> None:
        """One pass that is not kept, to see how long the host takes to queue one."""
        start = self._clock.now()
        with installed(hooks):
            self._forward()
        self._hold = HOLD * (self._clock.now() - start)
        self._device.synchronize()

    def run(self, hooks: Sequence[Hook], calls: int, times: Times) -> list[float]:
        """`calls` passes; adds what the hooks read to `times`, and gives back the seconds of each pass."""
        with installed(hooks):
            return [self._one(times) for _ in range(calls)]

    def _one(self, times: Times) -> float:
        """Seconds of a pass; behind a longer pause once more where the host was not ahead of the device."""
        seconds, ahead = self._pass()
        while not ahead and self._lengthenings < LENGTHENINGS:
            self._hold *= LENGTHEN
            self._lengthenings += 1
            seconds, ahead = self._pass()
        self._keep(times)
        return seconds

    def _pass(self) -> tuple[float, bool]:
        self.readings.clear()
        self._prepare()
        self._device.hold(self._hold)
        start = self.mark()
        self._forward()
        stop = self.mark()
        ahead = self._device.on_host or not self._device.reached(start)
        self._device.synchronize()
        return self._device.seconds(start, stop), ahead

    def _keep(self, times: Times) -> None:
        seen: dict[Key, int] = {}
        for key, start, stop in self.readings:
            call = seen[key] = seen.get(key, -1) + 1
            times.setdefault((key, call), []).append(self._device.seconds(start, stop))
