"""Another counter's figure beside ours, and the way from one to the other."""

from collections.abc import Iterator, Sequence

from netstat.conventions import MACS, Convention
from netstat.cost import ZERO, Cost
from netstat.graph import Graph, Node
from netstat.records.crosscheck import BillItem, CrossCheck, LayerCheck, PeerCount

Costed = tuple[tuple[Node, Cost], ...]


def crosscheck(graph: Graph, convention: Convention, count: PeerCount, costs: Sequence[Cost | None]) -> CrossCheck:
    """What the peer must report by its convention, what it did report, and each step between ours and its figure.

    Args:
        graph: the forward pass in the mode the peer ran it in.
        convention: the peer's rules. The first is our multiply-accumulates, the others are differences to them.
        count: what the peer reported.
        costs: the cost of each node, None where its operator has no formula. Such a node adds what the convention's
            rules say of it, which need no cost of ours, and nothing to our figure.

    Raises:
        ValueError: the convention does not start from multiply-accumulates, or there is not one cost per node.
    """
    if convention.terms[0] is not MACS:
        raise ValueError(f"convention '{convention.name}' does not start from multiply-accumulates")
    costed = tuple((node, ZERO if cost is None else cost) for node, cost in zip(graph.nodes, costs, strict=True))
    predicted = sum(convention.count(node, cost) for node, cost in costed)
    return CrossCheck(
        peer=count.peer,
        version=count.version,
        unit=convention.unit,
        reported=count.total,
        ours=sum(cost.macs for _, cost in costed),
        predicted=predicted,
        unexplained=None if count.total is None else count.total - predicted,
        terms=tuple(_bill(convention, costed)),
        layers=tuple(_layers(convention, costed, count.by_path or {})),
        reported_params=count.params,
        error=count.error,
        note=count.note,
    )


def _bill(convention: Convention, costed: Costed) -> Iterator[BillItem]:
    """The rules that make a difference, with what they add up to and where."""
    for term in convention.terms[1:]:
        amounts = [(node.path, term.amount(node, cost)) for node, cost in costed]
        total = sum(amount for _, amount in amounts)
        if total:
            yield BillItem(term.reason, total, tuple(dict.fromkeys(path for path, amount in amounts if amount)))


def _layers(convention: Convention, costed: Costed, by_path: dict[str, int]) -> Iterator[LayerCheck]:
    """Each module the peer has a figure for, in the order they ran; where none of ours ran, if the peer saw one."""
    predicted: dict[str, int] = {}
    for node, cost in costed:
        predicted[node.path] = predicted.get(node.path, 0) + convention.count(node, cost)
    for path in dict.fromkeys([*predicted, *by_path]):
        if path in by_path and (path in predicted or by_path[path]):
            yield LayerCheck(path, by_path[path], predicted.get(path, 0))
