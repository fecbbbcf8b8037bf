"""HTML: one page that stands alone, formulas set as such."""

from typing import ClassVar

from netstat.records.base import Record
from netstat.records.view import View
from netstat.registry import REPORTS
from netstat.reports._markup import escaped, facts, grid
from netstat.reports._page import page
from netstat.reports._table import Table
from netstat.reports._tables import tables


@REPORTS.add("html")
class Html:
    """Every section of the record, without scripts and with nothing to fetch."""

    mark: ClassVar[bytes] = b"<!-- netstat"

    @staticmethod
    def render(record: Record, view: View | None = None) -> bytes:
        """UTF-8; names are text, never markup."""
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
