r"""LaTeX: booktabs tables to `\input`, for a document in UTF-8."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, repeat
from typing import ClassVar

from netstat import __version__
from netstat.records.base import Record
from netstat.records.view import View
from netstat.registry import REPORTS
from netstat.reports._math import FormulaError, latex, latex_lines
from netstat.reports._table import Fact, Formula, Table, printable
from netstat.reports._tables import tables
from netstat.units import DIGITS_ABOVE

_ESCAPES = str.maketrans(
    {char: f"\\{char}" for char in "{}$&#%_"}
    | {char: f"{{{char}}}" for char in "[]*"}  # after \\ these would be an argument of it
    | {char: f"$^{digit}$" for digit, char in enumerate(DIGITS_ABOVE)}
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
        "∝": r"$\propto$",
        "≠": r"$\neq$",
        "⌊": r"$\lfloor$",
        "⌋": r"$\rfloor$",
        "⌈": r"$\lceil$",
        "⌉": r"$\rceil$",
        "≤": r"$\leq$",
        "≈": r"$\approx$",
        "∞": r"$\infty$",
        "±": r"$\pm$",
        "–": r"\textendash{}",
    }
)
_LIGATURE = re.compile(r"(?<=[-`'?!])(?=[-`'])")  # between characters that would become another one: -- a dash
_LONG = 40  # rows of a table that no page holds together with what stands around it
# How a table begins, what stands below its headings, and how it ends. One that is too wide becomes as wide as a line;
# one over several pages cannot: it has small letters, and reaches into both margins by the same.
_TABULAR = (r"\smallskip\noindent\netstatfit{\begin{tabular}{COLUMNS}", r"\midrule", r"\end{tabular}}\par\smallskip")
_LONGTABLE = (
    r"""{\scriptsize\setlength{\tabcolsep}{3pt}\LTleft=0pt minus 1fill\LTright=0pt plus 1fill minus 1fill
\begin{longtable}{COLUMNS}""",
    r"\midrule\endhead",
    r"\end{longtable}}",
)
# What the tables use: the package that has it, or how it is defined. XeTeX and LuaTeX set any character that the font
# has; pdfTeX those that it was told of and that its encoding has, so that others are named by their number.
_PACKAGES = {r"\toprule": "booktabs", r"\netstatfit": "graphicx", r"\begin{longtable}": "longtable"}
_DEFINITIONS = {
    r"\netstatfit": r"""\providecommand{\netstatfit}[1]{\sbox0{#1}%
  \ifdim\wd0>\linewidth\resizebox{\linewidth}{!}{\usebox0}\else\usebox0\fi}""",
    r"\netstatchar": r"""\providecommand{\netstatchar}[2]{%
  \ifdefined\Umathchar#1\else\ifcsname u8:\detokenize{#1}\endcsname
  {\def\TextSymbolUnavailable##1{U+#2}#1}\else U+#2\fi\fi}""",
}


@REPORTS.add("tex")
class Latex:
    r"""Every section as a `tabular` with booktabs rules, a long one as a `longtable`; title above, summary below."""

    mark: ClassVar[bytes] = b"% netstat"

    @staticmethod
    def render(record: Record, view: View | None = None) -> bytes:
        """UTF-8; names are text, never commands."""
        parts = ["\n".join(_lines(table)) for table in tables(record, view)]
        return ("\n\n".join([*_head("".join(parts)), *parts]) + "\n").encode()


def _head(body: str) -> Iterator[str]:
    """What the document has to load, and what LaTeX does not have."""
    packages = ",".join(package for used, package in _PACKAGES.items() if used in body)
    yield rf"% netstat {__version__}; needs \usepackage{{{packages}}}" if packages else f"% netstat {__version__}"
    yield from (definition for used, definition in _DEFINITIONS.items() if used in body)


def _lines(table: Table) -> Iterator[str]:
    yield rf"\bigskip\noindent\textbf{{{_escaped(table.title)}}}\par"
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
    opening, below, closing = _LONGTABLE if sum(map(len, table.groups)) > _LONG else _TABULAR
    yield opening.replace("COLUMNS", "".join("l" if column.left else "r" for column in table.columns))
    yield r"\toprule"
    yield _row(_escaped(column.heading) for column in table.columns)
    for rule, group in zip(chain([below], repeat(r"\midrule")), table.groups, strict=False):
        yield rule
        for row in group:
            yield _row(_text(column.show(value), _stacked) for column, value in zip(table.columns, row, strict=True))
    yield r"\bottomrule"
    yield closing


def _row(cells: Iterable[str]) -> str:
    return rf"{' & '.join(cells)} \\"


def _escaped(text: str) -> str:
    apart = re.sub(_LIGATURE, r"\\/", printable(text).translate(_ESCAPES))
    return re.sub(r"[^\x00-\x7f]", _character, apart)


def _character(found: re.Match[str]) -> str:
    return rf"\netstatchar{{{found[0]}}}{{{ord(found[0]):04X}}}"
