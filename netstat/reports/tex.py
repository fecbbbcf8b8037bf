r"""LaTeX: booktabs tables to `\input`, for a document in UTF-8."""

from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

from netstat import __version__
from netstat.records.base import Record
from netstat.records.view import View
from netstat.registry import REPORTS
from netstat.reports._math import FormulaError, latex, latex_lines
from netstat.reports._table import Fact, Formula, Table, printable
from netstat.reports._tables import tables

_ESCAPES = str.maketrans(
    {char: f"\\{char}" for char in "{}$&#%_"}
    | {char: f"{{{char}}}" for char in "[]*"}  # after \\ these would be an argument of it
    | {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        "×": r"$\times$",
        "≥": r"$\geq$",
        "µ": r"$\mu$",
        "·": r"$\cdot$",
        "…": r"\dots{}",
        "→": r"$\to$",
        "−": "$-$",
        "Σ": r"$\Sigma$",
        "√": r"$\surd$",
        "²": "$^2$",
        "³": "$^3$",
        "∝": r"$\propto$",
        "≠": r"$\neq$",
        "⌊": r"$\lfloor$",
        "⌋": r"$\rfloor$",
    }
)


@REPORTS.add("tex")
class Latex:
    r"""Every section as a `tabular` with booktabs rules, title above and summary below."""

    mark: ClassVar[bytes] = b"% netstat"

    @staticmethod
    def render(record: Record, view: View | None = None) -> bytes:
        """UTF-8; names are text, never commands."""
        pages = tables(record, view)
        head = rf"% netstat {__version__}; needs \usepackage{{booktabs}}"
        parts = [head, *("\n".join(_lines(page)) for page in pages)]
        return ("\n\n".join(parts) + "\n").encode()


def _lines(table: Table) -> Iterator[str]:
    yield rf"\noindent\textbf{{{_escaped(table.title)}}}\par"
    yield from map(_fact, table.lead)
    if table.columns:
        yield from _tabular(table)
    yield from map(_fact, table.notes)


def _fact(fact: Fact) -> str:
    label, text = fact
    before = f"{_escaped(label)}: " if label else ""
    return rf"\noindent {before}{_text(text, _inline)}\par"


def _text(text: str, spelled: Callable[[str], str]) -> str:
    """A formula as one, as far as it is written as one; any other text as it is."""
    if isinstance(text, Formula):
        try:
            return spelled(text)
        except FormulaError:
            pass
    return _escaped(text)


def _inline(formula: str) -> str:
    """In a paragraph, which TeX breaks into lines."""
    return f"${latex(formula)}$"


def _stacked(formula: str) -> str:
    """In a cell, where TeX breaks no lines."""
    lines = latex_lines(formula)
    if len(lines) == 1:
        return f"${lines[0]}$"
    content = r" \\[3pt] \quad ".join(lines)
    return rf"$\begin{{array}}[t]{{@{{}}l@{{}}}} {content} \\[3pt] \end{{array}}$"


def _tabular(table: Table) -> Iterator[str]:
    yield rf"\noindent\begin{{tabular}}{{{''.join('l' if column.left else 'r' for column in table.columns)}}}"
    yield r"\toprule"
    yield _row(_escaped(column.heading) for column in table.columns)
    for group in table.groups:
        yield r"\midrule"
        for row in group:
            yield _row(_text(column.show(value), _stacked) for column, value in zip(table.columns, row, strict=True))
    yield r"\bottomrule"
    yield r"\end{tabular}\par"


def _row(cells: Iterable[str]) -> str:
    return rf"{' & '.join(cells)} \\"


def _escaped(text: str) -> str:
    return printable(text).translate(_ESCAPES)
