"""Measured times of two results: compared where they can be."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat import compare
from netstat.analysis.increases import increases
from netstat.analysis.time_changes import ratio_interval
from netstat.records.benchmark import Benchmark, Benchmarks
from netstat.records.check import OVER, UNKNOWN, WITHIN
from netstat.records.comparison import FASTER, SAME, SLOWER, UNSETTLED, TimeChange
from tests.reports.samples import CPU, FULL_PROFILE, TRAINING

HERE = {"cpu_model_name": "Example CPU", "torch_version": "2.11", "date": "today"}
SHARES = st.floats(0, 0.5)
SECONDS = st.floats(1e-6, 1e3)
ROUNDING = 1e-12  # of a logarithm and its exponential


def timed(seconds: float, below: float = 0.01, above: float = 0.01, **settings: Any) -> Benchmark:
    interval = (seconds * (1 - below), seconds * (1 + above))
    return replace(CPU, median_seconds=seconds, ci95_seconds=interval, **settings)


MEASURED = st.builds(timed, SECONDS, SHARES, SHARES)


def times(one: Benchmark, other: Benchmark, **surroundings: Any) -> tuple[TimeChange, ...] | None:
    there = {name: value for name, value in {**HERE, **surroundings}.items() if value is not None}
    return compare(Benchmarks("old", (one,), HERE), Benchmarks("new", (other,), there)).times


@pytest.mark.parametrize(("seconds", "said"), [(0.03, SLOWER), (0.02, FASTER), (0.0251, SAME), (0.025, SAME)])
def test_a_difference_is_told_where_the_interval_leaves_out_none(seconds: float, said: str) -> None:
    (change,) = times(timed(0.025), timed(seconds)) or ()
    assert change.verdict == said
    assert change.ratio == seconds / 0.025


@pytest.mark.parametrize(
    ("surroundings", "keys"),
    [
        ({"torch_version": "2.12"}, ("torch_version",)),
        ({"cpu_model_name": "Another CPU", "cpu_count": 3}, ("cpu_count", "cpu_model_name")),
        ({"torch_version": None}, ("torch_version",)),
    ],
)
def test_times_of_other_surroundings_are_not_compared(surroundings: Any, keys: tuple[str, ...]) -> None:
    (change,) = times(timed(0.025), timed(0.03), **surroundings) or ()
    assert (change.surroundings, change.ratio, change.ratio_ci95, change.verdict) == (keys, None, None, UNSETTLED)


def test_a_date_and_another_call_are_no_other_surroundings() -> None:
    (change,) = times(timed(0.025), timed(0.03), date="tomorrow", argv=["netstat"]) or ()
    assert change.surroundings == ()


def test_surroundings_that_nobody_wrote_down_are_not_the_same() -> None:
    found = compare(Benchmarks("a", (CPU,), {}), Benchmarks("b", (CPU,), {})).times
    assert [change.surroundings for change in found or ()] == [("environment",)]


@pytest.mark.parametrize("settings", [{"reliable": False}, {"samples": (0.03,) * 5}])
def test_a_measurement_in_doubt_tells_no_difference(settings: Any) -> None:
    (change,) = times(timed(0.025), timed(0.25, **settings)) or ()
    assert (change.verdict, change.ratio_ci95) == (UNSETTLED, None)
    assert change.reason


@pytest.mark.parametrize("settings", [{"device": "cuda"}, {"batch": 2}, {"dtype": "bfloat16"}, {"threads": 1}])
def test_only_the_same_way_to_run_is_compared(settings: Any) -> None:
    comparison = compare(Benchmarks("a", (CPU,), HERE), Benchmarks("b", (replace(CPU, **settings),), HERE))
    assert comparison.times == ()
    assert comparison.remarks[0].startswith("no way to run was timed on both sides")


def test_counts_are_compared_beside_times_that_cannot_be() -> None:
    comparison = compare(FULL_PROFILE, replace(FULL_PROFILE, environment={"os": "Other"}))
    assert (comparison.changes, comparison.unchanged) == ((), len(FULL_PROFILE.layers))
    assert [change.surroundings for change in comparison.times or ()] == [("os",)]


def test_a_profile_beside_a_benchmark_has_its_times_compared_alone() -> None:
    comparison = compare(replace(FULL_PROFILE, environment=HERE), Benchmarks("alexnet", (CPU,), HERE))
    assert comparison.remarks == ("counts are compared of profiles alone: a benchmark has none",)
    assert [change.verdict for change in comparison.times or ()] == [SAME]


def test_training_steps_are_said_not_to_be_compared() -> None:
    comparison = compare(TRAINING, TRAINING)
    assert (comparison.models, comparison.times) == ((), None)
    assert comparison.remarks == ("training steps are not compared, only forward passes",)


@given(MEASURED, MEASURED)
def test_the_interval_of_a_ratio_holds_it_and_turns_round_with_it(one: Benchmark, other: Benchmark) -> None:
    ratio = other.median_seconds / one.median_seconds
    there, back = ratio_interval(one, other), ratio_interval(other, one)
    assert there
    assert back
    assert there[0] <= ratio * (1 + ROUNDING)
    assert there[1] >= ratio * (1 - ROUNDING)
    assert there == pytest.approx((1 / back[1], 1 / back[0]), rel=ROUNDING)


@given(SECONDS, SHARES, SHARES)
def test_beside_an_exact_time_a_ratio_is_as_certain_as_the_other(seconds: float, below: float, above: float) -> None:
    found = ratio_interval(timed(1.0, 0.0, 0.0), timed(seconds, below, above))
    assert found == pytest.approx((seconds * (1 - below), seconds * (1 + above)))


@pytest.mark.parametrize(("allowed", "said"), [(0.1, OVER), (0.2, UNKNOWN), (0.3, WITHIN)])
def test_a_time_may_increase_by_what_its_whole_interval_is_within(allowed: float, said: str) -> None:
    found = compare(Benchmarks("a", (timed(1.0),), HERE), Benchmarks("b", (timed(1.2),), HERE))
    assert [each.verdict for each in increases(found, {"latency": allowed})] == [said]
