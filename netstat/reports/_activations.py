"""Activation functions as a table: operations and time per element, and where the gradient vanishes."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from netstat.records.activations import ALIVE, REACH, Activation, Activations
from netstat.records.benchmark import WARNINGS, Benchmark
from netstat.records.view import View
from netstat.reports._table import Column, Fact, Table, rows, title
from netstat.units import between, duration, each, percent, plural, ratio, shape


def activations_tables(record: Activations, view: View) -> Iterator[Table]:
    """The one table of activation functions."""
    yield _table(record)


def _table(record: Activations) -> Table:
    """One row per function: those of each value by itself, then those across channels."""
    columns = [*_counts(), *_times(record), Column("alive", f"gradient ≥ {percent(ALIVE, 1, 0)}", between, missing="")]
    groups = [
        rows(columns, [found for found in record.activations if found.across_channels is across])
        for across in (False, True)
    ]
    first = record.activations[0].elements if record.activations else 0
    heading = title("per element", f"input {shape(record.input_shape)} {record.dtype}", plural(first, "element"))
    return Table(heading, columns, [group for group in groups if group], notes=list(_notes(record)))


def _counts() -> Iterator[Column]:
    count = partial(Column, text=each, missing="")
    yield Column("name", "function", left=True)
    yield Column("settings", "settings", left=True, flexible="middle", rank=1)
    for name in ("multiplies", "adds", "divides", "compares", "specials"):
        yield count(name, name, cell=_per_element(name), rank=2)
    yield count("flops", "operations", cell=_per_element("flops"))


def _per_element(name: str) -> Callable[[Activation, Any], Fraction]:
    return lambda found, _: found.per_element(name)


def _times(record: Activations) -> Iterator[Column]:
    """Seconds per element on each device, and as a multiple of those of ReLU."""
    for benchmark in record.benchmarks or ():
        seconds = {found.name: record.seconds_per_element(found, benchmark) for found in record.activations}
        yield Column("seconds", device(benchmark), duration, _of(seconds))
        times = {name: _over(own, seconds.get("relu")) for name, own in seconds.items()}
        yield Column("ratio", "× relu", ratio, _of(times), rank=3)


def _of(figures: Mapping[str, float | None]) -> Callable[[Activation, Any], float | None]:
    return lambda found, _: figures[found.name]


def _over(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def device(benchmark: Benchmark) -> str:
    """What the times of a benchmark are called."""
    return f"{benchmark.device}, {plural(benchmark.threads, 'thread')}" if benchmark.second_look else benchmark.device


def _notes(record: Activations) -> Iterator[Fact]:
    for benchmark in record.benchmarks or ():
        yield from _of_benchmark(benchmark)
    words = f"lowest and highest x from -{REACH} to {REACH} where |gradient| is so large; beyond them it is near zero"
    yield f"gradient ≥ {percent(ALIVE, 1, 0)}", words
    for found in record.activations:
        if found.also:
            yield found.name, f"{found.settings}: {found.also}; windows at the first and last channels are cut off"


def _of_benchmark(benchmark: Benchmark) -> Iterator[Fact]:
    name = benchmark.device_name or benchmark.device
    samples = f"median of {plural(len(benchmark.samples), 'sample')}" if benchmark.samples else ""
    yield device(benchmark), title(name, benchmark.dtype, plural(benchmark.threads, "thread"), samples)
    for warning in benchmark.warnings:
        yield "warning", WARNINGS.get(warning, warning)
    if not benchmark.reliable:
        yield "UNRELIABLE", f"a warning above spoils the times of {device(benchmark)}"
