"""The backward pass from the graph of the forward pass: multiply-accumulates, and the tensors they are made of."""

from collections.abc import Iterator

from netstat.graph import Graph, Node, Source
from netstat.ops import OPERATORS
from netstat.ops.base import named_specs
from netstat.ops.dtypes import is_inexact

# What hands on values and no gradient.
STOPS = frozenset({"detach"})


def backward_macs(graph: Graph) -> tuple[int | None, ...]:
    """Multiply-accumulates of each node when the graph's outputs are differentiated; None where it has no formula.

    From y += w·x follow dx += w·dy and dw += x·dy: each product takes one multiply-accumulate for every side that wants
    a gradient. A trainable parameter wants one, and so does every floating-point tensor made of one that does; inputs
    of the graph, buffers and constants want none. A node takes part where a gradient reaches it: from the outputs of
    the graph, backwards through what wants one; from every node, in a graph that names no outputs.
    """
    wanting = _wanting(graph)
    reached = _reached(graph, wanting)
    return tuple(_macs(node, wanting, i in reached) for i, node in enumerate(graph.nodes))


def differentiated(graph: Graph) -> set[int]:
    """The nodes that the backward pass goes through: what they make gets a gradient."""
    return _reached(graph, _wanting(graph))


def gradients(graph: Graph) -> set[str]:
    """The parameters that get a gradient, by the names that operators know them by."""
    wanting = _wanting(graph)
    sources = (source for i in _reached(graph, wanting) for source in _wants(graph.nodes[i], wanting))
    return {source.name for source in sources if source.kind == "param"}


def saved(graph: Graph) -> set[Source]:
    """Tensors that have to be kept for the backward pass, or made once more: the other side of what wants a gradient.

    A side of several tensors is an intermediate result of which the graph does not know, and left out.
    """
    wanting = _wanting(graph)
    found: set[Source] = set()
    for node in (graph.nodes[i] for i in _reached(graph, wanting)):
        alone = {side for _, side in _products(node, wanting) if len(side) == 1}
        found |= {argument.source for argument in node.arguments if (argument.name,) in alone}
    return found


def _wanting(graph: Graph) -> set[Source]:
    """The tensors that want a gradient."""
    found = {Source("param", param.name) for param in graph.params if param.trainable and not param.buffer}
    for i, node in enumerate(graph.nodes):
        if node.op not in STOPS and any(_wants(node, found)):
            outputs = enumerate(node.outputs)
            found |= {Source("node", node=i, output=at) for at, spec in outputs if is_inexact(spec.dtype)}
    return found


def _wants(node: Node, wanting: set[Source]) -> Iterator[Source]:
    """Where those arguments come from that want a gradient."""
    return (argument.source for argument in node.arguments if argument.source in wanting)


def _reached(graph: Graph, wanting: set[Source]) -> set[int]:
    """The nodes whose outputs get a gradient."""
    if not graph.outputs:
        return {source.node for source in wanting if source.kind == "node"}
    ahead = [source for source in graph.outputs if source in wanting]
    found: set[int] = set()
    while ahead:
        source = ahead.pop()
        if source.kind == "node" and source.node not in found:
            found.add(source.node)
            ahead += _wants(graph.nodes[source.node], wanting)
    return found


def _macs(node: Node, wanting: set[Source], reached: bool) -> int | None:
    if node.op not in OPERATORS:
        return None
    return sum(macs for macs, _ in _products(node, wanting)) if reached else 0


def _products(node: Node, wanting: set[Source]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The products of its backward pass: multiply-accumulates, and the arguments that meet the gradient in them."""
    if node.op not in OPERATORS or OPERATORS[node.op].free:
        return
    names = {argument.name for argument in node.arguments if argument.source in wanting}
    for macs, left, right in OPERATORS[node.op].products(**named_specs(node.arguments), **node.attributes):
        for side, other in ((left, right), (right, left)):
            if not names.isdisjoint(side):
                yield macs, other
