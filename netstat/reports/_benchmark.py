"""Measured times as tables, one per device."""

from collections.abc import Iterator, Mapping, Sequence

from netstat.records.benchmark import FEWEST_FOR_INTERVAL, WARNINGS, Benchmark, LayerTime
from netstat.records.profile import Layer
from netstat.reports._table import Column, Fact, Table, count_column, measured, place, rows, share_column, title
from netstat.units import duration, exact, plural, rate

Call = tuple[str, str, int]


def benchmark_tables(benchmarks: Sequence[Benchmark], layers: Sequence[Layer] = (), model: str = "") -> list[Table]:
    """The time of each layer and of the whole, per device; beside them the MACs of `layers` where those are given."""
    macs = {(layer.path, layer.op, layer.call): layer.macs for layer in layers}
    return [_table(benchmark, macs, model) for benchmark in benchmarks]


def _table(benchmark: Benchmark, macs: Mapping[Call, int], model: str) -> Table:
    heading = title("time", model, *_settings(benchmark))
    facts = list(_facts(benchmark))
    if not benchmark.layers:
        return Table(heading, lead=facts)
    columns = _columns(benchmark.median_seconds, macs)
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
    yield from (word for word in (benchmark.memory_format, benchmark.mode) if word not in ("contiguous", "eager"))
    if benchmark.second_look:
        yield "second look"


def _interval(benchmark: Benchmark) -> str:
    if len(benchmark.samples) < FEWEST_FOR_INTERVAL:
        return "too few samples for a confidence interval"
    low, high = (duration(seconds) for seconds in benchmark.ci95_seconds)
    return f"95 % CI {low} to {high}, {_of_processes(benchmark)}"


def _of_processes(benchmark: Benchmark) -> str:
    """What the interval is of."""
    several = len(benchmark.processes) > 1
    return f"over {exact(len(benchmark.processes))} processes" if several else "within one process: others may differ"


def _samples(benchmark: Benchmark) -> Iterator[str]:
    yield f"{exact(len(benchmark.samples))} after {plural(benchmark.warmup_calls, 'warm-up call')}"
    yield f"lowest {duration(benchmark.min_seconds)}"
    percentiles = (("p90", benchmark.p90_seconds), ("p99", benchmark.p99_seconds))
    yield from (f"{name} {duration(seconds)}" for name, seconds in percentiles if seconds is not None)
    if benchmark.outliers:
        yield plural(benchmark.outliers, "outlier")


def _facts(benchmark: Benchmark) -> Iterator[Fact]:
    yield "median", f"{duration(benchmark.median_seconds)}, {_interval(benchmark)}"
    yield "throughput", rate(benchmark.examples_per_second, "examples")
    yield "samples", ", ".join(_samples(benchmark))
    for warning in benchmark.warnings:
        yield "warning", WARNINGS.get(warning, warning)
    if not benchmark.reliable:
        yield "UNRELIABLE", "a warning above spoils this figure"
