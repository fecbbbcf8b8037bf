"""What is computed from the times of an input pipeline: rates, shares, the verdict."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat.records.pipeline import VERDICTS, WARNINGS, Loop, ModelAlone, PerImage, PipelineRecipe, Verdict
from tests.reports.samples import PIPELINE

SECONDS = st.floats(1e-6, 1e3)


def takes(seconds: float, spread: float = 0.0) -> PerImage:
    return PerImage(seconds, (seconds * (1 - spread), seconds * (1 + spread)), (seconds,) * 6, True, ())


def verdict(
    loop: float, model: float, loader: float, workers: int = 1, *, shares: bool = False, spread: float = 0.0
) -> Verdict:
    alone = ModelAlone("cuda", "", "float32", 1, "inference", shares, takes(model, spread))
    return Verdict(Loop("cuda", "inference", workers, takes(loop, spread)), alone, takes(loader))


def test_one_image_becomes_as_many_as_the_paper_prints_and_a_few_more() -> None:
    recipe = PipelineRecipe((500, 375), 256, (224, 224), True, 128, 8, 64, 110_000)
    assert recipe.crops_in_print == 32 * 32 * 2 == 2048
    assert recipe.crops == 33 * 33 * 2 == 2178


@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 10))
def test_crops_are_the_offsets_there_are_times_two(height: int, width: int, margin: int) -> None:
    resize = max(height, width) + margin
    recipe = replace(PIPELINE.recipe, resize=resize, crop=(height, width))
    offsets = [(y, x) for y in range(resize) for x in range(resize) if y + height <= resize and x + width <= resize]
    assert recipe.crops == 2 * len(offsets)


@given(SECONDS, SECONDS)
def test_what_takes_turns_hides_nothing_and_what_costs_nothing_all(model: float, loader: float) -> None:
    in_turns = verdict(model + loader, model, loader)
    assert in_turns.hidden == pytest.approx(0.0, abs=1e-6 * (1 + model / loader))
    assert in_turns.loop.time.median_seconds == in_turns.serial_seconds
    free = verdict(model, model, loader)
    assert (free.hidden, free.kept, free.added_seconds, free.code) == (1.0, 1.0, 0.0, "hidden")


@given(SECONDS, SECONDS)
def test_the_slower_of_two_that_overlap_sets_the_pace(model: float, loader: float) -> None:
    paced = verdict(max(model, loader), model, loader)
    assert paced.overlapped_seconds == paced.loop.time.median_seconds <= paced.serial_seconds
    assert paced.code == ("hidden" if loader <= model * 1.05 else "waiting")
    assert paced.hidden == pytest.approx(min(1.0, model / loader), abs=1e-9)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (verdict(2.0, 2.0, 1.0), "hidden"),
        (verdict(1.9, 2.0, 1.0), "hidden"),
        (verdict(2.09, 2.0, 1.0), "hidden"),
        (verdict(2.11, 2.0, 1.0), "handing over"),
        (verdict(2.0, 2.0, 1.0, spread=0.02), "hidden"),
        (verdict(2.0, 2.0, 1.0, spread=0.03), "undecided"),
        (verdict(2.1, 2.0, 1.0, spread=0.03), "undecided"),
        (verdict(2.2, 2.0, 1.0, spread=0.03), "handing over"),
        (verdict(3.3, 2.0, 1.0, spread=0.4), "undecided"),
        (verdict(3.0, 2.0, 1.0, workers=0), "taking turns"),
        (verdict(3.0, 2.0, 1.0, workers=0, shares=True), "taking turns"),
        (verdict(3.0, 2.0, 1.0, shares=True), "sharing cores"),
        (verdict(5.0, 2.0, 4.0, shares=True), "sharing cores"),
        (verdict(4.0, 2.0, 4.0), "waiting"),
        (verdict(2.5, 2.0, 1.0), "handing over"),
    ],
)
def test_each_verdict_is_given_where_its_words_are_true(case: Verdict, code: str) -> None:
    assert case.code == code


@pytest.mark.parametrize("change", [{"reliable": False}, {"samples": (2.0,) * 5}])
@pytest.mark.parametrize("loop", [2.0, 4.0])
def test_a_figure_that_is_unreliable_or_of_few_samples_decides_nothing(change: dict[str, Any], loop: float) -> None:
    case = verdict(loop, 2.0, 4.0)
    spoilt = replace(case.loop.time, **change), replace(case.model.time, **change)
    assert case.code != "undecided"
    assert case._replace(loop=replace(case.loop, time=spoilt[0])).code == "undecided"
    assert case._replace(model=replace(case.model, time=spoilt[1])).code == "undecided"


def test_every_verdict_has_words_and_every_warning_of_a_benchmark_too() -> None:
    cases = [verdict(3.0, 2.0, 1.0, workers=0), verdict(3.0, 2.0, 1.0, shares=True), verdict(2.0, 2.0, 1.0)]
    cases += [verdict(4.0, 2.0, 4.0), verdict(2.5, 2.0, 1.0), verdict(2.1, 2.0, 1.0, spread=0.1)]
    assert {case.code for case in cases} == VERDICTS.keys()
    assert {"cpu_starved", "oversubscribed"} < WARNINGS.keys()


def test_nothing_is_clamped() -> None:
    worse = verdict(4.0, 2.0, 1.0)
    assert (worse.hidden, worse.kept) == (-1.0, 0.5)
    assert verdict(1.0, 2.0, 1.0).hidden == 2.0


def test_no_time_at_all_makes_no_rate_and_no_share() -> None:
    nothing = verdict(0.0, 0.0, 0.0)
    assert (nothing.kept, nothing.hidden, nothing.loop.time.images_per_second) == (0.0, 0.0, 0.0)


def test_each_loop_stands_beside_its_own_model_and_the_loader_with_as_many_workers() -> None:
    loaders = {loader.workers: loader.time for loader in PIPELINE.loaders}
    assert [found.loop for found in PIPELINE.verdicts] == list(PIPELINE.loops)
    for found in PIPELINE.verdicts:
        assert found.loader == loaders[found.loop.workers]
        assert (found.model.device, found.model.mode) == (found.loop.device, found.loop.mode)


def test_a_loop_without_a_model_or_a_loader_has_no_verdict() -> None:
    assert replace(PIPELINE, models=()).verdicts == ()
    assert replace(PIPELINE, loaders=PIPELINE.loaders[:1]).verdicts == PIPELINE.verdicts[::3]


def test_the_stages_and_the_rest_add_up_to_the_whole() -> None:
    stages = sum(stage.median_seconds for stage in PIPELINE.stages)
    assert stages + PIPELINE.unattributed_seconds == pytest.approx(PIPELINE.whole.median_seconds)
    names = {"random crop", "mirror", "colour noise"}
    assert PIPELINE.augmentation_seconds == sum(s.median_seconds for s in PIPELINE.stages if s.name in names) > 0


def test_one_time_that_is_spoilt_makes_the_record_unreliable() -> None:
    assert not PIPELINE.reliable
    sound = replace(PIPELINE, loops=tuple(replace(loop, time=takes(1.0)) for loop in PIPELINE.loops))
    assert sound.reliable
    assert not replace(sound, whole=replace(sound.whole, reliable=False)).reliable
