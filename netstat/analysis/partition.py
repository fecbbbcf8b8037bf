"""A graph cut by its channels over several cards: what each holds, and what crosses between them.

The cards run the operators in their order. What a card lacks of a tensor when an operator needs it is sent by the
first card that made it, once: the receiver keeps it. In the backward pass the gradient of what crossed goes back the
same way, where the cards have parts of it: each that of its own channels.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from netstat.analysis.backward import differentiated
from netstat.analysis.splitting import Cut, Ruling, Spread, everywhere, ruling
from netstat.errors import ModelError
from netstat.graph import PARAMETER, Argument, Graph, Node, Param, Source
from netstat.ops import OPERATORS
from netstat.records.partition import (
    COLLECTED,
    GATHERED,
    OUTPUT,
    WHOLE,
    Card,
    Crossing,
    Needed,
    Partition,
    PartitionedLayer,
    Slice,
)
from netstat.records.profile import Input
from netstat.records.ranges import common, entire, evenly, joined, number, without
from netstat.units import dtype_bytes

LRN = ("across", "within")
CONVOLUTIONS = frozenset({"conv1d", "conv2d", "conv3d"})


def partition(
    graph: Graph, ways: int, *, lrn: str = "across", optimizer: str = "", states: int = 0, grouped: Sequence[str] = ()
) -> Partition:
    """`graph` on `ways` cards.

    Args:
        graph: of the evaluation pass.
        ways: number of cards; 1 is the model as it is.
        lrn: whether local response normalisation looks "across" cards or "within" a card's own channels.
        optimizer: its name.
        states: numbers that it keeps beside each parameter.
        grouped: paths of convolutions that were given groups.

    Raises:
        UsageError: a layer has fewer output channels than there are cards.
        ModelError: there is no forward pass.
    """
    if any(node.op == PARAMETER for node in graph.nodes):
        raise ModelError(f"'{graph.model}' holds parameters and no forward pass; name the model they are of")
    cut, walked = Cut(ways, lrn == "across"), _Walk(graph, Cut(ways, lrn == "across"))
    return Partition(
        model=graph.model,
        ways=ways,
        inputs=tuple(Input(name, spec.shape, spec.dtype) for name, spec in graph.inputs),
        batch=graph.inputs[0][1].shape[0] if graph.inputs and graph.inputs[0][1].shape else 1,
        dtype=_dtype(graph),
        optimizer=optimizer,
        lrn=lrn,
        grouped=tuple(grouped),
        layers=tuple(walked.layers()),
        slices=tuple(Slice(name, held.axis, held.parts) for name, held in walked.held.items()),
        cards=tuple(walked.card(card, states) for card in range(ways)),
        single=(walked if ways == 1 else _Walk(graph, cut._replace(ways=1))).card(0, states),
        copied_gradient_bytes=walked.copied_gradient_bytes(),
        unread=sum(param.elements for param in graph.params if walked.is_unread(param)),
    )


def _dtype(graph: Graph) -> str:
    """That of the first tensor with fractions: inputs may be indices."""
    specs = (*(spec for _, spec in graph.inputs), *(param.spec for param in graph.params))
    return next((spec.dtype for spec in specs if "float" in spec.dtype), "float32")


class _Walk:
    """How every tensor lies, and what crosses where it is needed."""

    def __init__(self, graph: Graph, cut: Cut) -> None:
        self.graph, self.cut = graph, cut
        self.params = {param.name: param for param in graph.params}
        self.spreads = {Source("input", name): everywhere(spec, cut.ways) for name, spec in graph.inputs}
        self.rulings = [self._ruled(i, node) for i, node in enumerate(graph.nodes)]
        self.held: dict[str, Spread] = {}  # of parameters and buffers, by their first name
        for node, ruled in zip(graph.nodes, self.rulings, strict=True):
            self._hold(node, ruled)
        self.partial, self.differentiated = _partial(graph, self.rulings), differentiated(graph)
        self.there = {source: spread.parts for source, spread in self.spreads.items()}  # what each card has by then
        self.received = [0] * cut.ways

    def _ruled(self, i: int, node: Node) -> Ruling:
        ruled = ruling(node, {a.name: self._lying(a) for a in node.activations}, self.cut)
        axis, size, _ = ruled.output
        for at, spec in enumerate(node.outputs):
            fits = spec.shape[axis : axis + 1] == (size,)
            self.spreads[Source("node", node=i, output=at)] = ruled.output if fits else everywhere(spec, self.cut.ways)
        return ruled

    def _lying(self, argument: Argument) -> Spread:
        """A constant is made on every card."""
        return self.spreads.get(argument.source) or everywhere(argument.spec, self.cut.ways)

    def _hold(self, node: Node, ruled: Ruling) -> None:
        """Of a tensor that several operators read, a card holds what any of them takes."""
        for argument in node.arguments:
            if argument.source.kind in ("param", "buffer"):
                name, entire_ = self._first(argument.source.name), everywhere(argument.spec, self.cut.ways, 0)
                held = ruled.holds.get(argument.name, entire_)
                before = self.held.get(name, held)
                parts = (joined((*some, *more)) for some, more in zip(before.parts, held.parts, strict=True))
                self.held[name] = held._replace(parts=tuple(parts)) if before.axis == held.axis else entire_

    def _first(self, name: str) -> str:
        return (self.params[name].shared_with or name) if name in self.params else name

    def is_unread(self, param: Param) -> bool:
        """Whether no operator reads a parameter, under whatever name."""
        return not param.buffer and param.shared_with is None and param.name not in self.held

    def layers(self) -> Iterator[PartitionedLayer]:
        """A row per node, and the output."""
        shown: set[str] = set()
        for i, (node, ruled) in enumerate(zip(self.graph.nodes, self.rulings, strict=True)):
            read = {self._first(name) for name in node.param_names} - shown
            shown |= read
            yield self._row(node, ruled, sorted(read), partial=self.partial[i] or ruled.how not in (WHOLE, GATHERED))
        yield self._output()

    def _row(self, node: Node, ruled: Ruling, read: Sequence[str], *, partial: bool) -> PartitionedLayer:
        crossings = tuple(
            crossing
            for argument in node.activations
            for crossing in self._crossings(argument, ruled.needs[argument.name], partial=partial)
        )
        return PartitionedLayer(
            path=node.path,
            op=node.op,
            call=node.call,
            family=OPERATORS[node.op].family if node.op in OPERATORS else "other",
            how=ruled.how,
            output_shape=node.output.shape if node.outputs else (),
            axis=ruled.output.axis,
            parts=ruled.output.parts,
            needs=tuple(Needed(name, *need) for name, need in ruled.needs.items()),
            crossings=crossings,
            params=sum(self.params[name].elements for name in read),
            card_params=tuple(sum(self._elements(name, card) for name in read) for card in range(self.cut.ways)),
            gradient_bytes=sum(self.params[name].spec.nbytes for name in read if self.params[name].trainable),
            grouped_bytes=self._saved(node, crossings),
        )

    def _output(self) -> PartitionedLayer:
        """The model's outputs, collected on every card, which then works out the loss."""
        found = [source for source in self.graph.outputs if source.kind == "node"]
        ends = [Argument(str(i), self.graph.nodes[s.node].outputs[s.output], s) for i, s in enumerate(found)]
        needs = {end.name: everywhere(end.spec, self.cut.ways, self._lying(end).axis) for end in ends}
        crossings = (c for end in ends for c in self._crossings(end, needs[end.name], partial=False))
        whole = everywhere(ends[0].spec, self.cut.ways) if ends else Spread(0, 1, (entire(1),) * self.cut.ways)
        return PartitionedLayer(
            path="",
            op=OUTPUT,
            call=0,
            family=OUTPUT,
            how=COLLECTED,
            output_shape=ends[0].spec.shape if ends else (),
            axis=whole.axis,
            parts=whole.parts,
            needs=tuple(Needed(name, *need) for name, need in needs.items()),
            crossings=tuple(crossings),
            params=0,
            card_params=(0,) * self.cut.ways,
            gradient_bytes=0,
        )

    def _crossings(self, argument: Argument, need: Spread, *, partial: bool) -> Iterator[Crossing]:
        """What each card lacks, from the first that made it; afterwards it has it."""
        lying = self._lying(argument)
        if lying.whole:
            return
        source, each = argument.source, argument.spec.nbytes // lying.size
        returned = partial and source.node in self.differentiated
        there = list(self.there[source])
        for receiver, sender in product(range(self.cut.ways), repeat=2):
            lacking = common(without(need.parts[receiver], there[receiver]), lying.parts[sender])
            if sender != receiver and lacking:
                there[receiver] = joined((*there[receiver], *lacking))
                nbytes = number(lacking) * each
                self.received[receiver] += nbytes
                yield Crossing(argument.name, sender, receiver, lacking, nbytes, nbytes if returned else 0)
        self.there[source] = tuple(there)

    def _saved(self, node: Node, crossings: Sequence[Crossing]) -> int | None:
        """What groups would keep from crossing: with as many as there are cards, each sees the channels it has."""
        weight = node.argument("weight")
        if weight is None or node.attributes.get("groups") != 1 or node.op not in CONVOLUTIONS:
            return None
        ins, outs = node.input.shape[1], weight.shape[0]
        lying = self._lying(node.arguments[0])
        fits = ins % self.cut.ways == outs % self.cut.ways == 0 and lying.parts == evenly(ins, self.cut.ways)
        return sum(c.bytes + c.returned_bytes for c in crossings) if fits else None

    def _elements(self, name: str, card: int) -> int:
        held, spec = self.held[name], self.params[name].spec
        return spec.numel // held.size * number(held.parts[card])

    def card(self, card: int, states: int) -> Card:
        """What a card holds; `layers` comes first."""
        kept = [self.params[name]._replace(name=name) for name in self.held]
        params = [param for param in kept if not param.buffer]
        gradients = self._bytes((param for param in params if param.trainable), card)
        return Card(
            params=sum(self._elements(param.name, card) for param in params),
            param_bytes=self._bytes(params, card),
            buffer_bytes=self._bytes((param for param in kept if param.buffer), card),
            gradient_bytes=gradients,
            optimizer_bytes=states * gradients,
            output_bytes=sum(self._made(i, node, card) for i, node in enumerate(self.graph.nodes) if node.fresh),
            received_bytes=self.received[card],
        )

    def _bytes(self, params: Iterable[Param], card: int) -> int:
        return sum(self._elements(param.name, card) * dtype_bytes(param.spec.dtype) for param in params)

    def _made(self, i: int, node: Node, card: int) -> int:
        spreads = [self.spreads[Source("node", node=i, output=at)] for at in range(len(node.outputs))]
        return sum(
            spec.nbytes // spread.size * number(spread.parts[card]) if spread.size else 0
            for spec, spread in zip(node.outputs, spreads, strict=True)
        )

    def copied_gradient_bytes(self) -> int:
        """Of the second and further copies of parameters of whose gradient each card has a part."""
        read = {
            self._first(name)
            for i, node in enumerate(self.graph.nodes)
            if self.partial[i] or self.rulings[i].how not in (WHOLE, GATHERED)
            for name in node.param_names
        }
        trained = [self.params[name] for name in read if self.params[name].trainable]
        copies = ((p, sum(self._elements(p.name, card) for card in range(self.cut.ways))) for p in trained)
        return sum((n - p.spec.numel) * dtype_bytes(p.spec.dtype) for p, n in copies)


def _partial(graph: Graph, rulings: Sequence[Ruling]) -> list[bool]:
    """Of each node, whether the gradient of what it makes is in parts that the cards have to add up.

    It is where a card uses it for channels of its own, and where it goes into what is in parts itself. Of the outputs
    every card works out the loss, and with it all of the gradient.
    """
    partial = [False] * len(graph.nodes)
    for i in reversed(range(len(graph.nodes))):
        if rulings[i].how not in (WHOLE, GATHERED) or partial[i]:
            for argument in graph.nodes[i].activations:
                if argument.source.kind == "node":
                    partial[argument.source.node] = True
    return partial
