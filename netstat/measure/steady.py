"""Timing what goes on by itself: worker processes do not stop for a clock that does.

Between two blocks of an ordinary measurement the clock stands still. A loader's workers go on, fill their queues, and
the next block finds batches that took no time. Here the windows follow one another without a gap.
"""

from collections.abc import Callable
from dataclasses import dataclass

from netstat.measure.clock import Stopwatch
from netstat.measure.sampling import LOOK_AGAIN, TELL_EVERY, Progress, has_converged, silent
from netstat.measure.settings import Settings
from netstat.measure.summary import summarise


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a stream is divided.

    Attributes:
        warmup: calls before the first window: until no queue holds what was made before anybody waited.
        window: calls of a window. Workers deliver in bursts; a window takes one batch of each.
    """

    warmup: int
    window: int


def steady(
    step: Callable[[], object],
    stopwatch: Stopwatch,
    settings: Settings,
    rhythm: Rhythm,
    *,
    label: str = "timing",
    progress: Progress = silent,
) -> list[float]:
    """Seconds of one call of `step`, window after window, until their median is known well enough or the time is up.

    Looking at what was measured takes time, so after each look one window goes by unmeasured.
    """
    now = stopwatch.clock.now
    for _ in range(rhythm.warmup):
        step()
    stopwatch.device.synchronize()
    samples: list[float] = []
    look, told = settings.samples, 0.0
    mark = start = now()
    while not samples or mark - start < settings.cap_seconds:
        before, mark = mark, _passed(step, stopwatch, rhythm.window)
        samples.append((mark - before) / rhythm.window)
        if mark - start >= told:
            progress(label, min(1.0, (mark - start) / settings.cap_seconds))
            told = mark - start + TELL_EVERY
        if len(samples) >= look and mark - start >= settings.seconds:
            if has_converged(summarise(samples), len(samples), settings):
                break
            look = int(len(samples) * LOOK_AGAIN) + 1
            mark = _passed(step, stopwatch, rhythm.window)
    progress(label, 1.0)
    return samples


def _passed(step: Callable[[], object], stopwatch: Stopwatch, calls: int) -> float:
    """The time after so many calls, the device idle."""
    for _ in range(calls):
        step()
    stopwatch.device.synchronize()
    return stopwatch.clock.now()
