"""Measured times of two results, where they can be compared at all."""

from collections.abc import Iterator, Sequence
from math import exp, hypot, log

from netstat.records.benchmark import FEWEST_FOR_INTERVAL, Benchmark, Benchmarks, firsts
from netstat.records.comparison import FASTER, SAME, SLOWER, UNSETTLED, TimeChange
from netstat.records.environment import differences
from netstat.records.profile import Profile

Timed = Profile | Benchmarks
Interval = tuple[float, float]

_WAY = ("device", "batch", "dtype", "threads", "memory_format", "mode", "cold")


def time_changes(before: Timed, after: Timed) -> Iterator[TimeChange]:
    """Every way to run that was timed on both sides."""
    surroundings = differences(before.environment or {}, after.environment or {})
    known = bool(before.environment and after.environment)
    for one in firsts(before.benchmarks or ()):
        for other in firsts(after.benchmarks or ()):
            if all(getattr(one, name) == getattr(other, name) for name in _WAY):
                yield _change(
                    (before.model, after.model), one, other, _differing(one, other, surroundings, known=known)
                )


def _differing(one: Benchmark, other: Benchmark, found: Sequence[str], *, known: bool) -> tuple[str, ...]:
    """What is not the same around two measurements."""
    if not known:
        return ("environment",)
    return tuple(found) if one.device_name == other.device_name else (*found, "device_name")


def _change(names: tuple[str, str], one: Benchmark, other: Benchmark, surroundings: tuple[str, ...]) -> TimeChange:
    reason = "" if surroundings else _doubt(one, other)
    interval = None if surroundings or reason else ratio_interval(one, other)
    return TimeChange(
        before=names[0],
        after=names[1],
        device=one.device,
        batch=one.batch,
        dtype=one.dtype,
        threads=one.threads,
        memory_format=one.memory_format,
        mode=one.mode,
        before_seconds=one.median_seconds,
        after_seconds=other.median_seconds,
        ratio=None if surroundings or not one.median_seconds else other.median_seconds / one.median_seconds,
        ratio_ci95=interval,
        verdict=_verdict(interval) if interval else UNSETTLED,
        surroundings=surroundings,
        reason=reason,
    )


def _verdict(ratio: Interval) -> str:
    low, high = ratio
    return SLOWER if low > 1 else FASTER if high < 1 else SAME


def _doubt(*benchmarks: Benchmark) -> str:
    """Why nothing can be said of times from the same surroundings; "" where something can."""
    if not all(benchmark.reliable for benchmark in benchmarks):
        return "a measurement is not reliable"
    few = any(len(benchmark.samples) < FEWEST_FOR_INTERVAL for benchmark in benchmarks)
    return "there are too few samples for a confidence interval" if few else ""


def ratio_interval(one: Benchmark, other: Benchmark) -> Interval | None:
    """95 % confidence interval of the second median over the first; None where a time is none.

    On logarithms a ratio is a difference, and the distances of the ends from the estimates add up as the sides of a
    right triangle do, each with that of the other's end that moves it the same way. Source: G. Y. Zou, A. Donner,
    Construction of confidence limits about effect measures: a general approach, Statistics in Medicine 27, 2008.
    """
    ends = (*one.ci95_seconds, one.median_seconds, *other.ci95_seconds, other.median_seconds)
    if min(ends) <= 0:
        return None
    low_one, high_one, middle_one, low_other, high_other, middle_other = map(log, ends)
    ratio = middle_other - middle_one
    below, above = (
        hypot(middle_other - low_other, high_one - middle_one),
        hypot(high_other - middle_other, middle_one - low_one),
    )
    return exp(ratio - below), exp(ratio + above)
