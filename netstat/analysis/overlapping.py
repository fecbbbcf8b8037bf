"""Overlapping pooling beside pooling whose windows tile the input (Krizhevsky et al. 2012, section 3.4)."""

from collections.abc import Iterator

from netstat.cost import Cost
from netstat.graph import Graph, Node
from netstat.ops import OPERATORS, node_cost
from netstat.ops.base import named_specs
from netstat.ops.pooling import overlaps, sliding
from netstat.records.pooling import Overlap


def overlapping(graph: Graph) -> tuple[Overlap, ...]:
    """Every overlapping pooling layer of `graph` in execution order, with its twin."""
    return tuple(_overlap(node) for node in graph.nodes if overlaps(node))


def twin(node: Node) -> Node:
    """The same pooling with windows that tile the input: window = stride, no padding, no dilation.

    All by the operator's own rules on the changed attributes; the output may differ by the positions at the edges that
    only a larger window, or one in the padding, reaches.
    """
    changed = {"kernel_size": node.attributes["stride"], "padding": 0, "dilation": 1}
    kept = {name: changed.get(name, value) for name, value in node.attributes.items()}
    operator = OPERATORS[node.op]
    attributes = operator.canonical(kept)
    return node._replace(attributes=attributes, outputs=operator.shape(**named_specs(node.arguments), **attributes))


def _overlap(node: Node) -> Overlap:
    other, windows = twin(node), sliding(node)
    cost, twin_cost = _costs(node, other)
    return Overlap(
        path=node.path,
        op=node.op,
        call=node.call,
        input_shape=node.input.shape,
        window=tuple(window.extent for window in windows),
        stride=tuple(window.stride for window in windows),
        output_shape=node.output.shape,
        flops=cost.flops,
        bytes_read=cost.bytes_read,
        bytes_written=cost.bytes_written,
        twin_output_shape=other.output.shape,
        twin_flops=twin_cost.flops,
        twin_bytes_read=twin_cost.bytes_read,
        twin_bytes_written=twin_cost.bytes_written,
    )


def _costs(*nodes: Node) -> Iterator[Cost]:
    return (cost for node in nodes if (cost := node_cost(node)) is not None)
