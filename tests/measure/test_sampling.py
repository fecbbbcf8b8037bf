"""Warm-up and sampling stop when they should, exactly, on a clock that does as it is told."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, count, pairwise, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat.measure.clock import Stopwatch
from netstat.measure.devices import find
from netstat.measure.sampling import MOST_CALLS, calls_per_block, sample, warm_up
from netstat.measure.settings import DEFAULT, QUICK, Settings
from tests.measure.fakes import FakeClock


def taking(clock: FakeClock, *times: float, then: Iterator[float]) -> Callable[[], None]:
    """A forward pass that takes `times` seconds, one after the other, and those of `then` from there on."""
    durations = chain(times, then)
    return lambda: clock.spend(next(durations))


def warmed(*times: float, then: float, settings: Settings = DEFAULT) -> list[float]:
    clock = FakeClock()
    return warm_up(taking(clock, *times, then=repeat(then)), Stopwatch(clock, find("cpu")), settings)


def sampled(then: Iterator[float], settings: Settings = DEFAULT, calls: int = 1) -> list[float]:
    clock = FakeClock()
    blocks = sample(taking(clock, then=then), Stopwatch(clock, find("cpu")), settings, calls=calls)
    return [block.seconds for block in blocks]


def test_warm_up_takes_two_times_five_calls_that_agree() -> None:
    assert len(warmed(then=0.125)) == 10


def test_warm_up_lasts_its_least_time() -> None:
    assert len(warmed(then=2.0**-6)) == 20  # 20 / 64 s is the first multiple over 0.3 s


def test_warm_up_goes_on_until_the_slow_calls_have_passed() -> None:
    # Three slow calls no longer are the median of five once two of them stand among the five before.
    assert len(warmed(0.5, 0.5, 0.5, then=0.125)) == 11


def test_warm_up_ends_at_its_cap_however_unsettled() -> None:
    clock = FakeClock()
    growing = (0.1 * 1.5**i for i in count())
    assert len(warm_up(taking(clock, then=growing), Stopwatch(clock, find("cpu")), DEFAULT)) == 9


def test_a_forward_pass_over_the_cap_is_warmed_up_once() -> None:
    assert warmed(then=60.0) == [60.0]


@pytest.mark.parametrize(
    ("seconds", "calls"), [(1.0, 1), (1e-3, 1), (0.9e-3, 2), (1e-4, 16), (1e-6, 1024), (0.0, MOST_CALLS)]
)
def test_short_calls_are_timed_in_blocks_of_a_power_of_two(seconds: float, calls: int) -> None:
    assert calls_per_block(seconds, DEFAULT) == calls


@given(st.floats(min_value=1e-8, max_value=10.0))
def test_a_block_lasts_long_enough_and_half_of_it_would_not(seconds: float) -> None:
    calls = calls_per_block(seconds, DEFAULT)
    assert calls * seconds >= DEFAULT.block_seconds
    assert calls == 1 or calls // 2 * seconds < DEFAULT.block_seconds


def test_sampling_a_steady_forward_pass_takes_the_least_number_of_samples() -> None:
    assert sampled(repeat(0.125)) == [0.125] * 20


def test_sampling_lasts_its_least_time() -> None:
    assert len(sampled(repeat(2.0**-7))) == 128


def test_sampling_an_unsteady_forward_pass_goes_on_until_the_median_is_known() -> None:
    unsteady = (0.001 * (1 + (i * 7919 % 101) / 500) for i in count())
    impatient = replace(DEFAULT, seconds=0.0)
    assert len(sampled(repeat(0.001), impatient)) == 20
    assert 20 < len(sampled(unsteady, impatient)) < 1000


def test_sampling_ends_at_its_cap_however_uncertain() -> None:
    wild = (0.125 * (1 + i % 2 * 9) for i in count())
    assert DEFAULT.cap_seconds <= sum(sampled(wild)) < DEFAULT.cap_seconds + 1.25


def test_a_forward_pass_over_the_cap_is_sampled_once_a_turn() -> None:
    assert sampled(repeat(60.0)) == [60.0] * DEFAULT.turns
    assert sampled(repeat(60.0), QUICK) == [60.0]


def test_a_sample_of_several_calls_is_the_time_of_one() -> None:
    assert set(sampled(repeat(2.0**-12), calls=8)) == {2.0**-12}


def test_what_runs_between_the_blocks_is_not_in_their_time() -> None:
    clock, seen = FakeClock(), list[int]()

    def between(calls: int) -> None:
        seen.append(calls)
        clock.spend(0.25)

    blocks = sample(lambda: clock.spend(0.125), Stopwatch(clock, find("cpu")), DEFAULT, calls=2, between=between)
    assert {block.wall for block in blocks} == {0.25}
    assert seen == [2] * len(blocks)


@pytest.mark.parametrize("seconds", [60.0, 0.125, 2.0**-7])
def test_progress_grows_to_one_and_is_not_told_too_often(seconds: float) -> None:
    clock, told = FakeClock(), list[tuple[float, str, float]]()
    stopwatch = Stopwatch(clock, find("cpu"))

    def progress(label: str, fraction: float) -> None:
        told.append((clock.time, label, fraction))

    warm_up(lambda: clock.spend(seconds), stopwatch, DEFAULT, label="first", progress=progress)
    sample(lambda: clock.spend(seconds), stopwatch, DEFAULT, label="then", progress=progress)
    for label in ("first", "then"):
        times, fractions = zip(*[(at, fraction) for at, said, fraction in told if said == label], strict=True)
        assert list(fractions) == sorted(fractions)
        assert fractions[0] > 0
        assert fractions[-1] == 1
        assert all(later - earlier >= 0.1 for earlier, later in pairwise(times[:-1]))


def test_the_quick_settings_differ_in_time_alone() -> None:
    assert (QUICK.precision, QUICK.block_seconds) == (DEFAULT.precision, DEFAULT.block_seconds)
    assert QUICK.warmup_agreement == DEFAULT.warmup_agreement
    assert QUICK.cap_seconds < DEFAULT.cap_seconds
