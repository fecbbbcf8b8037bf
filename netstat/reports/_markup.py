"""Parts of a table as HTML: names are text, never markup, and formulas are set as such."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from netstat.reports._math import FormulaError, mathml
from netstat.reports._table import Column, Fact, Formula, Row, printable


def escaped(text: str) -> str:
    """Text as text, never markup, and nothing that would control what it is shown on."""
    return escape(printable(text))


def facts(found: Sequence[Fact]) -> Iterator[str]:
    """Labels and texts as a list of descriptions."""
    if found:
        yield "<dl>"
        yield from (f"<dt>{escaped(label)}</dt><dd>{marked(text)}</dd>" for label, text in found)
        yield "</dl>"


def grid(columns: Sequence[Column], groups: Sequence[Sequence[Row]]) -> Iterator[str]:
    """A table with a body for each group."""
    yield "<table>"
    yield f"<thead><tr>{''.join(_cells('th', columns, [column.heading for column in columns]))}</tr></thead>"
    for group in groups:
        rows = ([column.show(value) for column, value in zip(columns, row, strict=True)] for row in group)
        lines = "\n".join(f"<tr>{''.join(_cells('td', columns, row))}</tr>" for row in rows)
        yield f"<tbody>\n{lines}\n</tbody>" if lines else ""
    yield "</table>"


def marked(text: str) -> str:
    """A formula as one, as far as it is written as one; any other text as it is."""
    if isinstance(text, Formula):
        try:
            return mathml(text)
        except FormulaError:
            pass
    return escaped(text)


def _cells(tag: str, columns: Sequence[Column], texts: Iterable[str]) -> Iterator[str]:
    for column, text in zip(columns, texts, strict=True):
        kind = " class=formula" if isinstance(text, Formula) else " class=left" if column.left else ""
        yield f"<{tag}{kind}>{marked(text)}</{tag}>"
