"""A record as a piece of HTML, for a page that somebody else made: a notebook, light or dark."""

from collections.abc import Iterator

from netstat.records.base import Record
from netstat.reports._page import escaped
from netstat.reports._table import Table
from netstat.reports._tables import tables
from netstat.reports.html import facts, grid
from netstat.units import exact, plural

OPEN = 30  # rows that are shown at once; more are folded
MOST = 500  # rows that are there at all

# Nothing outside is touched; colours are those of the page around, lines and bands a grey that lets them through.
STYLE = """
.netstat { overflow-x: auto; }
.netstat table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .3em 0; }
.netstat th, .netstat td { padding: .15em .6em; text-align: right; white-space: nowrap; color: inherit;
  background: none; border: 0; border-bottom: 1px solid #8884; }
.netstat tbody tr:nth-child(even) { background: #8881; }
.netstat tbody + tbody { border-top: 2px solid #8888; }
.netstat .left, .netstat .formula { text-align: left; }
.netstat .formula { white-space: normal; line-height: 2; }
.netstat dl { display: grid; grid-template-columns: max-content 1fr; gap: .1em 1em; margin: .3em 0; }
.netstat dt { opacity: .7; font-weight: normal; }
.netstat dd { margin: 0; }
.netstat summary { cursor: pointer; }
"""


def fragment(record: Record) -> str:
    """Every section of `record`, long tables folded; no script, nothing to fetch, and names are text."""
    parts = (line for table in tables(record) for line in _section(table))
    return "\n".join(["<div class=netstat>", f"<style>{STYLE}</style>", *filter(None, parts), "</div>"])


def _section(table: Table) -> Iterator[str]:
    yield f"<p><strong>{escaped(table.title)}</strong></p>"
    yield from facts(table.lead)
    if table.columns:
        yield from _folded(table) if sum(map(len, table.groups)) > OPEN else grid(table.columns, table.groups)
    yield from facts(table.notes)


def _folded(table: Table) -> Iterator[str]:
    """The rows behind a line that opens them, the last group below: totals, where there are any."""
    *groups, last = table.groups if len(table.groups) > 1 else (*table.groups, [])
    rows = [row for group in groups for row in group]
    left_out = len(rows) - MOST
    yield f"<details><summary>{plural(len(rows), 'row')}</summary>"
    yield from grid(table.columns, [rows[:MOST]])
    if left_out > 0:
        yield f"<p>{exact(left_out)} more: <code>print(…)</code> and files have them all</p>"
    yield "</details>"
    if last:
        yield from grid(table.columns, [last])
