"""Parts of the median pass: they add up to it, whatever disturbed the passes."""

from math import fsum
from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat.measure.typical import contributions, weights

SECONDS = st.floats(1e-6, 1e3)
PASSES = st.lists(st.dictionaries(st.sampled_from("abcde"), SECONDS, min_size=1), min_size=1, max_size=40)


def totals_of(passes: list[dict[str, float]]) -> list[float]:
    return [fsum(parts.values()) for parts in passes]


@given(PASSES)
def test_contributions_add_up_to_the_median(passes: list[dict[str, float]]) -> None:
    totals = totals_of(passes)
    assert fsum(contributions(totals, passes).values()) == pytest.approx(median(totals), rel=1e-9)


@given(st.lists(SECONDS, min_size=1, max_size=60))
def test_weights_are_shares(totals: list[float]) -> None:
    found = weights(totals)
    assert all(-1e-12 <= weight <= 1 for _, weight in found)
    assert fsum(weight for _, weight in found) == pytest.approx(1, rel=1e-9)


@given(PASSES, st.floats(0.1, 10))
def test_on_a_machine_of_another_speed_all_contributions_change_alike(
    passes: list[dict[str, float]], speed: float
) -> None:
    scaled = [{part: speed * seconds for part, seconds in parts.items()} for parts in passes]
    found, other = contributions(totals_of(passes), passes), contributions(totals_of(scaled), scaled)
    assert other == {part: pytest.approx(speed * seconds, rel=1e-6) for part, seconds in found.items()}


@given(st.dictionaries(st.sampled_from("abc"), SECONDS, min_size=1), st.integers(1, 30))
def test_where_all_passes_are_alike_contributions_are_the_parts(parts: dict[str, float], number: int) -> None:
    passes = [parts] * number
    assert contributions(totals_of(passes), passes) == {part: pytest.approx(time) for part, time in parts.items()}


def test_what_disturbs_one_part_after_another_is_in_the_sum_of_contributions_and_not_in_that_of_medians() -> None:
    passes = [{part: 2.0 if part == number % 10 else 1.0 for part in range(10)} for number in range(100)]
    totals = [fsum(parts.values()) for parts in passes]
    assert set(totals) == {11.0}
    assert sum(median(parts[part] for parts in passes) for part in range(10)) == 10
    assert fsum(contributions(totals, passes).values()) == pytest.approx(11)


def test_a_pass_that_something_else_held_up_counts_for_nothing() -> None:
    quiet = [{"conv": 3.0, "relu": 1.0}] * 9
    passes = [*quiet, {"conv": 3.0, "relu": 90.0}]
    assert contributions([fsum(parts.values()) for parts in passes], passes) == {"conv": 3.0, "relu": 1.0}


def test_the_median_of_two_speeds_lies_between_them_and_so_do_its_parts() -> None:
    slow, fast = {"conv": 6.0, "relu": 2.0}, {"conv": 3.0, "relu": 1.0}
    assert contributions([8.0, 4.0], [slow, fast]) == {"conv": 4.5, "relu": 1.5}


def test_a_call_that_not_every_pass_makes_enters_by_its_share() -> None:
    assert contributions([2.0, 2.0], [{"always": 1.0, "at times": 1.0}, {"always": 2.0}]) == {
        "always": 1.5,
        "at times": 0.5,
    }


def test_passes_far_from_the_median_have_no_say() -> None:
    totals = [float(number) for number in range(1, 101)]
    counted = [totals[place] for place, _ in weights(totals)]
    assert (min(counted), max(counted)) == (26, 75)
    assert fmean(counted) == 50.5
