"""CSV: the record's main list, a row per item, raw numbers under the keys of the JSON form."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any, ClassVar

from netstat import __version__
from netstat.records.base import Record, plain
from netstat.records.benchmark import Benchmark, Benchmarks, LayerTime
from netstat.records.comparison import Comparison
from netstat.records.crosscheck import CrossChecks
from netstat.records.profile import Profile
from netstat.registry import REPORTS
from netstat.reports._table import printable
from netstat.units import shape, signed

Row = dict[str, Any]


@REPORTS.add("csv")
class Csv:
    """A layer, peer, timed layer or model per row; the last column says which netstat wrote it.

    A text that a spreadsheet would take for a formula gets an apostrophe in front. Shapes are as users type them.
    """

    mark: ClassVar[bytes] = b",netstat\n"

    @staticmethod
    def render(record: Record) -> bytes:
        """UTF-8, comma separated, one header line."""
        rows = [{**row, "netstat": __version__} for row in _ROWS[record.kind](record)]
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(rows[0] if rows else [record.kind, "netstat"])
        writer.writerows(map(_cell, row.values()) for row in rows)
        return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        text = printable(value)
        return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@")) else text
    if isinstance(value, list):
        is_shape = bool(value) and all(isinstance(size, int) for size in value)
        return shape(tuple(value), "x") if is_shape else " ".join(shape(tuple(sizes), "x") for sizes in value)
    return value


def _layers(profile: Profile) -> Iterator[Row]:
    yield from map(plain, profile.layers)


def _checks(record: CrossChecks) -> Iterator[Row]:
    for check in record.crosscheck:
        terms = "; ".join(f"{term.reason}: {signed(term.amount)}" for term in check.terms)
        yield {**plain(check), "terms": terms, "layers": len(check.layers)}


def _times(record: Benchmarks) -> Iterator[Row]:
    """The rows of a device add up to its whole."""
    for benchmark in record.benchmarks:
        rest = LayerTime("unattributed", 0, "", benchmark.unattributed_seconds)
        yield from ({**_settings(benchmark), **plain(layer)} for layer in (*benchmark.layers, rest))


def _settings(benchmark: Benchmark) -> Row:
    return {name: getattr(benchmark, name) for name in ("device", "device_name", "batch", "dtype", "threads")}


def _models(record: Comparison) -> Iterator[Row]:
    for model in map(plain, record.models):
        del model["groups"]
        totals = model.pop("totals")
        yield {**model, **totals}


_ROWS: dict[str, Any] = {"profile": _layers, "crosscheck": _checks, "benchmark": _times, "comparison": _models}
