"""What an input pipeline feeds: a model on a device, and what it does on batches that are there already."""

from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Any, NamedTuple

from netstat.measure import devices, precision
from netstat.measure.devices import Device
from netstat.measure.regime import STANDARD
from netstat.measure.step import WEIGHTS, Step
from netstat.measure.subject import forward_of, prepared
from netstat.records.benchmark import Benchmark
from netstat.records.pipeline import ModelAlone, PerImage
from netstat.records.training import TrainingStep

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

Feed = Callable[["Tensor"], object]

OF_LAYERS = frozenset({"hooks_slow", "overattributed"})  # warnings that say nothing about the whole forward pass


class Fed(NamedTuple):
    """A model that the pipeline feeds.

    Attributes:
        alone: what it does without the pipeline.
        start: makes what takes a batch from the host and runs the model on it; called in the settings of `alone`.
    """

    alone: ModelAlone
    start: Callable[[], Feed]


def inference(module: "Module", benchmark: Benchmark, *, owned: bool = False) -> Fed:
    """The forward pass of `module`, whose time alone `benchmark` is, at the pipeline's batch.

    The module is copied, and itself left alone, unless it is `owned`.
    """
    target, kind = devices.find(benchmark.device), precision.find(benchmark.dtype)

    def start() -> Feed:
        import torch

        subject, where = prepared(module, target, kind, owned=owned), f"{target.name} in {kind.name}"

        def feed(batch: "Tensor") -> object:
            there = batch.to(target.torch_device, kind.torch_dtype, non_blocking=True)
            with torch.inference_mode():
                return forward_of(subject, [there], where)()

        return feed

    time = _per_image(benchmark, frozenset(benchmark.warnings) - OF_LAYERS)
    return Fed(_alone(benchmark, "inference", time, target), start)


def training(module: "Module", step: TrainingStep, *, owned: bool = False) -> Fed:
    """The training step of `module` by the standard regime, whose time alone `step` is, at the pipeline's batch.

    Targets are the same for every batch, as for `training_step`. The module is copied, unless it is `owned`.
    """
    target, kind = devices.find(step.device), precision.find(step.dtype)

    def start() -> Feed:
        made: list[tuple[Any, tuple[Callable[[], object], ...]]] = []

        def feed(batch: "Tensor") -> None:
            if not made:  # a step is made for inputs of one size, and runs once to see what the model returns
                there = batch.to(target.torch_device, copy=True)
                subject = prepared(module, target, WEIGHTS, owned=owned)
                trained = Step(subject, [there], target, kind, STANDARD.optimizer, STANDARD.loss)
                made.append((there, tuple(trained.phases.values())))
            there, phases = made[0]
            there.copy_(batch, non_blocking=True)
            for phase in phases:
                phase()

        return feed

    return Fed(_alone(step, "training", _per_image(step, frozenset(step.warnings)), target), start)


def _alone(known: Benchmark | TrainingStep, mode: str, time: PerImage, target: Device) -> ModelAlone:
    return ModelAlone(
        device=known.device,
        device_name=known.device_name,
        dtype=known.dtype,
        threads=known.threads,
        mode=mode,
        shares_processors=target.on_host,
        time=time,
    )


def _per_image(known: Benchmark | TrainingStep, warnings: Container[str]) -> PerImage:
    batch, (low, high) = known.batch, known.ci95_seconds
    return PerImage(
        median_seconds=known.median_seconds / batch,
        ci95_seconds=(low / batch, high / batch),
        samples=tuple(sample / batch for sample in known.samples),
        reliable=known.reliable,
        warnings=tuple(code for code in known.warnings if code in warnings),
    )
