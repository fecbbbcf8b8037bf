"""Markdown: tables as GitHub and notebooks show them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from netstat import __version__
from netstat.records.base import Record
from netstat.records.view import View
from netstat.registry import REPORTS
from netstat.reports._math import FormulaError, latex_pieces
from netstat.reports._table import Fact, Formula, Table, printable
from netstat.reports._tables import tables

# Whatever Markdown, HTML or a mention would take for more than a character.
_ESCAPES = str.maketrans({char: f"\\{char}" for char in "\\`*_[]<>|~$#!&"} | {"@": "&#64;"})


@REPORTS.add("md")
class Markdown:
    """Every section as a GitHub table, with totals and summary."""

    mark: ClassVar[bytes] = b"<!-- netstat"

    @staticmethod
    def render(record: Record, view: View | None = None) -> bytes:
        """UTF-8; names are text, never markup."""
        parts = [
            f"<!-- netstat {__version__} -->",
            *(block for table in tables(record, view) for block in _blocks(table)),
        ]
        return ("\n\n".join(parts) + "\n").encode()


def _blocks(table: Table) -> Iterator[str]:
    yield f"### {escaped(table.title)}"
    if table.lead:
        yield _facts(table.lead)
    if table.columns:
        yield "\n".join(_lines(table))
    if table.notes:
        yield _facts(table.notes)


def _lines(table: Table) -> Iterator[str]:
    yield _row(escaped(column.heading) for column in table.columns)
    yield _row(":---" if column.left else "---:" for column in table.columns)
    for group in table.groups:
        for row in group:
            yield _row(_text(column.show(value)) for column, value in zip(table.columns, row, strict=True))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _facts(facts: Sequence[Fact]) -> str:
    return "\n".join(f"- **{escaped(label)}**: {_text(text)}" if label else f"  {_text(text)}" for label, text in facts)


def _text(text: str) -> str:
    """A formula as one, as far as it is written as one; any other text as it is."""
    if isinstance(text, Formula):
        try:
            return " ".join(f"${piece}$" for piece in latex_pieces(text))
        except FormulaError:
            pass
    return escaped(text)


def escaped(text: str) -> str:
    """Text as text, never markup, and nothing that would control what it is shown on."""
    return printable(text).translate(_ESCAPES)
