"""Measured times as tables, one per device."""

from collections.abc import Iterator, Mapping, Sequence

from netstat.records.benchmark import FEWEST_FOR_INTERVAL, WARNINGS, Benchmark, LayerTime
from netstat.records.profile import Layer
from netstat.records.roofline import Roofline
from netstat.reports._roofline import roofline_columns, roofline_facts
from netstat.reports._table import Column, Fact, Table, count_column, measured, place, rows, share_column, title
from netstat.units import duration, exact, plural, rate

Call = tuple[str, str, int]


def benchmark_tables(
    benchmarks: Sequence[Benchmark],
    layers: Sequence[Layer] = (),
    model: str = "",
    rooflines: Sequence[Roofline] | None = None,
) -> list[Table]:
    """The time of each layer and of the whole, per device; beside them what `layers` and `rooflines` say, if given."""
    macs = {(layer.path, layer.op, layer.call): layer.macs for layer in layers}
    beside: Sequence[Roofline | None] = rooflines or [None] * len(benchmarks)
    return [_table(benchmark, macs, model, roof) for benchmark, roof in zip(benchmarks, beside, strict=True)]


def _table(benchmark: Benchmark, macs: Mapping[Call, int], model: str, roofline: Roofline | None) -> Table:
    heading = title("time", model, *_settings(benchmark))
    facts = [*_facts(benchmark), *(roofline_facts(roofline) if roofline else ())]
    if not benchmark.layers:
        return Table(heading, lead=facts)
    columns = [*_columns(benchmark.median_seconds, macs), *(roofline_columns(roofline) if roofline else ())]
    sums = (
        LayerTime("unattributed", 0, "", benchmark.unattributed_seconds),
        LayerTime("whole", 0, "", benchmark.median_seconds),
    )
    return Table(heading, columns, [rows(columns, benchmark.layers), rows(columns, sums)], facts)


def _columns(whole: float, macs: Mapping[Call, int]) -> list[Column]:
    columns = [
        Column("path", "layer", cell=lambda time, _: place(time.path, time.call), left=True, flexible="middle"),
        Column("op", "operator", left=True, rank=5),
        Column("time", "time", measured, cell=lambda time, _: (time.median_seconds, time.below)),
        share_column("time_share", "time %", cell=lambda time, _: (time.median_seconds, whole)),
    ]
    beside = count_column("macs", "MACs", cell=lambda time, _: macs.get((time.path, time.op, time.call)))
    return [*columns, beside] if macs else columns


def _settings(benchmark: Benchmark) -> Iterator[str]:
    yield f"{benchmark.device} ({benchmark.device_name})" if benchmark.device_name else benchmark.device
    yield f"batch {exact(benchmark.batch)}"
    yield benchmark.dtype
    yield plural(benchmark.threads, "thread")


def _interval(benchmark: Benchmark) -> str:
    if len(benchmark.samples) < FEWEST_FOR_INTERVAL:
        return "too few samples for a confidence interval"
    low, high = (duration(seconds) for seconds in benchmark.ci95_seconds)
    return f"95 % CI {low} to {high}"


def _facts(benchmark: Benchmark) -> Iterator[Fact]:
    yield "median", f"{duration(benchmark.median_seconds)}, {_interval(benchmark)}"
    yield "throughput", rate(benchmark.examples_per_second, "examples")
    yield "samples", f"{exact(len(benchmark.samples))} after {plural(benchmark.warmup_calls, 'warm-up call')}"
    for warning in benchmark.warnings:
        yield "warning", WARNINGS.get(warning, warning)
    if not benchmark.reliable:
        yield "UNRELIABLE", "a warning above spoils this figure"
