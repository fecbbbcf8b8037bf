"""Figures of a series of samples, and the laws they obey."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat.measure.summary import median_interval, share, summarise

SECONDS = st.floats(min_value=1e-6, max_value=1e3)
SAMPLES = st.lists(SECONDS, min_size=1, max_size=60)


def test_a_summary_by_hand() -> None:
    summary = summarise([4.0, 1.0, 2.0, 3.0, 100.0])
    assert (summary.median, summary.min, summary.mean) == (3.0, 1.0, 22.0)
    assert (summary.mad, summary.iqr) == (1.0, 2.0)


def test_drift_is_the_last_third_against_the_first() -> None:
    assert summarise([10.0, 10.0, 10.0, 12.0, 15.0, 15.0]).drift == 15.0 / 11.0 - 10.0 / 11.0
    assert summarise([15.0, 15.0, 10.0, 10.0]).drift < 0
    assert summarise([7.0]).drift == 0


def test_equal_samples_leave_no_doubt() -> None:
    summary = summarise([0.25] * 30)
    assert summary.ci95 == (0.25, 0.25)
    assert summary.half_width == summary.iqr == summary.mad == summary.drift == 0


def test_samples_that_come_in_runs_say_less_than_the_same_ones_shuffled() -> None:
    runs = [1.0 + 0.001 * (i % 20) + 0.02 * (i // 20 % 5) for i in range(200)]
    shuffled = random.Random(0).sample(runs, len(runs))
    assert summarise(runs).half_width > 1.5 * summarise(shuffled).half_width


def test_more_samples_of_one_kind_narrow_the_interval() -> None:
    few = [1.0 + (i * 7919 % 101) / 101 for i in range(30)]
    many = [1.0 + (i * 7919 % 101) / 101 for i in range(900)]
    assert summarise(many).half_width < summarise(few).half_width


def test_a_share_of_nothing_is_nothing() -> None:
    assert (share(1.0, 4.0), share(1.0, 0.0)) == (0.25, 0.0)


@given(SAMPLES)
def test_the_median_lies_in_its_interval_and_that_among_the_samples(samples: list[float]) -> None:
    summary = summarise(samples)
    low, high = summary.ci95
    assert min(samples) <= low <= summary.median <= high <= max(samples)


@given(SAMPLES)
def test_the_same_samples_give_the_same_interval(samples: list[float]) -> None:
    assert median_interval(samples) == median_interval(samples)


@given(SAMPLES, st.integers(-8, 8))
def test_times_in_another_unit_give_the_same_summary_in_that_unit(samples: list[float], power: int) -> None:
    factor = 2.0**power
    one, other = summarise(samples), summarise([factor * sample for sample in samples])
    assert other.median == factor * one.median
    assert other.ci95 == pytest.approx((factor * one.ci95[0], factor * one.ci95[1]))
    assert other.drift == pytest.approx(one.drift)
    assert other.half_width == pytest.approx(one.half_width)
