"""Text for a terminal: as wide as that is, shares as bars, and plain ASCII where it can do no better.

Sections are imported when they are asked for: a model's layer table is there before anything else is loaded.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar

from netstat import __version__
from netstat.records.base import Record
from netstat.records.profile import Layer, Profile
from netstat.records.view import View
from netstat.registry import REPORTS
from netstat.reports._fit import GAP, Strip, fit, whole
from netstat.reports._layers import layer_tables
from netstat.reports._table import Fact, Table, cells, padded
from netstat.reports._tables import said, sections, spoken
from netstat.reports._terminal import BOLD, FAINT, RED, Terminal, shows_unicode, standard_output, terminal_width
from netstat.reports._wrap import heading, sentence, wrapped

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
    "tables_text",
]

_ALARMS = ("warning", "UNRELIABLE", "FORECAST", "OVER")  # labels of facts
_ALARM = r"{UNEXPLAINED}|  {OVER}$"  # in a row, of the words that stand there
_RULE = 40  # cells between two rows that are no table any more


@REPORTS.add("table")
class Text:
    """What `print(record)` shows."""

    mark: ClassVar[bytes] = b"netstat "

    @staticmethod
    def render(record: Record, view: View | None = None) -> bytes:
        """Every section of `record`, as wide as the terminal and in its characters."""
        return f"netstat {__version__}: {record.kind}\n\n{_text(sections(record, view), standard_output())}".encode()


def record_text(
    record: Record,
    width: int | None = None,
    view: View | None = None,
    *,
    unicode: bool = True,
    color: bool = False,
) -> str:
    """Every section of `record`; arguments as for `layers_text`."""
    return _text(sections(record, view), Terminal(width or terminal_width(), unicode, color))


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


def tables_text(pages: Iterable[Table], width: int | None = None, *, unicode: bool = True, color: bool = False) -> str:
    """Any tables; arguments as for `layers_text`."""
    return _text(pages, Terminal(width or terminal_width(), unicode, color))


def _text(pages: Iterable[Table], terminal: Terminal) -> str:
    """The tables one below the other, an empty line between them, a newline at the end.

    Other languages have other characters than ASCII.
    """
    pages = said(pages) if terminal.unicode else pages
    return "\n".join("".join(f"{line}\n" for line in _lines(page, terminal)) for page in pages)


def _lines(table: Table, terminal: Terminal) -> Iterator[str]:
    for line in heading(terminal.write(table.title), terminal.width):
        yield terminal.paint(line, BOLD)
    yield from _facts(table.lead, terminal)
    if table.columns:
        strips = fit(table, terminal)
        yield from _blocks(whole(table, terminal), terminal) if strips is None else _grid(strips, terminal)
    if table.notes:
        yield ""
    yield from _facts(table.notes, terminal)


def _facts(facts: Sequence[Fact], terminal: Terminal) -> Iterator[str]:
    widest = max((cells(label) for label, _ in facts), default=0) + 2
    indent = min(widest, max(terminal.width // 3, 2))
    alarms = {*_ALARMS, *(spoken(label, "label") for label in _ALARMS)}
    for label, text in facts:
        lines = sentence(terminal.write(text), terminal.width - indent) or [""]
        for line in _beside(terminal.write(label), lines, indent, terminal):
            yield terminal.paint(line, RED) if label in alarms else line


def _beside(label: str, lines: Sequence[str], indent: int, terminal: Terminal) -> Iterator[str]:
    """Indented lines with a label beside the first, or above where it is too long."""
    *above, last = wrapped(label, terminal.width) or [""]
    yield from above
    if cells(last) > indent - 2:
        yield last
        last = ""
    yield padded(last, indent) + lines[0]
    yield from (" " * indent + line for line in lines[1:])


def _blocks(strips: Sequence[Strip], terminal: Terminal) -> Iterator[str]:
    """Each row by itself, a line for a column, where a terminal is too narrow for a table."""
    for group in zip(*(strip.groups for strip in strips), strict=True):
        for row in zip(*group, strict=True):
            yield terminal.paint("-" * min(terminal.width, _RULE), FAINT)
            named = zip((strip.heading for strip in strips), row, strict=True)
            yield from _facts([(name, " ".join(text.split())) for name, text in named if text.strip()], terminal)


def _alarm() -> re.Pattern[str]:
    words = {word: f"(?:{word}|{spoken(word, 'cell')})" for word in ("UNEXPLAINED", "OVER")}
    return re.compile(_ALARM.format_map(words))


def _grid(strips: Sequence[Strip], terminal: Terminal) -> Iterator[str]:
    alarm = _alarm()
    yield _row(strips, [strip.heading for strip in strips])
    for group in zip(*(strip.groups for strip in strips), strict=True):
        yield terminal.paint(_row(strips, ["-" * strip.width for strip in strips]), FAINT)
        for row in zip(*group, strict=True):
            for texts in zip_longest(*(text.split("\n") for text in row), fillvalue=""):
                line = _row(strips, texts)
                yield terminal.paint(line, RED if alarm.search(line) else "")


def _row(strips: Sequence[Strip], texts: Sequence[str]) -> str:
    """One line of the table: each text in the cells of its column."""
    return (" " * GAP).join(map(_aligned, strips, texts)).rstrip()


def _aligned(strip: Strip, text: str) -> str:
    return padded(text, strip.width) if strip.column.left else " " * (strip.width - cells(text)) + text
