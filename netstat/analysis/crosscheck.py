"""Another counter's figure beside ours, and the way from one to the other."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from netstat.conventions import MACS, Convention, Counted
from netstat.cost import Cost
from netstat.graph import Graph
from netstat.records.crosscheck import BillItem, CrossCheck, LayerCheck, PeerCount


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
    counted = Counted.of(graph, costs)
    by_path: Counter[str] = Counter()
    bill = list(_bill(convention, counted, by_path))
    ours = sum(cost.macs for cost in counted.costs)
    predicted = ours + sum(item.amount for item in bill)
    return CrossCheck(
        peer=count.peer,
        version=count.version,
        unit=convention.unit,
        reported=count.total,
        ours=ours,
        predicted=predicted,
        unexplained=None if count.total is None else count.total - predicted,
        terms=tuple(bill),
        layers=tuple(_layers(graph, by_path, count.by_path or {})),
        reported_params=count.params,
        error=count.error,
        per_mac=convention.per_mac,
        note=count.note,
    )


def _bill(convention: Convention, counted: Counted, by_path: Counter[str]) -> Iterator[BillItem]:
    """The rules that make a difference, with what they add up to and where; `by_path` gets the sum of all rules."""
    for term in convention.terms:
        here: Counter[str] = Counter()
        for share in term.shares(counted):
            here[share.path] += share.amount
        by_path.update(here)
        if term is not MACS and (total := here.total()):
            yield BillItem(term.reason, total, tuple(here), term.issue)


def _layers(graph: Graph, predicted: Mapping[str, int], reported: Mapping[str, int]) -> Iterator[LayerCheck]:
    """Each module the peer has a figure for, in the order they ran; where none of ours ran, if the peer saw one."""
    ran = dict.fromkeys([*(node.path for node in graph.nodes), *predicted])
    for path in dict.fromkeys([*ran, *reported]):
        if path in reported and (path in ran or reported[path]):
            yield LayerCheck(path, reported[path], predicted.get(path, 0))
