"""Which tensors are alive while each operator of a forward pass runs, from its graph. Imports no torch.

What torch does, in terms of the graph:

- An operator makes its results while everything it reads is still there.
- A view, or a result written over an input, is the memory that was there (`Node.fresh`).
- A tensor is freed after the last operator that reads it or a view of it, but
- a tensor that a module was called with lives until that call ends: the caller's frame holds it, so the input of a
  container is alive while everything inside runs (`ModuleCall.sources`);
- inputs belong to the caller and outputs go to it: both live to the end.

A local variable that a forward keeps beyond its last use cannot be seen in a graph, and constants made inside forward
(masks, positions) have no name in it: then torch needs more than is said here, never less.
"""

from collections.abc import Collection, Iterator, Sequence

from netstat.frontends.lifetimes import BEFORE, Event, Lifetimes, Span
from netstat.graph import Graph, Node, Param, Source, TensorSpec


def lifetimes(graph: Graph, kept: Collection[Source] = ()) -> Lifetimes:
    """Every piece of memory of one forward pass without gradients, at the end of which `kept` are still needed."""
    owners = _owners(graph.nodes)
    last = _last_uses(graph, owners, kept)
    end = max(len(graph.nodes) - 1, 0)
    resident = (
        *(Span(p.spec.nbytes, "buffers" if p.buffer else "params", BEFORE, end) for p in _distinct(graph)),
        *(Span(spec.nbytes, "inputs", BEFORE, end) for _, spec in graph.inputs),
    )
    made = tuple(
        Span(spec.nbytes, "activations", i, last.get(source, i))
        for i, node in enumerate(graph.nodes)
        for source, spec in _made(i, node)
    )
    events = tuple(Event("forward", node.path, node.op, node.call) for node in graph.nodes)
    return Lifetimes(events or (Event("forward", "", "", 0),), (*resident, *made))


def _distinct(graph: Graph) -> Iterator[Param]:
    return (param for param in graph.params if param.shared_with is None)


def _made(i: int, node: Node) -> Iterator[tuple[Source, TensorSpec]]:
    """The memory that a node makes."""
    if node.fresh:
        yield from ((Source("node", node=i, output=k), spec) for k, spec in enumerate(node.outputs))


def _owners(nodes: Sequence[Node]) -> dict[Source, Source]:
    """Whose memory each result of a node is: its own, or that of the first tensor of those it is a view of."""
    owners: dict[Source, Source] = {}
    for i, node in enumerate(nodes):
        read = next((argument.source for argument in node.arguments), None)
        for k in range(len(node.outputs)):
            own = Source("node", node=i, output=k)
            owners[own] = own if node.fresh or read is None else owners.get(read, read)
    return owners


def _last_uses(graph: Graph, owners: dict[Source, Source], kept: Collection[Source]) -> dict[Source, int]:
    """The last event during which the memory behind each source is needed."""
    last: dict[Source, int] = {}

    def use(source: Source, at: int) -> None:
        owner = owners.get(source, source)
        last[owner] = max(last.get(owner, at), at)

    for i, node in enumerate(graph.nodes):
        for source in (argument.source for argument in node.arguments):
            use(source, i)
        for k in range(len(node.outputs)):
            use(Source("node", node=i, output=k), i)
    for call in graph.calls:
        for source in call.sources:
            use(source, call.stop - 1)
    for source in (*graph.outputs, *kept):
        use(source, len(graph.nodes) - 1)
    return last
