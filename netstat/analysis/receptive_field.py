"""How much of the input one output value sees."""

from typing import NamedTuple

from netstat.graph import Graph, Node, Source
from netstat.ops import OPERATORS
from netstat.ops.pooling import AdaptivePool


class _Field(NamedTuple):
    """Per spatial dimension: extent of input positions seen, and distance between neighbouring outputs' centres."""

    extent: tuple[int, ...]
    jump: tuple[int, ...]


def receptive_fields(graph: Graph) -> list[tuple[int, ...] | None]:
    """Extent per spatial dimension for the first output of every node; None where there is no such thing (any more).

    r_out = r_in + (K − 1) · j_in, j_out = S · j_in, K the extent of the window and S its stride (Araujo, Norris, Sim,
    "Computing receptive fields of convolutional neural networks", Distill 2019). Where branches meet: the largest.
    """
    fields: list[_Field | None] = []
    inputs = {name: _whole(len(spec.shape) - 2) for name, spec in graph.inputs}
    for node in graph.nodes:
        seen = [_of(argument.source, inputs, fields) for argument in node.activations]
        fields.append(_through(node, [field for field in seen if field]))
    return [field.extent if field else None for field in fields]


def _whole(dims: int) -> _Field | None:
    return _Field((1,) * dims, (1,) * dims) if dims > 0 else None


def _of(source: Source, inputs: dict[str, _Field | None], fields: list[_Field | None]) -> _Field | None:
    return inputs[source.name] if source.kind == "input" else fields[source.node] if source.kind == "node" else None


def _through(node: Node, seen: list[_Field]) -> _Field | None:
    """The field after `node`."""
    if not seen or node.op not in OPERATORS or len(node.output.shape) - 2 != len(seen[0].extent):
        return None
    operator = OPERATORS[node.op]
    merged = _largest(seen)
    if issubclass(operator, AdaptivePool):
        return _through_adaptive(node, merged)
    if operator.family not in ("convolution", "pooling"):
        return merged
    weight = {"weight": weight} if (weight := node.argument("weight")) else {}
    extent, stride = operator.window(**weight, **node.attributes) or ((), ())
    return _slide(merged, extent, stride)


def _through_adaptive(node: Node, field: _Field) -> _Field | None:
    """Only where all windows are alike has the field one size and the outputs one distance."""
    sizes, outs = node.input.shape[2:], node.output.shape[2:]
    if any(size % out for size, out in zip(sizes, outs, strict=True)):
        return None
    window = tuple(size // out for size, out in zip(sizes, outs, strict=True))
    return _slide(field, window, window)


def _slide(field: _Field, extent: tuple[int, ...], stride: tuple[int, ...]) -> _Field:
    grown = tuple(r + (k - 1) * j for r, k, j in zip(field.extent, extent, field.jump, strict=True))
    return _Field(grown, tuple(s * j for s, j in zip(stride, field.jump, strict=True)))


def _largest(seen: list[_Field]) -> _Field:
    return _Field(
        tuple(map(max, *(field.extent for field in seen))) if len(seen) > 1 else seen[0].extent,
        tuple(map(max, *(field.jump for field in seen))) if len(seen) > 1 else seen[0].jump,
    )
