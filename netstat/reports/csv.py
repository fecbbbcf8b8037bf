"""CSV: the record's main list, a row per item, raw numbers under the keys of the JSON form."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any, ClassVar

from netstat import __version__
from netstat.records.base import Record
from netstat.records.view import View
from netstat.registry import REPORTS
from netstat.reports._rows import rows_of
from netstat.reports._table import printable
from netstat.units import shape

_FORMULA = tuple("=+-@＝＋－＠")  # what a formula begins with, in spreadsheets for wide characters too


@REPORTS.add("csv")
class Csv:
    """A layer, peer, model, published figure, timed or forecast layer per row; the last column says who wrote it.

    A text that a spreadsheet would take for a formula gets an apostrophe in front. Shapes are as users type them. Excel
    takes a file for the local code page unless a byte order mark says otherwise: there is one where ASCII is left.
    """

    mark: ClassVar[bytes] = b",netstat\r\n"

    @staticmethod
    def render(record: Record, view: View | None = None) -> bytes:
        """RFC 4180: comma separated, one header line; UTF-8, said at the beginning where a spreadsheet has to know."""
        rows = rows_of(record, view)
        names = list(dict.fromkeys(name for row in rows for name in row))
        text = StringIO()
        writer = csv.writer(text)
        writer.writerow([*map(_cell, names or [record.kind]), "netstat"])
        writer.writerows([*(_cell(row.get(name)) for name in names), __version__] for row in rows)
        return text.getvalue().encode("utf-8" if text.getvalue().isascii() else "utf-8-sig")


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        value = _shapes(value)
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _shapes(sizes: Sequence[Any]) -> str:
    """A shape, or several with spaces between."""
    is_shape = bool(sizes) and all(isinstance(size, (int, str)) for size in sizes)
    return shape(tuple(sizes), "x") if is_shape else " ".join(shape(tuple(each), "x") for each in sizes)
