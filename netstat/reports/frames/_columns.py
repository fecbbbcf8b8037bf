"""The rows of a record as typed columns, before any library."""

from collections.abc import Iterable
from types import NoneType
from typing import Any

from netstat.records.base import Record
from netstat.reports._rows import rows_of
from netstat.reports._table import printable


def columns_of(record: Record) -> dict[str, list[Any]]:
    """The values by column: numbers, texts, tuples of them for shapes, and None for what is not known."""
    rows = rows_of(record)
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [_frozen(row.get(name)) for row in rows] for name in names}


def kind_of(values: Iterable[Any]) -> type:
    """The type of everything in a column that is not None, NoneType where nothing is; float where ints and floats meet.

    Anything else together is of type object.
    """
    kinds = {type(value) for value in values if value is not None} or {NoneType}
    if kinds == {int, float}:
        return float
    return kinds.pop() if len(kinds) == 1 else object


def fits(values: Iterable[int | None]) -> bool:
    """Whether every whole number has at most 64 bits."""
    return all(value is None or -(2**63) <= value < 2**63 for value in values)


def _frozen(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(map(_frozen, value))
    return printable(value) if isinstance(value, str) else value  # not every library takes half characters
