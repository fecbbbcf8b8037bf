"""From a run to its record."""

from dataclasses import dataclass
from math import fsum
from statistics import median
from typing import Any

from netstat.measure import gates, host
from netstat.measure.canary import slowdown
from netstat.measure.clock import Block
from netstat.measure.driver import Run
from netstat.measure.precision import find
from netstat.measure.summary import Summary, share, summarise
from netstat.records.benchmark import Benchmark


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is to be said of a run from outside of it.

    Attributes:
        load: of the machine before it, None where unknown.
        here: why it took place in the calling process, "" where it did not.
        in_turn: whether processes came one after the other.
    """

    load: float | None = None
    here: str = ""
    in_turn: bool = False


def record(run: Run, around: Surroundings, *, second_look: bool = False) -> Benchmark:
    """The record of `run`. Layers and the unattributed rest add up to the whole: the rest is the difference."""
    whole = summarise(*run.course.series)
    attributed = fsum(layer.median_seconds for layer in run.parts.layers)
    totals = [seconds for hooked in run.hooked for seconds in hooked.totals]
    codes = gates.warnings(_conditions(run, around, whole, attributed, median(totals) if totals else None))
    return Benchmark(
        **_settings(run),
        **_figures(whole),
        **_circumstances(run),
        examples_per_second=share(run.configuration.batch, whole.median),
        reliable=gates.reliable(codes),
        warnings=codes,
        layers=run.parts.layers,
        unattributed_seconds=whole.median - attributed,
        hooked_seconds=median(totals) if totals else 0.0,
        calibration_seconds=run.calibration,
        here=around.here,
        second_look=second_look,
        device_times=run.device_times,
        containers=run.parts.containers,
    )


def _settings(run: Run) -> dict[str, Any]:
    configuration, ready = run.configuration, run.warm[0]
    return {
        "device": configuration.device,
        "device_name": ready.device_name,
        "batch": configuration.batch,
        "dtype": find(configuration.dtype).name,
        "threads": ready.threads,
        "memory_format": configuration.memory_format,
        "mode": configuration.mode,
        "input_shapes": tuple(spec.shape for _, spec in configuration.inputs),
    }


def _figures(whole: Summary) -> dict[str, Any]:
    return {
        "median_seconds": whole.median,
        "ci95_seconds": whole.ci95,
        "min_seconds": whole.min,
        "mean_seconds": whole.mean,
        "mad_seconds": whole.mad,
        "iqr_seconds": whole.iqr,
        "p90_seconds": whole.p90,
        "p99_seconds": whole.p99,
        "outliers": whole.outliers,
    }


def _circumstances(run: Run) -> dict[str, Any]:
    blocks, series = _blocks(run), run.course.series
    return {
        "samples": tuple(seconds for each in series for seconds in each),
        "processes": tuple(map(len, series)),
        "stopped": run.course.stopped,
        "cold": run.course.settings.cold,
        "warmup_calls": sum(warm.warmup_calls for warm in run.warm),
        "timed_seconds": fsum(block.wall for block in blocks),
        "cpu_seconds": fsum(block.cpu for block in blocks),
        "involuntary_switches": sum(block.switches for block in blocks),
        "canary_seconds": slowdown(run.canary),
    }


def _blocks(run: Run) -> list[Block]:
    return [block for blocks in run.course.blocks for block in blocks]


def _conditions(
    run: Run, around: Surroundings, whole: Summary, layers: float, hooked: float | None
) -> gates.Conditions:
    blocks, ready = _blocks(run), run.warm[0]
    wall, threads = fsum(block.wall for block in blocks), ready.threads
    canary = slowdown(run.canary)
    return gates.Conditions(
        summary=whole,
        converged=run.course.stopped != "cap",
        cpu_share=share(fsum(block.cpu for block in blocks), wall * threads) if ready.on_host else None,
        threads=threads,
        load=around.load,
        cores=host.cores(),
        hooked=hooked,
        layers=layers,
        canary=share(*canary) if canary else None,
        switches=share(sum(block.switches for block in blocks), wall * threads) if ready.on_host else None,
        largest=max((part.median_seconds for kind in run.parts for part in kind), default=0.0),
        here=bool(around.here),
        in_turn=around.in_turn,
        device_times=run.device_times,
    )
