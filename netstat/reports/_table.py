"""A table before any format: columns, rows of values, and what stands around them."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import accumulate, dropwhile
from typing import Any, NamedTuple
from unicodedata import combining, east_asian_width

from netstat.units import bar, duration, exact, mebibytes, percent, plural, rounded_percent, scaled

Row = list[Any]
Fact = tuple[str, str]

# A column of this rank or above leaves a narrow table only after numbers were abbreviated.
AFTER_ABBREVIATION = 5
CHOSEN = -1  # the rank of a column that the user named: the table stays one, however wide


class Notation(str):
    """A text with signs of mathematics, for which ASCII has other ones."""

    __slots__ = ()


class Formula(Notation):
    """A text that is a formula, as the analysis writes it on one line; formats that can set it as one do."""

    __slots__ = ()


class AtLeast(NamedTuple):
    """A value that is a lower bound."""

    value: Any


class Again(NamedTuple):
    """A value that an earlier row showed already."""

    value: Any


class Amount(NamedTuple):
    """A count, or a size in bytes: for columns that have both."""

    number: int
    size: bool = False

    def text(self) -> str:
        """All digits of a count, a size with its prefix."""
        return mebibytes(self.number) if self.size else exact(self.number)

    def short(self) -> str:
        """As `text`, a count with four digits."""
        return mebibytes(self.number) if self.size else scaled(self.number)


class Column(NamedTuple):
    """One column.

    Attributes:
        name: what `--columns` calls it.
        heading: what stands above it.
        text: a value as text.
        cell: the value for an item of the table and the whole it is part of; None: the item's attribute `name`.
        short: the text where space is short.
        left: whether it is aligned left; numbers are not.
        rank: when it gives way to a narrow terminal, 1 first; 0 and `CHOSEN` never.
        bar: whether its values are shares (part, whole), which a terminal shows as bars as well.
        tree: whether its texts are names in a tree, with an `INDENT` for each level.
        flexible: "middle" or "wrap": how a long text may be made narrower.
        narrowest: cells it keeps at the very least when it is.
        missing: what None is shown as.
    """

    name: str
    heading: str
    text: Callable[[Any], str] = str
    cell: Callable[[Any, Any], Any] | None = None
    short: Callable[[Any], str] | None = None
    left: bool = False
    rank: int = 0
    bar: bool = False
    tree: bool = False
    flexible: str = ""
    narrowest: int = 12
    missing: str = "-"

    def value(self, item: Any, whole: Any = None) -> Any:
        """The value of this column for `item`."""
        return self.cell(item, whole) if self.cell else getattr(item, self.name)

    def show(self, value: Any, *, short: bool = False) -> str:
        """A value as text; "" is an empty cell in any column."""
        if value is None or value == "":
            return self.missing if value is None else ""
        if isinstance(value, AtLeast):
            return f"≥{self.show(value.value, short=short)}"
        if isinstance(value, Again):
            return f"({self.show(value.value, short=short)})"
        form = self.short if short and self.short else self.text
        return form(value)


class Table(NamedTuple):
    """A table before any format.

    Attributes:
        title: one line above it.
        columns: what stands in it; none where the facts say it all.
        groups: rows of values, in groups with a rule between them; the last is the totals where there are any.
        lead: (label, text) pairs that belong above the table.
        notes: (label, text) pairs that belong below it.
    """

    title: str
    columns: Sequence[Column] = ()
    groups: Sequence[Sequence[Row]] = ()
    lead: Sequence[Fact] = ()
    notes: Sequence[Fact] = ()


def rows(columns: Sequence[Column], items: Iterable[Any], whole: Any = None) -> list[Row]:
    """One row per item."""
    return [[column.value(item, whole) for column in columns] for item in items]


def share(of: tuple[float, float]) -> str:
    """A (part, whole) pair as a percentage; nothing for nothing."""
    return percent(*of) if of[0] else ""


def rounded_share(of: tuple[float, float]) -> str:
    """A (part, whole) pair as a whole percentage; nothing for nothing."""
    return rounded_percent(*of) if of[0] else ""


def share_bar(of: tuple[float, float] | None, cells: int, *, unicode: bool) -> str:
    """A (part, whole) pair as a bar; nothing for None."""
    return bar(*of, cells, unicode=unicode) if of else ""


# Columns that several tables have: a count, and a share of a whole.
count_column = partial(Column, text=exact, short=scaled)
share_column = partial(Column, text=share, short=rounded_share, bar=True, missing="")


def measured(time: tuple[float, float]) -> str:
    """Seconds that were measured, and the least that can be told from the measuring itself."""
    seconds, below = time
    return f"< {duration(below)}" if below > 0 and seconds < below else duration(seconds)


def place(path: str, call: int = 0) -> str:
    """A layer's path for a reader: the model itself is '(model)', a later call of a layer has its number."""
    return (path or "(model)") + (f" #{exact(call + 1)}" if call else "")


def way(device: str, batch: int, dtype: str, threads: int, *others: str) -> str:
    """How a model was run, for a reader; what is usual is left unsaid of the others."""
    unusual = [word for word in others if word not in ("contiguous", "eager")]
    return ", ".join([device, f"batch {exact(batch)}", dtype, plural(threads, "thread"), *unusual])


def loss_of(loss: str) -> str:
    """What a training step differentiates, for a reader."""
    return "the model's own loss" if loss == "model" else loss


def cells(text: str) -> int:
    """Terminal cells of `text`: East Asian wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) else 1 + (east_asian_width(char) in "WF") for char in text)


def padded(text: str, width: int) -> str:
    """`text` with spaces after it, `width` cells in all where it is not wider."""
    return text + " " * (width - cells(text))


def middle(text: str, width: int = 12) -> str:
    """`text` in at most `width` terminal cells, shortened in the middle, where a path says least."""
    if cells(text) <= width:
        return text
    tail = (width - 1) // 2
    start, end = fitting(text, width - 1 - tail), fitting(text[::-1], tail)
    return f"{text[:start]}…{''.join(dropwhile(combining, text[len(text) - end :]))}"  # marks stay with their letter


def fitting(text: str, width: int) -> int:
    """How many characters from the beginning of `text` fit into `width` cells."""
    return sum(taken <= width for taken in accumulate(map(cells, text)))


def title(*parts: str) -> str:
    """The parts that are there, on one line."""
    return " · ".join(filter(None, parts))


def printable(text: str) -> str:
    """`text` without control, formatting and half characters: what a name may not do to a terminal or a file."""
    return text if text.isprintable() else "".join(filter(str.isprintable, text))
