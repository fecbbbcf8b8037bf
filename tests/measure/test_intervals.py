"""Intervals hold what they promise: simulated where the truth is known."""

from collections.abc import Callable
from itertools import pairwise
from math import exp, log, sqrt
from statistics import fmean, stdev

import numpy as np
import pytest

from netstat.measure.intervals import (
    STUDENT,
    blocks_interval,
    median_interval,
    processes_interval,
    stretches_interval,
)

RUNS, SAMPLES = 300, 20
Interval = Callable[..., tuple[float, float]]


def simulated(random: np.random.Generator, processes: int, between: float) -> list[list[float]]:
    """Samples whose typical median is 1: each process has a speed of its own, and its samples resemble each other.

    Args:
        random: drawn from.
        processes: how many.
        between: standard deviation of the logarithm of their speeds.
    """
    series = []
    for _ in range(processes):
        noise, value = [], 0.0
        for step in random.normal(0.0, 0.03, SAMPLES):
            value = 0.57 * value + step  # the autocorrelation that was seen between forward passes
            noise.append(value)
        series.append(list(np.exp(random.normal(0.0, between) + np.asarray(noise))))
    return series


def coverage(interval: Interval, processes: int, between: float) -> float:
    random = np.random.default_rng(20260101)
    held = 0
    for _ in range(RUNS):
        low, high = interval(*simulated(random, processes, between))
        held += low <= 1.0 <= high
    return held / RUNS


@pytest.mark.slow
@pytest.mark.parametrize("processes", [3, 5])
@pytest.mark.parametrize("between", [0.0, 0.02, 0.08, 0.13])
def test_nineteen_of_twenty_intervals_hold_the_truth_however_much_processes_differ(
    processes: int, between: float
) -> None:
    assert coverage(median_interval, processes, between) >= 0.93


def test_an_interval_from_within_processes_alone_does_not() -> None:
    assert coverage(blocks_interval, 3, 0.08) < 0.5


def test_the_quantiles_of_students_distribution_fall_to_the_normal_ones() -> None:
    assert all(later < earlier for earlier, later in pairwise(STUDENT))
    assert STUDENT[-1] > 1.96


def test_the_interval_of_processes_by_hand() -> None:
    logs = [log(value) for value in (1.0, 2.0, 4.0)]
    reach = 4.303 * stdev(logs) / sqrt(3)
    assert processes_interval([1.0, 2.0, 4.0]) == (exp(fmean(logs) - reach), exp(fmean(logs) + reach))


def test_many_processes_are_given_a_quantile_that_is_too_wide() -> None:
    medians = [1.0, 1.1] * 10
    reach = STUDENT[-1] * stdev(map(log, medians)) / sqrt(20)
    assert processes_interval(medians)[1] == pytest.approx(exp(fmean(map(log, medians)) + reach))


def test_processes_that_agree_leave_what_is_uncertain_within_them_and_over_time() -> None:
    one = [1.0, 1.2, 1.1, 1.3, 1.0, 1.2, 1.1]
    within, stretches = blocks_interval(one, one, one), stretches_interval(one, one, one)
    assert median_interval(one, one, one) == (min(within[0], stretches[0]), max(within[1], stretches[1]))


def test_the_interval_of_stretches_by_hand() -> None:
    reach = 2.776 * stdev(log(value) for value in (1.0, 2.0, 2.0, 2.0, 4.0))
    low, high = stretches_interval([1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 4.0, 4.0])
    assert (low, high) == pytest.approx((2.0 * exp(-reach), 2.0 * exp(reach)))


def flickering(random: np.random.Generator, processes: int) -> list[list[float]]:
    """Samples of processes that take turns on a machine whose speed drifts alike on every scale up to the run's own."""
    count = processes * SAMPLES
    speed = np.zeros(count)
    for octave in range(-4, 1):  # from a sixteenth of the run
        length = count * 2.0**octave
        keep, level = exp(-1 / length), random.normal(0.0, 0.02)
        for at in range(count):
            level = keep * level + random.normal(0.0, 0.02 * sqrt(1 - keep**2))
            speed[at] += level
    noisy = np.exp(speed + random.normal(0.0, 0.01, count))
    return [list(noisy[process::processes]) for process in range(processes)]


@pytest.mark.slow
def test_what_a_machine_does_as_slowly_as_a_run_is_long_is_in_its_interval() -> None:
    def held(interval: Interval) -> float:
        random = np.random.default_rng(20260102)
        found = (interval(*flickering(random, 3)) for _ in range(RUNS))
        return sum(low <= 1.0 <= high for low, high in found) / RUNS

    assert held(blocks_interval) < 0.5
    assert held(median_interval) >= 0.9


def test_times_of_nothing_have_an_interval() -> None:
    assert median_interval([0.0, 0.0], [0.0]) == (0.0, 0.0)
    assert processes_interval([0.0, 1.0]) == (0.0, 1.0)


def test_the_median_of_all_samples_lies_in_the_interval_also_where_processes_gave_unequal_numbers() -> None:
    low, high = median_interval([1.0] * 50, [2.0], [2.0])
    assert low <= 1.0 <= high
