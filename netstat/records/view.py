"""How a record is shown. Nothing here changes a figure."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from netstat.records.profile import Layer


class View(NamedTuple):
    """Which rows of a record are shown, in what order, flat or as a tree.

    Attributes:
        columns: names of the columns to show; None leaves the choice to the profile and the width.
        sort: name of the column to sort by; None keeps the order of execution. In a tree siblings are sorted.
        tree: whether rows stand in the modules they belong to.
        depth: levels of the tree; None for all.
        filters: globs; a row is shown where one of them matches its operator, its path or that of a module it is in.
        layers: whether what has totals and layers shows these as well.
        every: whether every total is shown, or those that people ask for first.
    """

    columns: Sequence[str] | None = None
    sort: str | None = None
    tree: bool = False
    depth: int | None = None
    filters: tuple[str, ...] = ()
    layers: bool = True
    every: bool = True


def matches(layer: Layer, filters: Sequence[str]) -> bool:
    """Whether a filter takes the row: its operator, its path, or a module around it. No filter takes everything."""
    return not filters or any(fnmatchcase(name, pattern) for name in _names(layer) for pattern in filters)


def _names(layer: Layer) -> list[str]:
    return [layer.op, *enclosing(layer.path), layer.path or "(model)"]


def enclosing(path: str) -> list[str]:
    """Paths of the modules around `path`, outermost first, the model itself left out: 'a.b.c' -> ['a', 'a.b']."""
    ends = [i for i, char in enumerate(path) if char == "."]
    return [path[:end] for end in ends]
