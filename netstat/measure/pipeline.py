"""The input pipeline beside the model it feeds: each alone, and the two together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import fsum
from typing import TYPE_CHECKING, Any, NamedTuple

from netstat.errors import UsageError
from netstat.measure import devices, gates, host, precision
from netstat.measure.clock import Stopwatch, SystemClock
from netstat.measure.devices import Device
from netstat.measure.feeding import Fed, Feed
from netstat.measure.isolation import isolated
from netstat.measure.loading import PREFETCH, batches, check_shared_memory
from netstat.measure.recipe import worker_counts
from netstat.measure.sampling import Progress, has_converged, silent
from netstat.measure.settings import DEFAULT, Settings
from netstat.measure.stages import time_stages
from netstat.measure.steady import Rhythm, steady
from netstat.measure.summary import share, summarise
from netstat.records.pipeline import Loop, PerImage, Pipeline, PipelineRecipe, Stage, Workers

if TYPE_CHECKING:
    from torch import Tensor
    from torch.utils.data import Dataset

SETTINGS = replace(DEFAULT, cap_seconds=5.0)  # there are several loaders and loops to be timed
SEED = 0
QUEUED = 8  # batches of a window, at least, where waiting for the device after each would keep its queue empty


class _Bench(NamedTuple):
    """What every measurement below needs."""

    recipe: PipelineRecipe
    dataset: "Dataset[Tensor]"
    settings: Settings
    threads: int | None
    load: float | None
    progress: Progress


def pipeline(
    recipe: PipelineRecipe,
    fed: Sequence[Fed] = (),
    *,
    model: str = "",
    workers: Sequence[int] | None = None,
    threads: int | None = None,
    settings: Settings = SETTINGS,
    load: float | None = None,
    environment: dict[str, Any] | None = None,
    progress: Progress = silent,
) -> Pipeline:
    """Time the stages of `recipe`, a data loader with each number of `workers`, and each model that it feeds.

    Args:
        recipe: made by `recipe.recipe_of`.
        fed: the model once per device and mode.
        model: its name.
        workers: numbers of worker processes.
        threads: CPU threads of the calling process; None leaves as many as torch has. A worker has one.
        settings: how long each single measurement goes on.
        load: of the machine before anything was measured; None asks now.
        environment: to be recorded.
        progress: told how far each is.

    Raises:
        UsageError: no torchvision, shared memory too small, or `workers` that cannot be.
        ModelError: the pipeline or the model fails.
    """
    counts = worker_counts(workers)
    check_shared_memory(4 * 3 * recipe.crop[0] * recipe.crop[1], recipe.batch, max(counts))
    load = host.load_average() if load is None else load
    with _seeded(devices.find("cpu"), "float32", 1):  # what a worker has
        recipe, dataset = _dataset(recipe)
        bench = _Bench(recipe, dataset, settings, threads, load, progress)
        stages, whole = _stages(bench)
    return Pipeline(
        model=model,
        recipe=recipe,
        stages=stages,
        whole=whole,
        loaders=tuple(_loader(bench, count) for count in counts),
        models=tuple(each.alone for each in fed),
        loops=tuple(_loop(bench, each, count) for each in fed for count in counts),
        environment=environment or {},
    )


@contextmanager
def _seeded(device: Device, dtype: str, threads: int | None) -> Iterator[int]:
    """As `isolated`, but crops and noise are the same ones in every run, and tensors may be trained on."""
    import torch

    with isolated(device, precision.find(dtype), threads) as used, torch.inference_mode(False), torch.enable_grad():
        torch.manual_seed(SEED)
        yield used


def _dataset(recipe: PipelineRecipe) -> "tuple[PipelineRecipe, Dataset[Tensor]]":
    try:
        from netstat.frontends import augmentation
    except ImportError as error:
        raise UsageError(
            f"the input pipeline needs torchvision with transforms v2 ({error}); pip install 'torchvision>=0.26'"
        ) from error
    encoded = augmentation.photographs(*recipe.image, recipe.images)
    size = sum(map(len, encoded)) // len(encoded) if recipe.decode else 0
    sources = encoded if recipe.decode else [augmentation.decoded(photograph) for photograph in encoded]
    steps = augmentation.steps(recipe)
    return replace(recipe, encoded_bytes=size), augmentation.Photographs(sources, steps)


def _stages(bench: _Bench) -> tuple[tuple[Stage, ...], PerImage]:
    from torch.utils.data import default_collate

    made: Any = bench.dataset
    group, stopwatch = bench.recipe.group, Stopwatch(SystemClock(), devices.find("cpu"))
    times = time_stages(
        made.sources, made.steps, default_collate, group, stopwatch, bench.settings, progress=bench.progress
    )
    cpus = share(fsum(block.cpu for block in times.whole), fsum(block.wall for block in times.whole))
    whole = _per_image([block.seconds / group for block in times.whole], bench, cpu_share=cpus)
    return tuple(_stage(name, samples) for name, samples in times.stages.items()), whole


def _stage(name: str, samples: Sequence[float]) -> Stage:
    summary = summarise(samples)
    return Stage(name, summary.median, summary.ci95, tuple(samples))


def _loader(bench: _Bench, workers: int) -> Workers:
    target = devices.find("cpu")
    with _seeded(target, "float32", bench.threads):
        return Workers(workers, _stream(bench, workers, target, lambda batch: None, "loading"))


def _loop(bench: _Bench, fed: Fed, workers: int) -> Loop:
    alone, target = fed.alone, devices.find(fed.alone.device)
    with _seeded(target, alone.dtype, alone.threads):
        time = _stream(bench, workers, target, fed.start(), f"{alone.mode} on {target.name}")
    return Loop(alone.device, alone.mode, workers, time)


def _stream(bench: _Bench, workers: int, target: Device, feed: Feed, doing: str) -> PerImage:
    """Time of an image of a loader's stream while `feed` takes its batches."""
    size, stopwatch = bench.recipe.batch, Stopwatch(SystemClock(), target)
    each = max(1, workers)
    window = each if target.on_host else each * -(-QUEUED // each)
    rhythm = Rhythm(warmup=max(bench.settings.warmup_calls, PREFETCH * workers + 1), window=window)
    label = f"{doing}, {workers} {'worker' if workers == 1 else 'workers'}"
    with batches(bench.dataset, size, workers, pinned=not target.on_host) as next_batch:
        seconds = steady(
            lambda: feed(next_batch()), stopwatch, bench.settings, rhythm, label=label, progress=bench.progress
        )
    extra = ("oversubscribed",) if workers > len(host.affinity()) else ()
    return _per_image([batch / size for batch in seconds], bench, extra=extra)


def _per_image(
    samples: Sequence[float], bench: _Bench, *, cpu_share: float | None = None, extra: tuple[str, ...] = ()
) -> PerImage:
    summary = summarise(samples)
    seen = gates.Conditions(
        summary=summary,
        converged=has_converged(summary, len(samples), bench.settings),
        cpu_share=cpu_share,
        threads=1,
        load=bench.load,
        cores=host.cores(),
        hooked=0.0,
        layers=0.0,
    )
    codes = gates.warnings(seen) + extra
    return PerImage(summary.median, summary.ci95, tuple(samples), gates.reliable(codes), codes)
