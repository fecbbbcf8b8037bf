"""Stages are timed apart and in one go, exactly, on a clock that does as it is told."""

from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat.measure.clock import Stopwatch
from netstat.measure.devices import find
from netstat.measure.settings import Settings
from netstat.measure.stages import COLLATE, StageTimes, time_stages
from tests.measure.fakes import TICK, FakeClock

SHORT = Settings(warmup_calls=1, warmup_seconds=0.0, warmup_cap=TICK, samples=4, seconds=0.0)
QUARTERS = st.integers(1, 40).map(lambda quarters: quarters / 4)


def timed(clock: FakeClock, seconds: dict[str, float], collate: float, batch: int, sources: int = 3) -> StageTimes:
    """Stages that take so long."""

    def stage(length: float):  # type: ignore[no-untyped-def]
        return lambda image: clock.spend(length) or image

    steps = {name: stage(length) for name, length in seconds.items()}
    stopwatch = Stopwatch(clock, find("cpu"))
    return time_stages(range(sources), steps, lambda images: clock.spend(collate), batch, stopwatch, SHORT)


@given(st.lists(QUARTERS, min_size=1, max_size=5), QUARTERS, st.sampled_from([1, 2, 4, 8]))
def test_every_stage_has_its_own_time_and_the_whole_is_their_sum(
    lengths: list[float], collate: float, batch: int
) -> None:
    named = {f"stage {i}": length for i, length in enumerate(lengths)}
    times = timed(FakeClock(), named, collate, batch)
    assert {name: set(samples) for name, samples in times.stages.items()} == {
        **{name: {length} for name, length in named.items()},
        COLLATE: {collate / batch},
    }
    assert {block.seconds for block in times.whole} == {batch * fsum(lengths) + collate}


def test_reading_the_clock_around_stages_does_not_enter_the_whole() -> None:
    times = timed(FakeClock(tick=TICK), {"resize": 0.25, "mirror": 0.5}, 1.0, batch=4)
    assert {block.seconds for block in times.whole} == {4.0 + TICK}
    assert set(times.stages["resize"]) == {0.25 + TICK}
    assert set(times.stages[COLLATE]) == {(1.0 + TICK) / 4}


def test_bare_and_clocked_batches_are_of_the_same_images() -> None:
    clock = FakeClock()
    seen: list[int] = []

    def look(image: int) -> int:
        seen.append(image)
        clock.spend(0.25)
        return image

    time_stages(range(5), {"look": look}, lambda images: None, 2, Stopwatch(clock, find("cpu")), SHORT)
    pairs = [tuple(seen[i : i + 2]) for i in range(2, len(seen), 2)]  # after one batch of warm-up
    assert pairs[0::2] == pairs[1::2] == [(2, 3), (4, 0), (1, 2), (3, 4)]


def test_batches_that_are_over_at_once_are_timed_several_together() -> None:
    times = timed(FakeClock(), {"resize": 2.0**-12}, 0.0, batch=1)
    assert {block.calls for block in times.whole} == {8}
    assert {len(samples) for samples in times.stages.values()} == {8 * len(times.whole)}
    assert set(times.stages["resize"]) == {2.0**-12}


def test_a_stage_that_fails_is_not_swallowed() -> None:
    clock = FakeClock()

    def fails(image: int) -> int:
        raise ValueError("no picture")

    with pytest.raises(ValueError, match="no picture"):
        time_stages([0], {"decode": fails}, len, 1, Stopwatch(clock, find("cpu")), SHORT)
