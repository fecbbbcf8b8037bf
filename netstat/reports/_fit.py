"""How a table gives way to a narrow terminal.

In this order, until it fits: columns leave by rank; shares take fewer cells; numbers are abbreviated; further columns
leave by rank; texts are wrapped that were to stay on one line. Before each step the flexible columns are shortened in
the middle, or wrapped: first as far as they stay comfortable to read, after the abbreviation as far as they go. What
still does not fit is no table any more; only columns that the user named stay one, and are left to the terminal.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from netstat.reports._branches import drawn
from netstat.reports._table import AFTER_ABBREVIATION, CHOSEN, Column, Table, cells, middle, share_bar
from netstat.reports._terminal import Terminal
from netstat.reports._wrap import wrapped

GAP = 2  # cells between two columns
COMFORTABLE = 32  # cells that a flexible column keeps before others have to suffer
BAR, PERCENT = 6, 8  # cells of a share: '██████ 100.00 %'
SHORT_BAR, SHORT_PERCENT = 3, 4  # where space is short: '██▌ 83 %'


class Strip(NamedTuple):
    """One column as text, group by group, and the cells it takes."""

    column: Column
    heading: str
    groups: Sequence[Sequence[str]]
    width: int


def fit(table: Table, terminal: Terminal) -> list[Strip] | None:
    """The columns of `table` as text, within the terminal's width; None where that cannot be had."""
    strips: list[Strip] = []
    for strips in _attempts(table, terminal):
        if _total(strips) <= terminal.width:
            return strips
    return strips if any(column.rank == CHOSEN for column in table.columns) else None


def whole(table: Table, terminal: Terminal) -> list[Strip]:
    """Every column of `table` as text, however wide."""
    return _strips(table, terminal)


def _total(strips: Sequence[Strip]) -> int:
    return sum(strip.width for strip in strips) + GAP * (len(strips) - 1)


def _attempts(table: Table, terminal: Terminal) -> Iterator[list[Strip]]:
    ranks = sorted({0, *(column.rank for column in table.columns)} - {CHOSEN})
    early = [rank for rank in ranks if rank < AFTER_ABBREVIATION]
    full = _strips(table, terminal)
    for rank in early:
        yield from _roomier(_without(full, rank), terminal, COMFORTABLE)
    yield from _roomier(_without(_strips(table, terminal, compact=True), early[-1]), terminal, COMFORTABLE)
    short = _strips(table, terminal, compact=True, short=True)
    for rank in ranks[len(early) - 1 :]:
        yield from _roomier(_without(short, rank), terminal)
    if not any(column.rank == CHOSEN for column in table.columns):
        yield from _roomier([_loosened(strip) for strip in _without(short, ranks[-1])], terminal)


def _roomier(strips: list[Strip], terminal: Terminal, least: int = 0) -> Iterator[list[Strip]]:
    """The columns as they are, then the flexible ones as narrow as must be, not below `least` nor their own limit.

    The widest gives first.
    """
    yield strips
    squeezed = list(strips)
    for i in sorted(range(len(strips)), key=lambda i: -strips[i].width):
        spare = terminal.width - _total(squeezed)
        if spare < 0 and strips[i].column.flexible:
            width = max(strips[i].width + spare, least, strips[i].column.narrowest)
            squeezed[i] = _squeezed(strips[i], width, terminal)
    yield squeezed


def _loosened(strip: Strip) -> Strip:
    """A text that may be wrapped, though it was to stay on one line."""
    column = strip.column
    loose = column.left and not column.tree and not column.flexible
    return strip._replace(column=column._replace(flexible="wrap")) if loose else strip


def _without(strips: Sequence[Strip], rank: int) -> list[Strip]:
    """What is left when the columns up to `rank` have gone."""
    return [strip for strip in strips if not 0 < strip.column.rank <= rank]


def _squeezed(strip: Strip, width: int, terminal: Terminal) -> Strip:
    """A flexible column in `width` cells."""
    if strip.column.flexible == "middle":
        return _mapped(strip, lambda text: terminal.write(middle(text, width)))
    return _mapped(strip, lambda text: "\n".join(wrapped(text, width)))


def _mapped(strip: Strip, form: Callable[[str], str]) -> Strip:
    return _strip(strip.column, strip.heading, [[form(text) for text in group] for group in strip.groups])


def _strips(table: Table, terminal: Terminal, *, compact: bool = False, short: bool = False) -> list[Strip]:
    def text(column: Column, value: Any) -> str:
        if column.bar:
            return _share(column, value, terminal, compact)
        return terminal.write(column.show(value, short=short))

    def strip(index: int, column: Column) -> Strip:
        groups = [[text(column, row[index]) for row in group] for group in table.groups]
        if column.tree:
            groups = [[terminal.write(label) for label in drawn(row[index] for row in group)] for group in table.groups]
        return _strip(column, terminal.write(column.heading), groups)

    return [strip(index, column) for index, column in enumerate(table.columns)]


def _strip(column: Column, heading: str, groups: Sequence[Sequence[str]]) -> Strip:
    lines = (line for group in groups for text in group for line in text.split("\n"))
    return Strip(column, heading, groups, max(map(cells, (heading, *lines))))


def _share(column: Column, value: Any, terminal: Terminal, compact: bool) -> str:
    bar, figure = (SHORT_BAR, SHORT_PERCENT) if compact else (BAR, PERCENT)
    blocks = share_bar(value or None, bar, unicode=terminal.unicode)
    return f"{blocks.ljust(bar)} {column.show(value, short=compact).rjust(figure)}"
