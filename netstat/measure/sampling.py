"""When to start believing the clock and when to stop asking it."""

from collections.abc import Callable, Sequence
from math import inf
from statistics import median
from typing import Protocol

from netstat.measure.clock import Block, Stopwatch, Timer
from netstat.measure.settings import Settings
from netstat.measure.summary import Summary, summarise

Forward = Callable[[], object]
MOST_CALLS = 2**20  # of one block: a call that takes no time at all must not be repeated for ever
LOOK_AGAIN = 1.25  # the interval is computed anew once there are this many times the samples
GAIN, PATIENCE = 0.05, 3  # looks that narrow it by less than this share, so often in succession: more are of no use
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


class Course:
    """The course of sampling: what was taken so far, and whether to go on.

    The interval is looked at when there are samples and seconds enough, and then whenever there are a quarter more
    samples. It is over, and `stopped` says why, when

    - "precise": half the interval's width is within the settings' precision;
    - "stalled": `PATIENCE` looks in succession have not narrowed the narrowest so far by `GAIN`. Where samples help,
      each look narrows it by a tenth (√1.25); what is left is the difference between processes, or the machine's;
    - "cap": the time is up, and every process has had its turns.

    Args:
        settings: how many, how long, how well.
        processes: how many take samples.
    """

    def __init__(self, settings: Settings, processes: int = 1) -> None:
        self.settings = settings
        self.blocks: list[list[Block]] = [[] for _ in range(processes)]
        self._turns = [0] * processes
        self.elapsed = 0.0
        self.stopped = ""
        self._look = settings.samples
        self._narrowest = inf
        self._in_vain = 0
        self.summary: Summary | None = None

    def add(self, blocks: Sequence[Block], elapsed: float, process: int = 0) -> None:
        """Take in what a process timed within `elapsed` seconds, and look whether that is enough."""
        self.blocks[process] += blocks
        self._turns[process] += 1
        self.elapsed += elapsed
        if self.count >= self._look and self.elapsed >= self.settings.seconds:
            self._look = int(self.count * LOOK_AGAIN) + 1
            self.summary = summarise(*self.series)
            self.stopped = self._verdict(self.summary.half_width)
        if not self.stopped and not self.left and self._all_had_turns():
            self.stopped = "cap"

    def _all_had_turns(self) -> bool:
        return min(self._turns) >= self.settings.turns and all(self.blocks)

    def _verdict(self, half_width: float) -> str:
        if half_width <= self.settings.precision:
            return "precise"
        if half_width <= (1 - GAIN) * self._narrowest:
            self._narrowest, self._in_vain = half_width, 0
        else:
            self._in_vain += 1
        return "stalled" if self._in_vain == PATIENCE else ""

    @property
    def series(self) -> list[list[float]]:
        """Seconds of one call, per process that has any."""
        return [[block.seconds for block in blocks] for blocks in self.blocks if blocks]

    @property
    def count(self) -> int:
        """How many samples there are."""
        return sum(map(len, self.blocks))

    @property
    def wanted(self) -> int:
        """How many more samples until the next look, at least one."""
        return max(1, self._look - self.count)

    @property
    def left(self) -> float:
        """Seconds until the time is up."""
        return max(0.0, self.settings.cap_seconds - self.elapsed)


def take(
    forward: Forward,
    stopwatch: Timer,
    *,
    calls: int,
    seconds: float,
    samples: int,
    between: Callable[[int], object] = lambda calls: None,
) -> tuple[list[Block], float]:
    """Time blocks of `calls` calls until `seconds` are gone or there are `samples`, one at least.

    Args:
        forward: what is timed.
        stopwatch: what times it.
        calls, seconds, samples: as said.
        between: run after every block, outside of its time, with the number of calls the block had.

    Returns:
        The blocks, and the seconds all of this took.
    """
    blocks: list[Block] = []
    start, elapsed = stopwatch.clock.now(), 0.0
    while not blocks or (elapsed < seconds and len(blocks) < samples):
        blocks.append(stopwatch.time(forward, calls))
        between(calls)
        elapsed = stopwatch.clock.now() - start
    return blocks, elapsed


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
    """Time blocks of `forward`, whatever it does, in this process until the median is known or the time is up.

    Args:
        forward: what is timed.
        stopwatch: what times it.
        settings: when to stop.
        calls: how many calls make one block.
        between: run after every block, outside of its time, with the number of calls the block had.
        label: what progress is reported as.
        progress: who is told.
    """
    course, teller = Course(settings), _Teller(progress, label, settings.cap_seconds)
    while not course.stopped:
        seconds = min(settings.turn_seconds, course.left)
        course.add(*take(forward, stopwatch, calls=calls, seconds=seconds, samples=course.wanted, between=between))
        teller.at(course.elapsed)
    teller.done()
    return course.blocks[0]


def has_converged(summary: Summary, samples: int, settings: Settings) -> bool:
    """Whether there are samples enough and the median's interval is as narrow as asked."""
    return samples >= settings.samples and summary.half_width <= settings.precision
