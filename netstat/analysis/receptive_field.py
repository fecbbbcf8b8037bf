"""What an output position sees of the input: how much, where, and how far on its neighbour's field is.

Araujo, Norris, Sim, "Computing receptive fields of convolutional neural networks" (Distill 2019), for windows and
branches; Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016), for transposed convolutions.
Operators say which positions of their inputs they see (`Operator.sees`); here that is followed back to the input.
"""

from collections.abc import Mapping
from math import gcd, lcm
from typing import NamedTuple

from netstat.analysis.strands import SAME, Strands, ends, hull, joined, whole
from netstat.graph import Graph, Node, Source
from netstat.ops import OPERATORS
from netstat.ops.sight import NOTHING, Sight

Axis = tuple[str, int]  # of an input: its name, and which of its axes
Exact = tuple[str, ...]  # whole numbers and fractions, one per dimension: "4", "-1/4"


class Field(NamedTuple):
    """The receptive field of a node's first output, per spatial dimension.

    Attributes:
        extent: positions from the first to the last that an output position sees: the most of any.
        jump: how far the field moves on from an output position to the next.
        center: middle of the field of output position 0, where input position 0 is 0.
        padding: how far that field begins before input position 0.
    """

    extent: tuple[int, ...]
    jump: Exact | None
    center: Exact | None
    padding: Exact | None


class Along(NamedTuple):
    """How an input axis is seen.

    Attributes:
        axis: of the tensor, along which positions see `strands`; None where it has no such axis, and each value of it
            sees the same.
        strands: what positions see.
    """

    axis: int | None
    strands: Strands


Seen = dict[Axis, Along | None]  # None: nobody can say. Axes of inputs that do not matter are not there


def receptive_fields(graph: Graph) -> list[Field | None]:
    """The field of each node in the first input that it sees; None where that has no meaning, or nobody can say."""
    walk = Walk(graph)
    seen = [walk.step(node) for node in graph.nodes]
    return [_field(node, found, walk.space) for node, found in zip(graph.nodes, seen, strict=True)]


class Walk:
    """From node to node, with what each sees.

    Attributes:
        space: the spatial axes of each input: those that the first window slides along that sees it.
    """

    def __init__(self, graph: Graph) -> None:
        self.sizes = {(name, at): size for name, spec in graph.inputs for at, size in enumerate(spec.shape)}
        self.space: dict[str, tuple[Axis, ...]] = {}
        self.seen: list[Seen] = []

    def step(self, node: Node) -> Seen:
        """What the next node sees."""
        found: Seen = {}
        known = node.op in OPERATORS
        for argument in node.activations:
            before = self._of(argument.source)
            sight = OPERATORS[node.op].sees(node, argument) if before and known else None
            if before and sight is not NOTHING:
                self._look(before, sight, argument.spec.shape, node, found)
        self.seen.append(found)
        return found

    def _of(self, source: Source) -> Seen:
        if source.kind == "input":
            return {axis: Along(axis[1], (SAME,)) for axis in self.sizes if axis[0] == source.name}
        return self.seen[source.node] if source.kind == "node" else {}

    def _look(self, before: Seen, sight: Sight | None, shape: tuple[int, ...], node: Node, found: Seen) -> None:
        """Add to `found` what the node sees by an argument of `shape`, which sees `before`."""
        if sight and sight.dims:
            self._claim(before, range(len(shape) - sight.dims, len(shape)))
        for axis, along in before.items():
            limit = self.sizes[axis]
            after = _through(along, sight, shape, limit)
            found[axis] = _merged(found[axis], after, node, limit) if axis in found else after

    def _claim(self, before: Seen, window: range) -> None:
        for name in {name for name, _ in before if name not in self.space}:
            places = {along.axis: axis for axis, along in before.items() if along and axis[0] == name}
            axes = tuple(places[at] for at in window if at in places)
            if len(axes) == len(window):
                self.space[name] = axes


def _through(along: Along | None, sight: Sight | None, shape: tuple[int, ...], limit: int) -> Along | None:
    """What the output sees along an input axis of `limit` positions that an argument of `shape` sees `along`."""
    if along is None or sight is None or along.axis is None:
        return along if sight else None
    for at, trace in enumerate(sight.axes):
        if trace and trace[0] == along.axis:
            reach = trace[1]
            if reach is None:
                return Along(at, along.strands)
            if not reach.advance:
                return Along(at, (whole(along.strands, len(reach.taps[0]), limit),))
            moved = [strand.through(reach) for strand in along.strands]
            strands = tuple(strand for strand in moved if strand)
            return Along(at, strands) if len(strands) == len(moved) else None
    return Along(None, (whole(along.strands, shape[along.axis], limit),)) if along.axis in sight.whole else None


def _merged(one: Along | None, other: Along | None, node: Node, limit: int) -> Along | None:
    """What is seen through two arguments; nobody can say where they lay the input in different directions."""
    if one is None or other is None or (one.axis != other.axis and None not in (one.axis, other.axis)):
        return None
    at = other.axis if one.axis is None else one.axis
    strands = joined(one.strands, other.strands, 1 if at is None else node.output.shape[at], limit)
    return Along(at, strands) if strands else None


def _field(node: Node, found: Seen, space: Mapping[str, tuple[Axis, ...]]) -> Field | None:
    """The field in the first input that is there and has space."""
    axes = next((axes for axes in space.values() if axes[0] in found), ())
    seen = [found[axis] for axis in axes]
    there = [along for along in seen if along and along.axis is not None]
    if not there or len(there) < len(seen):
        return None
    extents = [_extent(along.strands, node.output.shape[along.axis or 0]) for along in there]
    lines = [_line(along.strands) for along in there]
    if not all(extents):
        return None
    known = [line for line in lines if line]
    jump, center, padding = zip(*known, strict=True) if len(known) == len(lines) else (None, None, None)
    return Field(tuple(extents), jump, center, padding)


def _extent(strands: Strands, size: int) -> int:
    """The most positions from first to last that any of `size` output positions sees."""
    period = lcm(*(strand.period for strand in strands))
    positions = range(period) if len(strands) == 1 else ends(period, size)
    spans = (hull(strand.at(position) for strand in strands) for position in positions)
    return max((last - first + 1 for first, last in (span for span in spans if span)), default=0)


def _line(strands: Strands) -> tuple[str, str, str] | None:
    """Jump, centre and padding of the two lines that enclose all spans; None where branches move at several speeds."""
    if len(strands) > 1:
        return None
    period, advance, spans = strands[0]
    there = [(phase, span) for phase, span in enumerate(spans) if span]
    first = min((span[0] * period - phase * advance for phase, span in there), default=0)
    last = max((span[1] * period - phase * advance for phase, span in there), default=0)
    return _ratio(advance, period), _ratio(first + last, 2 * period), _ratio(-first, period)


def _ratio(above: int, below: int) -> str:
    """A fraction in lowest terms, "3" or "-1/4"."""
    shared = gcd(above, below)
    return f"{above // shared}" if below == shared else f"{above // shared}/{below // shared}"
