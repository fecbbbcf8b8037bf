"""HTML: one page that stands alone, formulas set as such. A profile and a report have one to work with."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from netstat.records.base import Record
from netstat.records.profile import Profile
from netstat.records.report import Report
from netstat.records.view import View
from netstat.registry import REPORTS
from netstat.reports._page import escaped, page, typeset
from netstat.reports._table import Column, Fact, Formula, Row, Table
from netstat.reports._tables import tables


@REPORTS.add("html")
class Html:
    """Every section of the record, with nothing to fetch."""

    mark: ClassVar[bytes] = b"<!-- netstat"

    @staticmethod
    def render(record: Record, view: View | None = None) -> bytes:
        """UTF-8; names are text, never markup."""
        if isinstance(record, Profile | Report):
            from netstat.reports.page import rendered

            return rendered(record, view).encode()
        found = tables(record, view)
        name = found[0].title if found else record.kind
        return page(f"netstat: {name}", map(_section, found)).encode()


def _section(table: Table) -> str:
    if not (table.lead or table.columns or table.notes):
        return f"<h1>{escaped(table.title)}</h1>"
    parts = [f"<h2>{escaped(table.title)}</h2>", *facts(table.lead)]
    if table.columns:
        parts += grid(table.columns, table.groups)
    return "\n".join(["<section>", *parts, *facts(table.notes), "</section>"])


def facts(found: Sequence[Fact]) -> Iterator[str]:
    """Labels and texts as a list of descriptions."""
    if found:
        yield "<dl>"
        yield from (f"<dt>{escaped(label)}</dt><dd>{typeset(text)}</dd>" for label, text in found)
        yield "</dl>"


def grid(columns: Sequence[Column], groups: Sequence[Sequence[Row]]) -> Iterator[str]:
    """A table's columns and rows, line by line."""
    yield "<table>"
    yield f"<thead><tr>{''.join(_cells('th', columns, [column.heading for column in columns]))}</tr></thead>"
    for group in groups:
        rows = ([column.show(value) for column, value in zip(columns, row, strict=True)] for row in group)
        lines = "\n".join(f"<tr>{''.join(_cells('td', columns, row))}</tr>" for row in rows)
        yield f"<tbody>\n{lines}\n</tbody>" if lines else ""
    yield "</table>"


def _cells(tag: str, columns: Sequence[Column], texts: Iterable[str]) -> Iterator[str]:
    for column, text in zip(columns, texts, strict=True):
        kind = " class=formula" if isinstance(text, Formula) else " class=left" if column.left else ""
        yield f"<{tag}{kind}>{typeset(text)}</{tag}>"
