"""How much faster one way is than another, and whether the interval of that holds what it promises."""

from dataclasses import replace
from math import exp
from random import Random

from netstat.analysis.relative import relative_intervals
from netstat.records.benchmark import Benchmark
from tests.reports.samples import CPU

Z = 1.959963984540054  # 97.5 % quantile of the normal distribution


def way(seconds: float, low: float, high: float, samples: int = 20) -> Benchmark:
    return replace(
        CPU,
        batch=1,
        median_seconds=seconds,
        ci95_seconds=(low, high),
        examples_per_second=1 / seconds,
        samples=(seconds,) * samples,
    )


def test_the_fastest_has_no_interval_and_those_of_the_others_contain_their_multiples() -> None:
    fast, slow = way(0.010, 0.0098, 0.0103), way(0.020, 0.0195, 0.0204)
    none, (low, high) = relative_intervals([fast, slow])  # type: ignore[misc]
    assert none is None
    assert low < 2 < high
    assert relative_intervals([slow, fast]) == ((low, high), None)


def test_the_interval_is_that_of_the_slower_way_where_the_fastest_is_known_exactly() -> None:
    _, ends = relative_intervals([way(0.01, 0.01, 0.01), way(0.02, 0.018, 0.023)])
    assert ends is not None
    assert [round(end, 12) for end in ends] == [1.8, 2.3]


def test_too_few_samples_leave_no_interval_and_no_way_is_no_fault() -> None:
    assert relative_intervals([way(0.01, 0.009, 0.011), way(0.02, 0.019, 0.021, samples=3)]) == (None, None)
    assert relative_intervals([]) == ()


def test_nineteen_of_twenty_intervals_contain_the_ratio_there_is() -> None:
    random, held, draws = Random(7), 0, 4000
    for _ in range(draws):
        _, ends = relative_intervals([drawn(random, 0.01, 0.02), drawn(random, 0.03, 0.05)])
        assert ends is not None
        held += ends[0] <= 3 <= ends[1]
    assert 0.94 < held / draws < 0.96  # of 4000 draws at 95 % the standard deviation is 0.34 %


def drawn(random: Random, seconds: float, spread: float) -> Benchmark:
    """A median that is off by a normal error of known deviation in its logarithm, with the interval of that."""
    median = seconds * exp(random.gauss(0, spread))
    return way(median, median * exp(-Z * spread), median * exp(Z * spread))
