"""Training steps as tables: the phases, and the backward pass layer by layer."""

from collections.abc import Iterator, Sequence
from functools import partial

from netstat.records.benchmark import FEWEST_FOR_INTERVAL, WARNINGS
from netstat.records.training import EpochForecast, LayerBackward, Phase, TrainingStep
from netstat.reports._freezing import freezing_table
from netstat.reports._table import (
    Column,
    Fact,
    Table,
    count_column,
    loss_of,
    measured,
    place,
    rows,
    share_column,
    title,
)
from netstat.units import duration, exact, percent, plural, rate, ratio, scaled, span

_RATE = partial(scaled, unit="FLOP/s")


def training_tables(steps: Sequence[TrainingStep], model: str = "") -> list[Table]:
    """The phases of each step and its layers' backward times."""
    return [table for step in steps for table in _tables(step, model)]


def _tables(step: TrainingStep, model: str) -> Iterator[Table]:
    settings = tuple(_settings(step))
    yield _phases(step, title("training step", model, *settings))
    if step.freezing:
        yield freezing_table(step.freezing, model)
    if step.layers:
        yield _layers(step, title("backward pass", model, *settings))


def _settings(step: TrainingStep) -> Iterator[str]:
    yield f"{step.device} ({step.device_name})" if step.device_name else step.device
    yield f"batch {exact(step.batch)}"
    yield f"{step.dtype} autocast, {step.weights_dtype} weights" if step.autocast else step.dtype
    yield plural(step.threads, "thread")


def _phases(step: TrainingStep, heading: str) -> Table:
    whole = Phase("whole step", step.median_seconds, step.ci95_seconds, step.samples)
    rest = Phase("unattributed", step.unattributed_seconds, (0.0, 0.0), ())
    columns = [
        Column("name", "phase", left=True),
        Column("time", "time", duration, cell=lambda phase, _: phase.median_seconds),
        Column("interval", "95 % interval", cell=lambda phase, _: _range(phase), rank=1, missing=""),
        share_column("time_share", "time %", cell=lambda phase, _: (phase.median_seconds, step.median_seconds)),
    ]
    groups = [rows(columns, step.phases), rows(columns, (rest, whole))]
    return Table(heading, columns, groups, list(_lead(step)), list(_notes(step)))


def _range(phase: Phase) -> str | None:
    if len(phase.samples) < FEWEST_FOR_INTERVAL:
        return None
    low, high = (duration(seconds) for seconds in phase.ci95_seconds)
    return f"{low} to {high}"


def _lead(step: TrainingStep) -> Iterator[Fact]:
    interval = _interval(step, duration(step.ci95_seconds[0]), duration(step.ci95_seconds[1]))
    yield "step", f"{duration(step.median_seconds)}, {interval}"
    yield "throughput", rate(step.examples_per_second, "examples")
    yield "trained by", f"{step.optimizer} (learning rate {step.learning_rate:g}), {loss_of(step.loss)}"
    frozen = f", {exact(step.frozen_params)} frozen" if step.frozen_params else ""
    yield "parameters", f"{exact(step.trainable_params)} trained{frozen}"
    yield "samples", f"{exact(len(step.samples))} after {plural(step.warmup_calls, 'warm-up step')}"
    for warning in step.warnings:
        yield "warning", WARNINGS.get(warning, warning)
    if not step.reliable:
        yield "UNRELIABLE", "a warning above spoils this figure"


def _notes(step: TrainingStep) -> Iterator[Fact]:
    if step.times_inference is not None:
        times = ratio(step.times_inference)
        yield "inference", f"{duration(step.inference_seconds)} for the same batch: a step takes {times} as long"
    if step.forecast:
        yield "forecast", _forecast(step, step.forecast)
    if step.flops is not None and step.flops_per_second is not None:
        yield "arithmetic", _arithmetic(step, step.flops, step.flops_per_second)
    if step.ceiling and (reached := step.utilisation()) is not None:
        most = _RATE(step.ceiling.flops_per_second)
        yield "utilisation", f"{_bound(step)}{percent(reached, 1)} of the ceiling of {most} (model FLOPs utilisation)"


def _forecast(step: TrainingStep, forecast: EpochForecast) -> str:
    low, high = map(span, forecast.ci95_seconds)
    interval = f" [{low} – {high}]" if len(step.samples) >= FEWEST_FOR_INTERVAL else ""
    return (
        f"{plural(forecast.epochs, 'epoch')} of {exact(forecast.images)} images: {span(forecast.seconds)}{interval}, "
        f"{plural(forecast.steps, 'step')}, data loading not included"
    )


def _interval(step: TrainingStep, low: str, high: str) -> str:
    enough = len(step.samples) >= FEWEST_FOR_INTERVAL
    return f"95 % CI {low} to {high}" if enough else "too few samples for a confidence interval"


def _arithmetic(step: TrainingStep, flops: int, reached: float) -> str:
    macs = f"{scaled(step.macs or 0)} MACs forward, {scaled(step.backward_macs or 0)} backward"
    return f"{_bound(step)}{scaled(flops, 'FLOP')} in contractions ({macs}): {_RATE(reached)}"


def _bound(step: TrainingStep) -> str:
    return "" if step.complete else "≥"


def _layers(step: TrainingStep, heading: str) -> Table:
    whole = next(phase.median_seconds for phase in step.phases if phase.name == "backward")
    columns = [
        Column("path", "layer", cell=lambda layer, _: place(layer.path), left=True, flexible="middle"),
        Column("op", "operator", left=True, rank=5),
        count_column("backward_macs", "backward MACs"),
        Column("time", "time", measured, cell=lambda layer, _: (layer.median_seconds, layer.below)),
        share_column("time_share", "time %", cell=lambda layer, _: (layer.median_seconds, whole)),
        Column("flops_per_second", "FLOP/s", scaled, rank=2, missing=""),
    ]
    sums = (
        LayerBackward("unattributed", "", 0, step.layers_unattributed_seconds),
        LayerBackward("backward", "", step.backward_macs or 0, whole),
    )
    hooks = f"with the hooks that told these times the backward pass took {duration(step.hooked_seconds)}"
    return Table(heading, columns, [rows(columns, step.layers), rows(columns, sums)], notes=[("hooks", hooks)])
