"""Figures in print beside ours: what the stated reading gives, and what else gives the same digits.

Besides the stated reading a fixed set of candidates is tried: every variant of the model, the conventions of netstat's
own and those of two READMEs, the whole model and its convolutions and fully connected layers; of a layer, that layer.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from math import prod
from typing import NamedTuple

from netstat.conventions import CONVENTIONS, Counted, weighted
from netstat.graph import Graph, Node
from netstat.models.published import VARIANTS, Claim
from netstat.ops import node_cost
from netstat.records.crosscheck import BillItem
from netstat.records.published import Published, PublishedFigure, Reading
from netstat.units import parse_printed

CANDIDATES = ("documents", "macs", "literature", "paper", "thop-readme", "ptflops-readme")
WHOLE = "whole model"
SCOPES = (WHOLE, "convolutions", "fully connected")
BYTES = 4  # of a value in float32

_ROUNDED = ("exact", "rounded")

Graphs = Callable[[str, int], Graph]


def published(model: str, claims: Sequence[Claim], graphs: Graphs) -> Published:
    """Every claim beside our figures.

    Args:
        model: the name in print.
        claims: what is in print.
        graphs: the graph of a variant at a batch.
    """
    counter = cache(lambda variant, batch: _Counter(graphs(variant, batch)))
    return Published(model, tuple(_figure(claim, counter) for claim in claims))


class _Part(NamedTuple):
    """Indices of the nodes a figure is of, and whether it is of the input as well."""

    nodes: Sequence[int]
    input: bool = False


class _Counter:
    """Counts the parts of one graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.counted = Counted.of(graph, [node_cost(node) for node in graph.nodes])
        self.ways: dict[str, Callable[[_Part], int]] = {
            "parameters": self.parameters,
            "weights": self.weights,
            "neurons": self.neurons,
            "values": self.values,
            "bytes": lambda part: BYTES * self.values(part),
        }
        self.figures = cache(lambda convention: CONVENTIONS[convention].counts(self.counted))

    def count(self, counted: str, scope: str) -> int | None:
        """What there is of it in that part of the model, None where the model has no such part."""
        part = self.part(scope)
        if part is None:
            return None
        if counted in self.ways:
            return self.ways[counted](part)
        return sum(self.figures(counted)[i] for i in part.nodes)

    def part(self, scope: str) -> _Part | None:
        """The part of that name: "layer 3" is the third layer with weights, "pooling 1" the first that pools."""
        name, _, number = scope.rpartition(" ")
        if name in ("layer", "pooling"):
            found = self.where(weighted if name == "layer" else _pools)
            return _Part(found[int(number) - 1 : int(number)]) if int(number) <= len(found) else None
        if scope == "input":
            return _Part((), input=True)
        if scope == WHOLE:
            return _Part(range(len(self.graph.nodes)), input=True)
        prefix = {"convolutions": "conv", "fully connected": "linear"}[scope]
        return _Part(self.where(lambda node: node.op.startswith(prefix)))

    def where(self, holds: Callable[[Node], bool]) -> list[int]:
        return [i for i, node in enumerate(self.graph.nodes) if holds(node)]

    def parameters(self, part: _Part) -> int:
        return sum(size for _, size in self.sizes(part))

    def weights(self, part: _Part) -> int:
        return sum(size for name, size in self.sizes(part) if not name.endswith("bias"))

    def sizes(self, part: _Part) -> Iterator[tuple[str, int]]:
        """Name and size of each parameter the part reads."""
        read = {name for i in part.nodes for name in self.graph.nodes[i].param_names}
        return ((param.name, param.spec.numel) for param in self.graph.params if param.name in read)

    def neurons(self, part: _Part) -> int:
        return self.outputs(part, weighted)

    def values(self, part: _Part) -> int:
        given = sum(prod(spec.shape) for _, spec in self.graph.inputs) if part.input else 0
        return given + self.outputs(part, lambda node: weighted(node) or _pools(node))

    def outputs(self, part: _Part, holds: Callable[[Node], bool]) -> int:
        nodes = (self.graph.nodes[i] for i in part.nodes)
        return sum(node.output.numel for node in nodes if holds(node))


def _pools(node: Node) -> bool:
    return node.op.startswith(("max_pool", "avg_pool"))


Counters = Callable[[str, int], _Counter]


def _figure(claim: Claim, counters: Counters) -> PublishedFigure:
    reading = _reading(claim, counters, claim.variant, claim.counted, claim.scope)
    if reading is None:
        raise ValueError(f"'{claim.variant}' has no {claim.scope}, of which '{claim.source}' has a figure")
    others = list(_candidates(claim, counters))
    stated = "truncated" if claim.truncated else "rounded"
    reproduced = reading.match in (("truncated",) if claim.truncated else _ROUNDED)
    same = (*_ROUNDED, stated)
    return PublishedFigure(
        model=claim.model,
        figure=claim.figure,
        noun=claim.noun,
        source=claim.source,
        reading=reading,
        stated=stated,
        also=tuple(other for other in others if other.match in same and other != reading),
        nearest=None if reproduced else _nearest(claim, [reading, *others]),
        differences=tuple(BillItem(reason, amount) for reason, amount in claim.differences),
        why=claim.why,
        explained=reproduced or claim.why != "" or _settled(claim, reading),
        url=claim.url,
    )


def _nearest(claim: Claim, readings: Sequence[Reading]) -> Reading:
    printed, _ = parse_printed(claim.figure, claim.digits)
    return min(readings, key=lambda reading: abs(_value(reading) - printed))


def _settled(claim: Claim, reading: Reading) -> bool:
    """Whether the differences, of which there are some, lead from our figure to the printed digits."""
    total = reading.amount + sum(amount for _, amount in claim.differences)
    return bool(claim.differences) and match(claim, Fraction(total)) in _ROUNDED


def _candidates(claim: Claim, counters: Counters) -> Iterator[Reading]:
    """Readings from the fixed set, those with nothing to count left out."""
    scopes = SCOPES if claim.scope in SCOPES else (claim.scope,)
    for variant in VARIANTS[claim.model]:
        for scope in scopes:
            for counted in _ways(claim.counted):
                reading = _reading(claim, counters, variant, counted, scope)
                if reading and reading.amount and reading.amount != reading.whole:
                    yield reading


def _ways(counted: str) -> Sequence[str]:
    """What may be meant where `counted` is stated: figures of another kind are no candidates."""
    for kind in (("parameters", "weights"), ("neurons", "values"), ("bytes",)):
        if counted in kind:
            return kind
    return tuple(dict.fromkeys((*CANDIDATES, counted)))


def _reading(claim: Claim, counters: Counters, variant: str, counted: str, scope: str) -> Reading | None:
    counter = counters(variant, claim.batch)
    amount = counter.count(counted, scope)
    if amount is None:
        return None
    whole = counter.count(counted, WHOLE) if claim.figure.endswith("%") else None
    found = Reading(variant, counted, scope, claim.batch, amount, whole)
    return Reading(variant, counted, scope, claim.batch, amount, whole, match(claim, _value(found)))


def _value(reading: Reading) -> Fraction:
    """What is compared with print: the count, or its share in percent."""
    return Fraction(reading.amount) if reading.whole is None else Fraction(100 * reading.amount, reading.whole)


def match(claim: Claim, found: Fraction) -> str:
    """How `found` gives the printed digits; a half may have been rounded either way."""
    printed, last = parse_printed(claim.figure, claim.digits)
    if found == printed:
        return "exact"
    if 2 * abs(found - printed) <= last:
        return "rounded"
    return "truncated" if 0 < found - printed < last else ""
