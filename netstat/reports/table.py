"""Text for a terminal: as wide as that is, shares as bars, and plain ASCII where it can do no better.

Sections are imported when they are asked for: a model's layer table is there before anything else is loaded.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from netstat import __version__
from netstat.records.base import Record
from netstat.records.profile import Layer, Profile
from netstat.records.view import View
from netstat.registry import REPORTS
from netstat.reports._fit import Strip, fit
from netstat.reports._layers import layer_tables
from netstat.reports._table import Fact, Table, cells
from netstat.reports._tables import tables
from netstat.reports._tabulate import RULED, SEPARATING_LINE, tabulate
from netstat.reports._terminal import BOLD, RED, Terminal, shows_unicode, standard_output, terminal_width

if TYPE_CHECKING:
    from netstat.records.benchmark import Benchmark
    from netstat.records.crosscheck import CrossCheck
    from netstat.records.roofline import Roofline

__all__ = [
    "Text",
    "benchmark_text",
    "crosscheck_text",
    "layers_text",
    "lost_text",
    "record_text",
    "shows_unicode",
]

_ALARMS = ("warning", "UNRELIABLE", "FORECAST")  # labels of facts
_ALARM = "UNEXPLAINED"  # in a row
_GLUE = "\N{NO-BREAK SPACE}"
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:%|[mµun]?s|[KMGT]?i?B|[KMGT]?(?:FLOP|B)/s)(?:[^\w/]|$))")
_VALUE = re.compile(r"(?<=\w) = (?=[\d,]+ [a-z])")


@REPORTS.add("table")
class Text:
    """What `print(record)` shows."""

    mark: ClassVar[bytes] = b"netstat "

    @staticmethod
    def render(record: Record, view: View | None = None) -> bytes:
        """Every section of `record`, as wide as the terminal and in its characters."""
        return f"netstat {__version__}: {record.kind}\n\n{_text(tables(record, view), standard_output())}".encode()


def record_text(
    record: Record,
    width: int | None = None,
    view: View | None = None,
    *,
    unicode: bool = True,
    color: bool = False,
) -> str:
    """Every section of `record`; arguments as for `layers_text`."""
    return _text(tables(record, view), Terminal(width or terminal_width(), unicode, color))


def layers_text(
    profile: Profile,
    width: int | None = None,
    view: View | None = None,
    *,
    unicode: bool = True,
    color: bool = False,
) -> str:
    """A profile's layers, totals and summary.

    Args:
        profile: with or without other sections; times, where it has them, become a column.
        width: columns of the terminal; None asks it.
        view: which rows and columns, in what order, flat or as a tree.
        unicode: whether the output can take what `shows_unicode` tries.
        color: whether to send escape sequences for bold and red.

    Raises:
        UsageError: there is no such column.
    """
    return _text(layer_tables(profile, view or View()), Terminal(width or terminal_width(), unicode, color))


def crosscheck_text(
    checks: "Sequence[CrossCheck]",
    model: str = "",
    width: int | None = None,
    *,
    unicode: bool = True,
    color: bool = False,
) -> str:
    """What other counters say, each difference itemised; the other arguments are as for `layers_text`."""
    from netstat.reports._crosscheck import bill_table

    return _text([bill_table(checks, model)], Terminal(width or terminal_width(), unicode, color))


def benchmark_text(
    benchmarks: "Sequence[Benchmark]",
    layers: Sequence[Layer] = (),
    model: str = "",
    width: int | None = None,
    view: View | None = None,
    *,
    rooflines: "Sequence[Roofline] | None" = None,
    unicode: bool = True,
    color: bool = False,
) -> str:
    """Measured times per device, beside the counts of `layers` and under `rooflines` where given.

    The other arguments are as for `layers_text`.
    """
    from netstat.reports._benchmark import timed_tables

    return _text(
        timed_tables(benchmarks, layers, model, view, rooflines),
        Terminal(width or terminal_width(), unicode, color),
    )


def lost_text(
    rooflines: "Sequence[Roofline]",
    model: str = "",
    width: int | None = None,
    *,
    unicode: bool = True,
    color: bool = False,
) -> str:
    """Where the time over the roofs is, greatest first; arguments as for `layers_text`."""
    from netstat.reports._roofline import lost_tables

    return _text(lost_tables(rooflines, model), Terminal(width or terminal_width(), unicode, color))


def _text(pages: Iterable[Table], terminal: Terminal) -> str:
    """The tables one below the other, an empty line between them, a newline at the end."""
    return "\n".join("".join(f"{line}\n" for line in _lines(page, terminal)) for page in pages)


def _lines(table: Table, terminal: Terminal) -> Iterator[str]:
    for line in wrap(terminal.write(table.title), terminal.width):
        yield terminal.paint(line, BOLD)
    yield from _facts(table.lead, terminal)
    if table.columns:
        yield from _grid(fit(table, terminal), terminal)
    if table.notes:
        yield ""
    yield from _facts(table.notes, terminal)


def _facts(facts: Sequence[Fact], terminal: Terminal) -> Iterator[str]:
    indent = max((cells(label) for label, _ in facts), default=0) + 2
    for label, text in facts:
        lines = _wrapped(terminal.write(text), max(terminal.width - indent, indent)) or [""]
        for line in (f"{terminal.write(label).ljust(indent)}{lines[0]}", *(" " * indent + line for line in lines[1:])):
            yield terminal.paint(line, RED) if label in _ALARMS else line


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` characters; a number stays with the unit after it, and with what it is the value of."""
    kept = _VALUE.sub(f"{_GLUE}={_GLUE}", _BEFORE_UNIT.sub(_GLUE, text))
    return [line.replace(_GLUE, " ") for line in wrap(kept, width)]


def _grid(strips: Sequence[Strip], terminal: Terminal) -> Iterator[str]:
    alignment = ["left" if strip.column.left else "right" for strip in strips]
    for line in tabulate(_body(strips), tablefmt=RULED, disable_numparse=True, colalign=alignment).split("\n"):
        yield terminal.paint(line.rstrip(), RED) if _ALARM in line else line.rstrip()


def _body(strips: Sequence[Strip]) -> list[Sequence[str]]:
    """Headings, then each group, with a rule between; a wrapped cell goes over several rows."""
    body: list[Sequence[str]] = [[strip.heading for strip in strips]]
    for group in zip(*(strip.groups for strip in strips), strict=True):
        body.append([SEPARATING_LINE])
        for row in zip(*group, strict=True):
            body += zip_longest(*(cell.split("\n") for cell in row), fillvalue="")
    return body
