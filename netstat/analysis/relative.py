"""How much faster one way of running a model is than another, with how far that can be trusted."""

from collections.abc import Sequence
from math import exp, hypot, log

from netstat.records.benchmark import FEWEST_FOR_INTERVAL, Benchmark, compared

Interval = tuple[float, float]


def relative_intervals(benchmarks: Sequence[Benchmark]) -> tuple[Interval | None, ...]:
    """95 % confidence interval of each of `compared`'s multiples of the fastest one's time per example.

    None for the fastest itself, which is once itself, and where either has too few samples for an interval.
    """
    ways = compared(benchmarks)
    fastest = next((each for each, times in ways if times == 1.0), None)
    return tuple(_interval(each, times, fastest) for each, times in ways)


def _interval(benchmark: Benchmark, times: float, fastest: Benchmark | None) -> Interval | None:
    if fastest is None or benchmark is fastest or not (_known(benchmark) and _known(fastest)):
        return None
    below, above = _reach(benchmark)
    below_fastest, above_fastest = _reach(fastest)
    return times * exp(-hypot(below, above_fastest)), times * exp(hypot(above, below_fastest))


def _known(benchmark: Benchmark) -> bool:
    return len(benchmark.samples) >= FEWEST_FOR_INTERVAL and benchmark.ci95_seconds[0] > 0


def _reach(benchmark: Benchmark) -> Interval:
    """How far the median's own interval goes to either side, in logarithms.

    The logarithm of a ratio is a difference, and an interval of a difference follows from those of its parts, which
    need not be symmetric: the squares of what they reach towards each other's far side add up (G. Y. Zou, A. Donner,
    Construction of confidence limits about effect measures, Statistics in Medicine 27, 2008). It takes the two for
    independent. What disturbs both alike, as they are timed in turns, makes it too wide rather than too narrow.
    """
    low, high = benchmark.ci95_seconds
    return log(benchmark.median_seconds / low), log(high / benchmark.median_seconds)
