"""When to start believing the clock and when to stop asking it."""

from collections.abc import Callable, Sequence
from statistics import median
from typing import Protocol

from netstat.measure.clock import Block, Stopwatch, Timer
from netstat.measure.settings import Settings
from netstat.measure.summary import Summary, summarise

Forward = Callable[[], object]
MOST_CALLS = 2**20  # of one block: a call that takes no time at all must not be repeated for ever
LOOK_AGAIN = 1.25  # the interval is computed anew once there are this many times the samples
TELL_EVERY = 0.1  # seconds: telling a terminal costs time and caches, which the next sample would pay for


class Progress(Protocol):
    """Told how far the work is, a few times a second, between the timed stretches."""

    def __call__(self, label: str, fraction: float) -> None:
        """`label` says what is going on; `fraction`, from 0 to 1, of its time limit is gone: it may jump to 1."""
        ...


def silent(label: str, fraction: float) -> None:
    """The `Progress` nobody watches."""


class _Teller:
    """Passes progress on, but not at every call."""

    def __init__(self, progress: Progress, label: str, limit: float) -> None:
        self._progress, self._label, self._limit = progress, label, limit
        self._next = 0.0

    def at(self, elapsed: float) -> None:
        if elapsed >= self._next:
            self._next = elapsed + TELL_EVERY
            self._progress(self._label, min(1.0, elapsed / self._limit))

    def done(self) -> None:
        self._progress(self._label, 1.0)


def warm_up(
    forward: Forward, stopwatch: Stopwatch, settings: Settings, *, label: str = "warm-up", progress: Progress = silent
) -> list[float]:
    """Call `forward` until its time has settled; the seconds each call took, in order."""
    times: list[float] = []
    teller = _Teller(progress, label, settings.warmup_cap)
    start, elapsed = stopwatch.clock.now(), 0.0
    while not _is_warm(times, elapsed, settings):
        times.append(stopwatch.time(forward).seconds)
        elapsed = stopwatch.clock.now() - start
        teller.at(elapsed)
    teller.done()
    return times


def _is_warm(times: Sequence[float], elapsed: float, settings: Settings) -> bool:
    if times and elapsed >= settings.warmup_cap:
        return True
    enough = len(times) >= settings.warmup_calls and elapsed >= settings.warmup_seconds
    return enough and _settled(times, settings.warmup_agreement)


def _settled(times: Sequence[float], agreement: float) -> bool:
    if len(times) < 10:
        return False
    before, last = median(times[-10:-5]), median(times[-5:])
    return abs(last - before) <= agreement * before


def calls_per_block(seconds: float, settings: Settings) -> int:
    """How many calls of `seconds` each make one sample: 1, or the power of two that lasts `settings.block_seconds`."""
    calls = 1
    while calls * seconds < settings.block_seconds and calls < MOST_CALLS:
        calls *= 2
    return calls


def sample(
    forward: Forward,
    stopwatch: Timer,
    settings: Settings,
    *,
    calls: int = 1,
    between: Callable[[int], object] = lambda calls: None,
    label: str = "timing",
    progress: Progress = silent,
) -> list[Block]:
    """Time blocks of `forward` until the median is known well enough or the time is up.

    Args:
        forward: what is timed.
        stopwatch: what times it.
        settings: when to stop.
        calls: how many calls make one block.
        between: run after every block, outside of its time, with the number of calls the block had.
        label: what progress is reported as.
        progress: who is told.
    """
    blocks: list[Block] = []
    teller = _Teller(progress, label, settings.cap_seconds)
    start, elapsed, look = stopwatch.clock.now(), 0.0, settings.samples
    converged = False
    while not converged and not (blocks and elapsed >= settings.cap_seconds):
        blocks.append(stopwatch.time(forward, calls))
        between(calls)
        elapsed = stopwatch.clock.now() - start
        teller.at(elapsed)
        if len(blocks) >= look and elapsed >= settings.seconds:
            look = int(len(blocks) * LOOK_AGAIN) + 1
            converged = has_converged(summarise([block.seconds for block in blocks]), len(blocks), settings)
    teller.done()
    return blocks


def has_converged(summary: Summary, samples: int, settings: Settings) -> bool:
    """Whether there are samples enough and the median's interval is as narrow as asked."""
    return samples >= settings.samples and summary.half_width <= settings.precision
