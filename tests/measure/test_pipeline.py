"""The input pipeline beside a model, on the real machine: what is measured, and that nothing is left behind."""

import gc
import multiprocessing
import random
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from torch import Tensor, nn  # noqa: E402

from netstat.errors import ModelError, UsageError  # noqa: E402
from netstat.graph import TensorSpec  # noqa: E402
from netstat.measure import host  # noqa: E402
from netstat.measure.benchmark import benchmark  # noqa: E402
from netstat.measure.feeding import Fed, inference, training  # noqa: E402
from netstat.measure.pipeline import pipeline  # noqa: E402
from netstat.measure.recipe import recipe_of  # noqa: E402
from netstat.measure.settings import Settings  # noqa: E402
from netstat.measure.training import training_step  # noqa: E402
from netstat.records.pipeline import WARNINGS, Pipeline  # noqa: E402
from tests.measure.test_benchmark import SHORT  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")]

RECIPE = recipe_of((24, 20), resize=16, crop=(12, 10), batch=4)
EYES = [("input", TensorSpec((4, 3, 12, 10)))]


class Eye(nn.Module):
    """A small network that remembers what it was shown."""

    def __init__(self, fails: bool = False) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(320, 2))
        self.fails = fails
        self.seen: list[Any] = []

    def forward(self, x: Tensor) -> Tensor:
        self.seen.append((tuple(x.shape), x.dtype, self.training, torch.is_inference_mode_enabled()))
        if self.fails and len(self.seen) > 3:
            raise ValueError("blinded\nfor good")
        result: Tensor = self.net(x)
        return result


def fed(model: nn.Module, *, owned: bool = False, dtype: str = "float32") -> Fed:
    return inference(model, benchmark(model, EYES, dtype=dtype, threads=1, settings=SHORT), owned=owned)


def measured(*models: Fed, workers: tuple[int, ...] = (0,), settings: Settings = SHORT, **options: Any) -> Pipeline:
    return pipeline(RECIPE, models, workers=workers, settings=settings, **options)


def surroundings() -> list[Any]:
    """What a measurement must not change."""
    return [
        torch.get_rng_state().tolist(),
        random.getstate(),
        torch.get_num_threads(),
        gc.isenabled(),
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        multiprocessing.active_children(),
    ]


@pytest.mark.slow
def test_the_pipeline_alone_has_stages_and_loaders() -> None:
    record = measured(workers=(0, 1))
    assert [stage.name for stage in record.stages] == [
        "decode", "resize", "centre crop", "random crop", "mirror", "to float", "subtract mean", "colour noise",
        "collate",
    ]  # fmt: skip
    assert [loader.workers for loader in record.loaders] == [0, 1]
    assert (record.model, record.models, record.loops, record.verdicts) == ("", (), (), ())
    assert record.recipe.encoded_bytes > 100
    assert all(time.median_seconds > 0 for time in record.times)
    assert all(set(time.warnings) <= WARNINGS.keys() for time in record.times)
    low, high = record.whole.ci95_seconds
    assert low <= record.whole.median_seconds <= high


@pytest.mark.slow
def test_photographs_that_are_decoded_beforehand_have_no_stage_and_no_size_for_it() -> None:
    record = pipeline(recipe_of((24, 20), resize=16, crop=(12, 10), decode=False), workers=(0,), settings=SHORT)
    assert record.stages[0].name == "resize"
    assert (record.recipe.decode, record.recipe.encoded_bytes) == (False, 0)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 1])
def test_a_model_is_fed_batches_of_the_pipeline_in_inference_mode(workers: int) -> None:
    model = Eye()
    each = fed(model, owned=True)
    model.seen.clear()
    record = measured(each, workers=(workers,), model="eye")
    assert set(model.seen) == {((4, 3, 12, 10), torch.float32, False, True)}
    (verdict,) = record.verdicts
    assert (record.model, verdict.loop.device, verdict.loop.mode, verdict.loop.workers) == (
        "eye",
        "cpu",
        "inference",
        workers,
    )
    assert verdict.model.shares_processors
    assert verdict.model.time.median_seconds == each.alone.time.median_seconds


@pytest.mark.slow
def test_a_model_in_16_bits_is_fed_16_bits() -> None:
    model = Eye()
    each = fed(model, owned=True, dtype="bf16")
    model.seen.clear()
    assert measured(each).models[0].dtype == "bfloat16"
    assert {dtype for _, dtype, _, _ in model.seen} == {torch.bfloat16}


@pytest.mark.slow
def test_the_model_alone_is_the_benchmark_by_its_batch_without_warnings_about_layers() -> None:
    known = benchmark(Eye(), EYES, threads=1, settings=SHORT)
    alone = inference(Eye(), replace(known, warnings=("hooks_slow", "noisy", "overattributed"))).alone
    assert alone.time.median_seconds == known.median_seconds / 4
    assert alone.time.samples == tuple(sample / 4 for sample in known.samples)
    assert alone.time.images_per_second == pytest.approx(known.examples_per_second)
    assert alone.time.warnings == ("noisy",)


@pytest.mark.slow
def test_a_training_step_is_fed_and_learns() -> None:
    model = Eye()
    step = training_step(model, EYES, threads=1, settings=SHORT)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    each = training(model, step, owned=True)
    model.seen.clear()
    (verdict,) = measured(each).verdicts
    assert set(model.seen) == {((4, 3, 12, 10), torch.float32, True, False)}
    assert (verdict.loop.mode, verdict.model.mode) == ("training", "training")
    assert verdict.model.time.median_seconds == step.median_seconds / 4
    assert not any(torch.equal(*pair) for pair in zip(before, model.parameters(), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 1])
def test_the_same_crops_and_noise_come_in_every_run(workers: int) -> None:
    alone, runs = fed(Eye()).alone, []
    for _ in range(2):
        seen: list[Any] = []
        torch.rand(3)  # whatever the user draws in between
        measured(Fed(alone, lambda seen=seen: lambda batch: seen.append(batch.sum().item())), workers=(workers,))  # type: ignore[misc]
        runs.append(seen[:3])
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 3


@pytest.mark.slow
def test_nothing_of_the_process_or_the_model_is_changed() -> None:
    model = Eye()
    each = fed(model)
    before, weights = surroundings(), {name: tensor.clone() for name, tensor in model.state_dict().items()}
    measured(each, workers=(0, 1), threads=1)
    assert surroundings() == before
    assert all(torch.equal(tensor, weights[name]) for name, tensor in model.state_dict().items())
    assert model.training


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 1])
def test_nothing_is_left_behind_where_the_model_fails(workers: int) -> None:
    failing = inference(Eye(fails=True), benchmark(Eye(), EYES, threads=1, settings=SHORT))
    before = surroundings()
    with pytest.raises(ModelError, match=r"^the model's forward fails on cpu in float32: blinded$"):
        measured(failing, workers=(workers,))
    assert surroundings() == before


@pytest.mark.slow
def test_more_workers_than_processors_are_measured_with_a_warning() -> None:
    many = len(host.affinity()) + 1
    record = measured(workers=(many,))
    assert "oversubscribed" in record.loaders[0].time.warnings
    assert "oversubscribed" not in measured(workers=(1,)).loaders[0].time.warnings


@pytest.mark.slow
def test_each_phase_is_told_of() -> None:
    told: list[str] = []
    measured(fed(Eye()), workers=(0, 1), progress=lambda label, fraction: told.append(label))
    assert list(dict.fromkeys(told)) == [
        "warming up the stages",
        "timing the stages",
        "loading, 0 workers",
        "loading, 1 worker",
        "inference on cpu, 0 workers",
        "inference on cpu, 1 worker",
    ]


def test_workers_that_cannot_be_are_refused_before_anything_is_made() -> None:
    with pytest.raises(UsageError, match="0 workers or more"):
        measured(workers=(-1,))


@pytest.mark.gpu
def test_a_gpu_is_fed_from_pinned_memory_and_shares_no_processor() -> None:
    model = Eye().eval()
    each = inference(model, benchmark(model, EYES, device="cuda", settings=SHORT))
    (verdict,) = measured(each, workers=(1,)).verdicts
    assert not verdict.model.shares_processors
    assert verdict.code != "sharing cores"
