"""What an input pipeline feeds: a model on a device, and what it does on batches that are there already."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from netstat.measure import devices, precision
from netstat.measure.subject import forward_of, prepared
from netstat.records.benchmark import Benchmark
from netstat.records.pipeline import ModelAlone, PerImage

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

Feed = Callable[["Tensor"], object]

OF_LAYERS = {"hooks_slow", "overattributed"}  # warnings that say nothing about the whole forward pass


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

    return Fed(_alone(benchmark, shares_processors=target.on_host), start)


def _alone(benchmark: Benchmark, *, shares_processors: bool) -> ModelAlone:
    batch, (low, high) = benchmark.batch, benchmark.ci95_seconds
    time = PerImage(
        median_seconds=benchmark.median_seconds / batch,
        ci95_seconds=(low / batch, high / batch),
        samples=tuple(sample / batch for sample in benchmark.samples),
        reliable=benchmark.reliable,
        warnings=tuple(code for code in benchmark.warnings if code not in OF_LAYERS),
    )
    return ModelAlone(
        device=benchmark.device,
        device_name=benchmark.device_name,
        dtype=benchmark.dtype,
        threads=benchmark.threads,
        mode="inference",
        shares_processors=shares_processors,
        time=time,
    )
