"""Ways to run one model side by side."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from netstat.records.benchmark import FEWEST_FOR_INTERVAL, WARNINGS, Benchmark, Failure, compared
from netstat.reports._table import Column, Fact, Table, count_column, rows, title
from netstat.units import duration, give_or_take, percent, plural, rate

Interval = tuple[float, float]
MOST_NAMED = 4  # ways; of more the summary names the fastest, the next and the slowest


class _Row(NamedTuple):
    """A benchmark, and its time per example as a multiple of the fastest one's, with the interval of that."""

    time: Benchmark
    relative: float
    ci95: Interval | None = None


def sweep_table(
    benchmarks: Sequence[Benchmark],
    failures: Sequence[Failure],
    model: str,
    intervals: Sequence[Interval | None] = (),
) -> Table:
    """One row per way, in the order they were asked for; what all have in common stands above.

    Args:
        benchmarks, failures: what was measured, and what could not be.
        model: for the heading.
        intervals: 95 % intervals of the multiples of the fastest; () where nobody worked them out.
    """
    same = [name for name in _SETTINGS if len({getattr(each, name) for each in benchmarks}) <= 1]
    common = [_words(benchmarks[0], name) for name in same] if benchmarks else []
    columns = [column for column in _COLUMNS if column.name not in same]
    known = dict(enumerate(intervals))
    body = [_Row(*pair, known.get(i)) for i, pair in enumerate(compared(benchmarks))]
    heading = title("times", model, *filter(None, common))
    differing = [name for name in _SETTINGS if name not in same]
    notes = [*(_summary(body, differing) if body else ()), *_notes(benchmarks, failures)]
    return Table(heading, columns, [rows(columns, body)], notes=notes)


def _summary(ways: Sequence[_Row], settings: Sequence[str]) -> Iterator[Fact]:
    """The fastest way, and how much faster it is than others, as far as there are intervals."""
    fastest, *slower = sorted(ways, key=lambda row: row.relative)
    others = [row for row in slower if row.ci95]
    if not (settings and others):
        return
    faster = "times faster per example than" if "batch" in settings else "times faster than"
    yield "fastest", f"{_named(fastest.time, settings)} ran"
    for row in others if len(others) < MOST_NAMED else (others[0], others[-1]):
        told = "" if row.ci95 and row.ci95[0] > 1 else ", which cannot be told from equally fast"
        yield "", f"{_relative((row.relative, row.ci95))} {faster} {_named(row.time, settings)}{told}"


def _named(benchmark: Benchmark, settings: Sequence[str]) -> str:
    return ", ".join(_words(benchmark, name) or str(getattr(benchmark, name)) for name in settings)


def _relative(of: tuple[float, Interval | None]) -> str:
    times, ci95 = of
    return give_or_take(times, ci95) if ci95 else f"{times:.2f}"


def _notes(benchmarks: Sequence[Benchmark], failures: Sequence[Failure]) -> list[Fact]:
    codes = dict.fromkeys(code for each in benchmarks for code in each.warnings)
    notes = [("warning", f"{_count(benchmarks, code)}: {WARNINGS.get(code, code)}") for code in codes]
    return [*notes, *(("failed", f"{each.configuration}: {each.reason}") for each in failures)]


def _count(benchmarks: Sequence[Benchmark], code: str) -> str:
    return f"{sum(code in each.warnings for each in benchmarks)} of {len(benchmarks)}"


def _words(benchmark: Benchmark, name: str) -> str:
    value = getattr(benchmark, name)
    words = {"batch": f"batch {value}", "threads": plural(benchmark.threads, "thread")}
    return words.get(name, "" if value in ("contiguous", "eager") else str(value))


def _setting(name: str, heading: str, *, left: bool = True) -> Column:
    return Column(name, heading, cell=lambda row, _: getattr(row.time, name), left=left)


def _half_width(row: _Row, _: object) -> tuple[float, float] | None:
    if len(row.time.samples) < FEWEST_FOR_INTERVAL:
        return None
    low, high = row.time.ci95_seconds
    return (high - low) / 2, row.time.median_seconds


_SETTINGS = ("device", "batch", "dtype", "threads", "memory_format", "mode")
_COLUMNS = (
    _setting("device", "device"),
    count_column("batch", "batch", cell=lambda row, _: row.time.batch),
    _setting("dtype", "dtype"),
    count_column("threads", "threads", cell=lambda row, _: row.time.threads),
    _setting("memory_format", "format"),
    _setting("mode", "mode"),
    Column("median", "median", duration, cell=lambda row, _: row.time.median_seconds),
    Column("ci", "95 % CI", lambda of: f"± {percent(of[0], of[1], 1)}", cell=_half_width, rank=3),
    Column("rate", "examples", lambda per: rate(per, ""), cell=lambda row, _: row.time.examples_per_second, rank=2),
    Column("relative", "× fastest", _relative, short=lambda of: f"{of[0]:.2f}",
           cell=lambda row, _: (row.relative, row.ci95)),
    Column("reliable", "reliable", lambda yes: "yes" if yes else "NO", cell=lambda row, _: row.time.reliable),
)  # fmt: skip
