"""Measured times of two results side by side, and what was allowed to increase."""

from collections.abc import Iterator

from netstat.records.comparison import Comparison, Increase, TimeChange
from netstat.reports._table import Column, Fact, Table, rows, title, way
from netstat.units import duration, ratio


def time_tables(record: Comparison) -> Iterator[Table]:
    """Times from the same surroundings side by side; of the others why they are not compared."""
    if not record.times:
        return
    told = [change for change in record.times if not change.surroundings]
    names = dict.fromkeys(name for change in record.times for name in (change.before, change.after))
    body = [rows(_COLUMNS, told)] if told else ()
    yield Table(title("times", *names), _COLUMNS if told else (), body, notes=list(_notes(record.times)))


def _notes(times: tuple[TimeChange, ...]) -> Iterator[Fact]:
    for change in times:
        if change.surroundings:
            yield "not compared", _apart(change)
        elif change.reason:
            yield "note", f"{_way(change)}: {change.reason}"


def _way(change: TimeChange) -> str:
    return way(change.device, change.batch, change.dtype, change.threads, change.memory_format, change.mode)


def _apart(change: TimeChange) -> str:
    times = f"{duration(change.before_seconds)} and {duration(change.after_seconds)}"
    return f"{_way(change)}: {times} come from surroundings that differ in {', '.join(change.surroundings)}"


def _interval(ends: tuple[float, float]) -> str:
    return f"{ends[0]:.3f} … {ends[1]:.3f}"


_COLUMNS = (
    Column("way", "run on", cell=lambda change, whole: _way(change), left=True, flexible="wrap"),
    Column("before_seconds", "before", duration),
    Column("after_seconds", "after", duration),
    Column("ratio", "ratio", ratio, rank=2),
    Column("ratio_ci95", "95 % CI of it", _interval),
    Column("verdict", "verdict", left=True),
)


def increases_table(record: Comparison) -> Table:
    """What was allowed, and whether it was kept."""
    columns = (
        Column("figure", "figure", left=True),
        Column("model", "model", left=True, flexible="middle"),
        Column("allowed", "allowed", lambda share: f"+{100 * share:g} %"),
        Column("found", "found", left=True, flexible="wrap"),
        Column("verdict", "verdict", cell=_told, left=True),
    )
    return Table(title("increases"), columns, [rows(columns, record.increases or ())])


def _told(increase: Increase, whole: object) -> str:
    return {"over": "OVER", "within": "ok"}.get(increase.verdict, increase.verdict)
