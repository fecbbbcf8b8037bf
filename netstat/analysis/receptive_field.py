"""How much of the input one output value sees."""

from collections.abc import Sequence
from typing import NamedTuple

from netstat.graph import Graph, Node, Source
from netstat.ops import OPERATORS
from netstat.ops.base import named_specs
from netstat.ops.pooling import AdaptivePool


class _Field(NamedTuple):
    """Per spatial dimension: extent of input positions seen, and distance between neighbouring outputs' centres.

    No dimensions at all: one position, of as many dimensions as the first window will have.
    """

    extent: tuple[int, ...] = ()
    jump: tuple[int, ...] = ()


def receptive_fields(graph: Graph) -> list[tuple[int, ...] | None]:
    """Extent per spatial dimension for the first output of every node; None where there is no such thing, or no rule.

    r_out = r_in + (K − 1) · j_in, j_out = S · j_in, K the extent of the window and S its stride (Araujo, Norris, Sim,
    "Computing receptive fields of convolutional neural networks", Distill 2019). Where branches meet: the largest.
    """
    fields: list[_Field | None] = []
    for node in graph.nodes:
        sources = (argument.source for argument in node.activations)
        fields.append(_through(node, [_of(source, fields) for source in sources if source.kind != "constant"]))
    return [_shown(field, node) for field, node in zip(fields, graph.nodes, strict=True)]


def _of(source: Source, fields: Sequence[_Field | None]) -> _Field | None:
    return _Field() if source.kind == "input" else fields[source.node]


def _shown(field: _Field | None, node: Node) -> tuple[int, ...] | None:
    dims = len(node.output.shape) - 2 if node.outputs else 0
    if field is None or dims < 1:
        return field.extent or None if field else None
    return field.extent or (1,) * dims


def _through(node: Node, seen: Sequence[_Field | None]) -> _Field | None:
    """The field after `node`."""
    known = [field for field in seen if field is not None]
    if not known or len(known) < len(seen) or node.op not in OPERATORS:
        return None
    operator = OPERATORS[node.op]
    merged = _largest(known)
    if merged is None or operator.is_local(**node.attributes):
        return merged
    if issubclass(operator, AdaptivePool):
        return _through_adaptive(node, merged, operator.dims)
    window = operator.window(**named_specs(node.arguments), **node.attributes)
    return _slide(merged, *window) if window else None


def _through_adaptive(node: Node, field: _Field, dims: int) -> _Field | None:
    """Only where all windows are alike has the field one size and the outputs one distance."""
    sizes, outs = node.input.shape[-dims:], node.output.shape[-dims:]
    if any(size % out for size, out in zip(sizes, outs, strict=True)):
        return None
    window = tuple(size // out for size, out in zip(sizes, outs, strict=True))
    return _slide(field, window, window)


def _slide(field: _Field, extent: tuple[int, ...], stride: tuple[int, ...]) -> _Field | None:
    before = field if field.extent else _Field((1,) * len(extent), (1,) * len(extent))
    if len(before.extent) != len(extent):
        return None
    grown = tuple(r + (k - 1) * j for r, k, j in zip(before.extent, extent, before.jump, strict=True))
    return _Field(grown, tuple(s * j for s, j in zip(stride, before.jump, strict=True)))


def _largest(fields: Sequence[_Field]) -> _Field | None:
    """The largest per dimension; None where the fields have different dimensions."""
    with_dims = [field for field in fields if field.extent] or list(fields[:1])
    if len({len(field.extent) for field in with_dims}) > 1:
        return None
    extents, jumps = ([getattr(field, name) for field in with_dims] for name in _Field._fields)
    return _Field(*(tuple(map(max, zip(*sizes, strict=True))) for sizes in (extents, jumps)))
