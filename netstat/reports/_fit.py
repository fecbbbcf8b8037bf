"""How a table gives way to a narrow terminal.

In this order, until it fits: columns leave by rank; shares keep only their bars; numbers are abbreviated; further
columns leave by rank. Before each step the flexible column is shortened in its middle, or wrapped: first as far as it
stays comfortable to read, after the abbreviation as far as it goes. What still does not fit is left to the terminal.
"""

from collections.abc import Callable, Iterator, Sequence
from textwrap import wrap
from typing import Any, NamedTuple

from netstat.reports._table import AFTER_ABBREVIATION, Column, Table, cells, middle, share_bar
from netstat.reports._terminal import Terminal

GAP = 2  # cells between two columns
COMFORTABLE = 32  # cells that a flexible column keeps before others have to suffer
BAR, PERCENT = 6, 8  # cells of a share: '██████ 100.00 %'


class Strip(NamedTuple):
    """One column as text, group by group, and the cells it takes."""

    column: Column
    heading: str
    groups: Sequence[Sequence[str]]
    width: int


def fit(table: Table, terminal: Terminal) -> list[Strip]:
    """The columns of `table` as text, within the terminal's width where that can be had."""
    strips: list[Strip] = []
    for strips in _attempts(table, terminal):
        if _total(strips) <= terminal.width:
            return strips
    return strips


def _total(strips: Sequence[Strip]) -> int:
    return sum(strip.width for strip in strips) + GAP * (len(strips) - 1)


def _attempts(table: Table, terminal: Terminal) -> Iterator[list[Strip]]:
    ranks = sorted({0, *(column.rank for column in table.columns)})
    early = [rank for rank in ranks if rank < AFTER_ABBREVIATION]
    full = _strips(table, terminal)
    for rank in early:
        yield from _roomier(_without(full, rank), terminal, COMFORTABLE)
    yield from _roomier(_without(_strips(table, terminal, bars=True), early[-1]), terminal, COMFORTABLE)
    short = _strips(table, terminal, bars=True, short=True)
    for rank in ranks[len(early) - 1 :]:
        yield from _roomier(_without(short, rank), terminal)


def _roomier(strips: list[Strip], terminal: Terminal, least: int = 0) -> Iterator[list[Strip]]:
    """The columns as they are, then the flexible ones as narrow as must be, not below `least` nor their own limit."""
    yield strips
    spare = terminal.width - _total(strips)
    yield [_squeezed(strip, max(strip.width + spare, least, strip.column.narrowest), terminal) for strip in strips]


def _without(strips: Sequence[Strip], rank: int) -> list[Strip]:
    """What is left when the columns up to `rank` have gone."""
    return [strip for strip in strips if not 0 < strip.column.rank <= rank]


def _squeezed(strip: Strip, width: int, terminal: Terminal) -> Strip:
    """A flexible column in `width` cells; any other as it is."""
    if strip.column.flexible == "middle":
        return _mapped(strip, lambda text: terminal.write(middle(text, width)))
    if strip.column.flexible == "wrap":
        return _mapped(strip, lambda text: "\n".join(wrap(text, width, break_on_hyphens=False)))
    return strip


def _mapped(strip: Strip, form: Callable[[str], str]) -> Strip:
    return _strip(strip.column, strip.heading, [[form(text) for text in group] for group in strip.groups])


def _strips(table: Table, terminal: Terminal, *, bars: bool = False, short: bool = False) -> list[Strip]:
    def text(column: Column, value: Any) -> str:
        if column.bar:
            return _share(column, value, terminal, bars)
        return terminal.write(column.show(value, short=short))

    def strip(index: int, column: Column) -> Strip:
        groups = [[text(column, row[index]) for row in group] for group in table.groups]
        column = column._replace(left=column.left or (column.bar and bars))
        return _strip(column, terminal.write(column.heading), groups)

    return [strip(index, column) for index, column in enumerate(table.columns)]


def _strip(column: Column, heading: str, groups: Sequence[Sequence[str]]) -> Strip:
    lines = (line for group in groups for text in group for line in text.split("\n"))
    return Strip(column, heading, groups, max(map(cells, (heading, *lines))))


def _share(column: Column, value: Any, terminal: Terminal, bars: bool) -> str:
    blocks = share_bar(value or None, BAR, unicode=terminal.unicode)
    return blocks if bars else f"{blocks.ljust(BAR)} {column.show(value).rjust(PERCENT)}"
