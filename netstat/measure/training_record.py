"""What timing a training step brought, as a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from statistics import median

from netstat.analysis.training import Work
from netstat.frontends.optimizers import Recipe
from netstat.measure import gates, host
from netstat.measure.canary import slowdown
from netstat.measure.devices import Device
from netstat.measure.layers import RESOLUTION
from netstat.measure.precision import Precision
from netstat.measure.sampling import has_converged
from netstat.measure.step import WEIGHTS, is_mixed
from netstat.measure.summary import Summary, share, summarise
from netstat.measure.training_run import Run
from netstat.records.training import LayerBackward, Phase, TrainingStep


@dataclass(frozen=True, slots=True)
class Setting:
    """What was run, and where."""

    device: Device
    precision: Precision
    threads: int
    batch: int
    load: float | None
    optimizer: str
    recipe: Recipe
    loss: str
    params: tuple[int, int]  # trainable ones, and all
    codes: tuple[str, ...]


def record(run: Run, setting: Setting, inference: Summary, work: Work | None) -> TrainingStep:
    """The record of `run`. Phases and the unattributed rest add up to the whole: the rest is the difference."""
    samples = tuple(block.seconds for block in run.blocks)
    whole, phases = summarise(samples), tuple(_phase(name, times) for name, times in run.phased.times.items())
    layers, backward = _layers(run, work), next(phase.median_seconds for phase in phases if phase.name == "backward")
    codes = _warnings(run, setting, whole, backward)
    return TrainingStep(
        device=setting.device.name,
        device_name=setting.device.describe(),
        batch=setting.batch,
        dtype=setting.precision.name,
        weights_dtype=WEIGHTS.dtype,
        autocast=is_mixed(setting.precision),
        threads=setting.threads,
        optimizer=setting.optimizer,
        learning_rate=setting.recipe.learning_rate,
        loss=setting.loss,
        phases=phases,
        unattributed_seconds=whole.median - fsum(phase.median_seconds for phase in phases),
        median_seconds=whole.median,
        ci95_seconds=whole.ci95,
        min_seconds=whole.min,
        mean_seconds=whole.mean,
        mad_seconds=whole.mad,
        iqr_seconds=whole.iqr,
        samples=samples,
        warmup_calls=len(run.warmup),
        reliable=gates.reliable(codes),
        warnings=codes,
        examples_per_second=share(setting.batch, whole.median),
        inference_seconds=inference.median,
        inference_ci95_seconds=inference.ci95,
        trainable_params=setting.params[0],
        frozen_params=setting.params[1] - setting.params[0],
        macs=work.macs if work else None,
        backward_macs=work.backward_macs if work else None,
        complete=work is None or work.complete,
        layers=layers,
        layers_unattributed_seconds=backward - fsum(layer.median_seconds for layer in layers),
        hooked_seconds=median(run.backward.totals),
    )


def _phase(name: str, times: Sequence[float]) -> Phase:
    summary = summarise(times)
    return Phase(name, summary.median, summary.ci95, tuple(times))


def _layers(run: Run, work: Work | None) -> tuple[LayerBackward, ...]:
    macs, ops = (work.backward, work.ops) if work else ({}, {})
    return tuple(
        LayerBackward(path, ops.get(path, ""), macs.get(path, 0), seconds, RESOLUTION * run.resolution)
        for path, seconds in run.backward.typical().items()
    )


def _conditions(run: Run, setting: Setting, whole: Summary) -> gates.Conditions:
    return gates.Conditions(
        summary=whole,
        converged=has_converged(whole, len(run.blocks), run.settings),
        cpu_share=run.cpus / setting.threads if setting.device.on_host else None,
        threads=setting.threads,
        load=setting.load,
        cores=host.cores(),
        hooked=None,
        layers=0.0,
        canary=canary[0] / canary[1] if (canary := slowdown(run.canary)) else None,
        switches=run.switches / setting.threads if setting.device.on_host else None,
    )


def _warnings(run: Run, setting: Setting, whole: Summary, backward: float) -> tuple[str, ...]:
    slowed = median(run.backward.totals) > gates.HOOKS_SLOW * backward
    codes = (*gates.warnings(_conditions(run, setting, whole)), *setting.codes)
    return (*codes, "backward_hooks_slow") if slowed else codes
