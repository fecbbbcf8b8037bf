"""A report as tables: the models side by side, then each with its sections."""

from collections.abc import Iterator

from netstat.records.report import Report, Reported
from netstat.records.verdicts import verdicts
from netstat.records.view import View
from netstat.reports._table import AtLeast, Column, Fact, Table, count_column, rows, title
from netstat.units import duration, mebibytes, plural

_OVERVIEW = (
    Column("model", "model", cell=lambda model, _: model.profile.model, left=True, flexible="middle"),
    count_column("params", "params", cell=lambda model, _: model.profile.totals.params),
    count_column("macs", "MACs", cell=lambda model, _: _work(model, "macs")),
    count_column("flops", "FLOPs", cell=lambda model, _: _work(model, "flops"), rank=3),
    Column("peak", "peak", mebibytes, cell=lambda model, _: model.memory and model.memory.inference_peak_bytes, rank=1),
    Column("time", "time", duration, cell=lambda model, _: _seconds(model), rank=2),
    Column("complete", "complete", cell=lambda model, _: _answer(model, 0), left=True),
    Column("crosscheck", "cross-check", cell=lambda model, _: _answer(model, 1), left=True),
    Column("timing", "timing", cell=lambda model, _: _answer(model, 2), left=True),
)
_ANSWERS = (
    {True: "complete", False: "INCOMPLETE", None: "-"},
    {True: "closed", False: "UNEXPLAINED", None: "-"},
    {True: "reliable", False: "UNRELIABLE", None: "-"},
)


def overview_table(report: Report) -> Table:
    """A row per model, and what is lacking."""
    columns, models = _OVERVIEW, report.models
    return Table(title("report", plural(len(models), "model")), columns, [rows(columns, models)], notes=_lacks(report))


def report_tables(report: Report, view: View) -> Iterator[Table]:
    """The overview, then every model's own; derivations are left to `netstat explain`."""
    from netstat.reports._memory import memory_tables
    from netstat.reports._profile import profile_tables

    yield overview_table(report)
    for model in report.models:
        yield from profile_tables(model.profile, view)
        if model.memory is not None:
            yield from memory_tables(model.memory, view._replace(layers=False))


def _work(model: Reported, name: str) -> int | AtLeast:
    count: int = getattr(model.profile.totals, name)
    return count if model.profile.complete else AtLeast(count)


def _seconds(model: Reported) -> float | None:
    timed = model.profile.benchmarks
    return timed[0].median_seconds if timed else None


def _answer(model: Reported, question: int) -> str:
    return _ANSWERS[question][verdicts(model.profile)[question].holds]


def _lacks(report: Report) -> list[Fact]:
    return [
        (f"no {lack.section}", f"{model.profile.model}: {lack.reason}")
        for model in report.models
        for lack in model.lacking
    ]
