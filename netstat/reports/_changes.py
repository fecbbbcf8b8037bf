"""What changed from one profile to another: totals, and row by row."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from netstat.records.comparison import ADDED, REMOVED, Change, Compared, Comparison
from netstat.reports._table import Amount, AtLeast, Column, Fact, Table, place, rows, title
from netstat.units import deviation, exact, plural, scaled, shape, signed

_WORDS = {
    "params": "params",
    "trainable_params": "trainable",
    "macs": "MACs",
    "flops": "FLOPs",
    "param_bytes": "param bytes",
    "activation_bytes": "activation bytes",
    "bytes_read": "bytes read",
    "bytes_written": "bytes written",
}
_BOUNDS = ("macs", "flops", "bytes_read", "bytes_written")  # where an operator has no formula
_SIZES = ("param_bytes", "activation_bytes", "bytes_read", "bytes_written")
_OF_ROWS = ("params", "macs", "flops", "trainable_params", "bytes_read", "bytes_written")  # the first ones say most
_MOST = 2  # figures with columns of their own
_MARKS = {ADDED: "+", REMOVED: "−"}


class _Pair(NamedTuple):
    """A figure on both sides, None where a side does not have it; bounds are `AtLeast`.

    `difference` is None where the bounds do not tell it.
    """

    name: str
    before: Any
    after: Any
    difference: int | None

    @property
    def share(self) -> float | None:
        """The difference as a share of what was before; None where there is nothing to share."""
        if not self.difference:
            return self.difference
        exact = isinstance(self.before, Amount) and self.before.number
        return self.difference / self.before.number if exact else None


def _pair(name: str, sides: Sequence[Any], complete: Sequence[bool], *, settled: bool = False) -> _Pair:
    """The figure `name` of what two sides have of it, None for a side that is not there.

    Args:
        name: a figure of totals and of rows.
        sides: what has it.
        complete: which of them have a formula for every operator.
        settled: whether the others differ in nothing that has none.
    """
    before, after = (None if side is None else Amount(getattr(side, name), name in _SIZES) for side in sides)
    bounds = [name in _BOUNDS and not known for known in complete]
    difference = (after.number if after else 0) - (before.number if before else 0)
    first, second = (AtLeast(side) if bound else side for side, bound in zip((before, after), bounds, strict=True))
    return _Pair(_WORDS[name], first, second, difference if settled or not any(bounds) else None)


def _more(number: int) -> str:
    """A difference at four digits."""
    return f"{'+' if number > 0 else ''}{scaled(number)}"


_side = partial(Column, text=Amount.text, short=Amount.short, missing="")
_difference = partial(Column, text=signed, short=_more, missing="?")
_share = partial(Column, text=deviation, missing="")


def totals_table(record: Comparison) -> Table:
    """The totals of two models, a figure per row."""
    one, other = record.models
    names = (one.model, other.model) if one.model != other.model else ("before", "after")
    columns = [
        Column("name", "figure", left=True),
        _side("before", names[0]),
        _side("after", names[1]),
        _difference("difference", "difference"),
        _share("share", "change"),
    ]
    notes: list[Fact] = [("note", remark) for remark in record.remarks]
    heading = title("comparison", *dict.fromkeys((one.model, other.model)), _inputs(one, other))
    return Table(heading, columns, [rows(columns, _totals(record))], notes=notes)


def _inputs(one: Compared, other: Compared) -> str:
    """The shapes of both; a note says where they are not the same."""
    return f"input {', '.join(map(shape, one.inputs))}" if one.inputs == other.inputs else ""


def _totals(record: Comparison) -> Iterator[_Pair]:
    one, other = record.models
    for name in _WORDS:
        yield _pair(name, (one.totals, other.totals), (one.complete, other.complete), settled=record.settled)
    yield _Pair("layers", Amount(one.layers), Amount(other.layers), other.layers - one.layers)


def changes_table(record: Comparison) -> Table:
    """The rows that are not the same, and what they add up to."""
    changes, same = record.changes or (), f"{plural(record.unchanged or 0, 'row')} the same"
    kinds = [change.change for change in changes]
    counts = [f"{exact(kinds.count(kind))} {kind}" for kind in dict.fromkeys(kinds)]
    heading = title("layers", *(counts or ["nothing changed"]), same)
    if not changes:
        return Table(heading)
    columns = [*_PLACE, *(column for name in _differing(changes) for column in _columns(name)), _ALSO]
    return Table(heading, columns, [rows(columns, changes), [[_sum(column, changes) for column in columns]]])


def _differing(changes: Sequence[Change]) -> list[str]:
    """The figures that differ and have columns of their own."""
    found = [name for name in _OF_ROWS if any(_of(name, change).difference != 0 for change in changes)]
    return found[:_MOST]


def _of(name: str, change: Change) -> _Pair:
    sides = change.before, change.after
    return _pair(name, sides, [side is None or side.complete for side in sides])


def _columns(name: str) -> Iterator[Column]:
    """Before, after, the difference and its share: in a narrow terminal the last two stay."""
    word = _WORDS[name]
    yield _side(f"{name}_before", f"{word} before", cell=lambda change, whole: _of(name, change).before, rank=2)
    yield _side(f"{name}_after", f"{word} after", cell=lambda change, whole: _of(name, change).after, rank=3)
    yield _difference(f"{name}_difference", f"Δ {word}", cell=lambda change, whole: _of(name, change).difference)
    yield _share(f"{name}_share", f"Δ {word} %", cell=lambda change, whole: _of(name, change).share or None, rank=6)


def _also(change: Change, whole: object) -> str:
    """What else is not the same: shapes, and figures that have no columns."""
    return ", ".join(filter(None, (_word(name, change) for name in change.differing)))


def _word(name: str, change: Change) -> str:
    if name.endswith("_shapes"):
        before, after = (", ".join(map(shape, getattr(side, name))) for side in (change.before, change.after))
        return f"{name.removesuffix('_shapes')} {before} → {after}"
    return _WORDS[name] if name in _OF_ROWS[_MOST:] else ""


_PLACE = (
    Column("change", "", cell=lambda change, whole: _MARKS.get(change.change, "~"), left=True),
    Column("path", "layer", cell=lambda change, whole: place(change.path, change.call), left=True, flexible="middle"),
    Column("op", "operator", left=True, rank=4),
)
_ALSO = Column("also", "also changed", cell=_also, left=True, rank=1)


def _sum(column: Column, changes: Sequence[Change]) -> Any:
    """What the changes of a column add up to."""
    if column.name.endswith("_difference"):
        differences = [column.value(change) for change in changes]
        return None if None in differences else sum(differences)
    return "all of them" if column.name == "path" else ""
