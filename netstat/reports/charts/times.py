"""Measured time over a model's layers."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from netstat.records.benchmark import Benchmark
from netstat.reports._table import title
from netstat.reports.charts._chart import chart
from netstat.reports.charts._style import SKY, VERMILLION, Axes, named, worded
from netstat.reports.charts.latency import sweeps
from netstat.reports.charts.layers import frame, slots
from netstat.units import duration, percent


class Timed(NamedTuple):
    """A timed run of a model, the calls that its layers are shown among, and the MACs of all where they are known."""

    benchmark: Benchmark
    calls: Sequence[Any]
    macs: int


def _timed(record: Any) -> list[Timed]:
    """Each run with layers; of a sweep none."""
    if sweeps(record):
        return []
    runs = [run for run in record.benchmarks or () if run.layers]
    layers = record.layers if record.kind == "profile" else {_key(time): time for run in runs for time in run.layers}
    calls = list(layers.values()) if isinstance(layers, dict) else layers
    macs = record.totals.macs if record.kind == "profile" else 0
    return [Timed(run, calls, macs) for run in runs]


def _key(call: Any) -> tuple[str, str, int]:
    return call.path, call.op, call.call


@chart("time", "profile", "benchmark", subjects=_timed, over="layers")
def time(axes: Axes, timed: Timed) -> None:
    """Time per layer.

    Each layer's share of the measured time beside its share of the MACs: where the first is higher, arithmetic is not
    what the layer waits for. What was measured in no layer is in the title.
    """
    found, shares = slots(timed.calls), dict(_shares(timed.benchmark))
    times = [sum(shares.get(_key(call), 0.0) for call in slot.members) for slot in found]
    work = [sum(call.macs for call in slot.members) / timed.macs for slot in found] if timed.macs else []
    thickness, aside = (0.4, 0.2) if work else (0.8, 0.0)
    axes.bar([at - aside for at in range(len(found))], times, thickness, color=VERMILLION, label="time")
    if work:
        axes.bar([at + aside for at in range(len(found))], work, thickness, color=SKY, label="MACs")
    decimals = 0 if max((*times, *work), default=1) > 0.1 else 2
    axes.yaxis.set_major_formatter(worded(lambda share: percent(share, 1, decimals)))
    axes.set_title(_said(timed.benchmark), loc="left")
    frame(axes, found)


def _shares(benchmark: Benchmark) -> Iterator[tuple[tuple[str, str, int], float]]:
    for each in benchmark.layers:
        yield _key(each), each.median_seconds / (benchmark.median_seconds or 1)


def _said(benchmark: Benchmark) -> str:
    name = named(benchmark.device_name, 30)
    device = f"{benchmark.device} ({name})" if name else benchmark.device
    rest = percent(benchmark.unattributed_seconds, benchmark.median_seconds)
    doubt = "" if benchmark.reliable else "unreliable"
    return title(f"time on {device}: {duration(benchmark.median_seconds)}", f"{rest} in no layer", doubt)
