"""Measured times as tables, one per device."""

from collections.abc import Iterator, Sequence

from netstat.records.benchmark import FEWEST_FOR_INTERVAL, WARNINGS, Benchmark, Benchmarks
from netstat.records.profile import Layer, Profile
from netstat.records.roofline import Roofline
from netstat.records.view import View
from netstat.reports._device_times import device_facts
from netstat.reports._roofline import roofline_columns, roofline_facts
from netstat.reports._table import Fact, Table, rows, title
from netstat.reports._times import lines, sums, time_columns, where
from netstat.units import duration, exact, plural, rate

MOST_WITH_LAYERS = 2  # of more ways to run a model nobody reads the layers of each; JSON has them


def benchmark_tables(record: Benchmarks | Profile, view: View, layers: Sequence[Layer] = ()) -> Iterator[Table]:
    """Ways to run a model side by side where there are several, the layers of few, and training steps.

    Args:
        record: what has the times.
        view: order of the rows, or a tree of them.
        layers: of the model's profile: their counts stand beside the times.
    """
    times, failures = record.benchmarks or (), getattr(record, "failures", ())
    if len(times) + len(failures) > 1:
        from netstat.reports._sweep import sweep_table

        yield sweep_table(times, failures, record.model, getattr(record, "relative_ci95", ()))
    if len(times) <= MOST_WITH_LAYERS:
        yield from timed_tables(times, layers, record.model, view, record.roofline)
    if isinstance(record, Benchmarks) and record.training is not None:
        from netstat.reports._training import training_tables

        yield from training_tables(record.training, record.model)


def timed_tables(
    benchmarks: Sequence[Benchmark],
    layers: Sequence[Layer] = (),
    model: str = "",
    view: View | None = None,
    rooflines: Sequence[Roofline] | None = None,
) -> list[Table]:
    """The time of each layer and of the whole, per device.

    Args:
        benchmarks: the times.
        layers: of the model's profile: their counts, and rates, stand beside the times.
        model: for the heading.
        view: order of the rows ("time"), or a tree of them; its columns are the profile's own matter.
        rooflines: one per benchmark that is no second look: what the device allows stands beside the times.
    """
    beside = iter(rooflines or ())
    each = [(benchmark, None if benchmark.second_look else next(beside, None)) for benchmark in benchmarks]
    return [_table(benchmark, layers, model, view or View(), roofline) for benchmark, roofline in each]


def _table(benchmark: Benchmark, layers: Sequence[Layer], model: str, view: View, roofline: Roofline | None) -> Table:
    heading = title("time", model, *_settings(benchmark))
    facts = [*_facts(benchmark), *where(benchmark), *(roofline_facts(roofline) if roofline else ())]
    if not benchmark.layers:
        return Table(heading, lead=facts)
    columns = [*time_columns(benchmark, layers, view), *(roofline_columns(roofline) if roofline else ())]
    return Table(heading, columns, [rows(columns, lines(benchmark, view)), rows(columns, sums(benchmark))], facts)


def _settings(benchmark: Benchmark) -> Iterator[str]:
    yield f"{benchmark.device} ({benchmark.device_name})" if benchmark.device_name else benchmark.device
    yield f"batch {exact(benchmark.batch)}"
    yield benchmark.dtype
    yield plural(benchmark.threads, "thread")
    yield from (word for word in (benchmark.memory_format, benchmark.mode) if word not in ("contiguous", "eager"))
    if benchmark.cold:
        yield "cold caches"
    if benchmark.second_look:
        yield "second look"


def _interval(benchmark: Benchmark) -> str:
    if len(benchmark.samples) < FEWEST_FOR_INTERVAL:
        return "too few samples for a confidence interval"
    low, high = (duration(seconds) for seconds in benchmark.ci95_seconds)
    return f"95 % CI {low} to {high}{_of_processes(benchmark)}"


def _of_processes(benchmark: Benchmark) -> str:
    """What the interval is of; "" where nobody wrote it down."""
    several = f", over {exact(len(benchmark.processes))} processes"
    return ("", ", within one process: others may differ", several)[min(len(benchmark.processes), 2)]


def _range(benchmark: Benchmark) -> Iterator[str]:
    yield f"{duration(benchmark.min_seconds)} to {duration(benchmark.max_seconds)}"
    percentiles = (("p90", benchmark.p90_seconds), ("p99", benchmark.p99_seconds))
    yield from (f"{name} {duration(seconds)}" for name, seconds in percentiles if seconds is not None)


def _runs(benchmark: Benchmark) -> str:
    outliers = f", {plural(benchmark.outliers, 'outlier')} among them" if benchmark.outliers else ""
    return f"{exact(len(benchmark.samples))}{outliers}; {plural(benchmark.warmup_calls, 'warm-up call')} before"


def _facts(benchmark: Benchmark) -> Iterator[Fact]:
    median = "eager latency" if benchmark.device_times else "median"
    yield median, f"{duration(benchmark.median_seconds)}, {_interval(benchmark)}"
    yield from device_facts(benchmark)
    yield "range", ", ".join(_range(benchmark))
    yield "runs", _runs(benchmark)
    yield "throughput", rate(benchmark.examples_per_second, "examples")
    for warning in benchmark.warnings:
        yield "warning", WARNINGS.get(warning, warning)
    if not benchmark.reliable:
        yield "UNRELIABLE", "a warning above spoils this figure"
