"""A profile's rows as a tree: indented, equal neighbours as one line."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from netstat.records.profile import Profile
from netstat.records.tree import Branch
from netstat.records.view import View
from netstat.reports._branches import INDENT
from netstat.reports._columns import COLUMNS, Whole, ordered, whole_of
from netstat.reports._table import Column, Fact
from netstat.units import exact, scaled

NARROWEST = 28  # cells of a line's name: what stands in its middle matters more than in a path


class Line(NamedTuple):
    """A line of the tree: a branch, and the path and number of the containers around it."""

    branch: Branch
    around: str = ""
    depth: int = 0

    @property
    def label(self) -> str:
        """The branch's name, indented: '· 1 … 2 ×2'."""
        return INDENT * self.depth + _span(self.branch, self.branch.name, _number(self.branch))

    @property
    def paths(self) -> str:
        """The same with whole paths: 'layer1.1 … layer1.2 ×2'."""
        prefix = f"{self.around}." if self.around else ""
        return _span(self.branch, f"{prefix}{self.branch.name}", f"{prefix}{self.branch.last}")


def _span(branch: Branch, first: str, last: str) -> str:
    return first if branch.repeats == 1 else f"{first} … {last} ×{exact(branch.repeats)}"


def _number(branch: Branch) -> str:
    """The name of the last of several, or only its number where that is the difference: block_0 … 11, add … #3."""
    number = branch.last.removeprefix(branch.name.rstrip("0123456789"))
    return number.lstrip() if number.lstrip(" #").isdecimal() else branch.last


def tree_lines(profile: Profile, view: View) -> list[Line]:
    """The lines of the whole tree, each container before what is in it, siblings in the order the view wants."""
    whole = whole_of(profile)

    def below(siblings: Iterable[Branch], around: str, depth: int) -> Iterator[Line]:
        for branch in ordered(siblings, view.sort, lambda branch: _value(COLUMNS[view.sort or "path"], branch, whole)):
            yield Line(branch, around, depth)
            yield from below(branch.children, branch.layer.path, depth + 1)

    return list(below(profile.tree(view.depth, view.filters), "", 0))


def _value(column: Column, branch: Branch, whole: Whole) -> Any:
    if column.name in ("path", "op"):
        return branch.name if column.name == "path" else branch.kind
    if branch.time:
        whole = whole._replace(times={(branch.layer.path, branch.layer.op, branch.layer.call): branch.time})
    return column.value(branch.layer, whole)


def tree_columns(columns: Iterable[Column]) -> list[Column]:
    """The same columns for lines of a tree."""
    return [_for_lines(column) for column in columns]


def _for_lines(column: Column) -> Column:
    if column.name == "path":
        return column._replace(cell=lambda line, whole: line.label, narrowest=NARROWEST, tree=True)
    heading = "kind" if column.name == "op" else column.heading
    return column._replace(heading=heading, cell=lambda line, whole: _value(column, line.branch, whole))


def repeated(lines: Sequence[Line]) -> Iterator[Fact]:
    """What lines that stand for several come to together."""
    for line in lines:
        layer, times = line.branch.layer, line.branch.repeats
        if times > 1 and (layer.params or layer.flops):
            new = (layer.params - layer.repeated_params) * times
            together = f"{scaled(new)} params, {scaled(layer.macs * times)} MACs, {scaled(layer.flops * times)} FLOPs"
            yield "repeated", f"{line.paths}: together {together}"
