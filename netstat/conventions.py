"""Conventions: named ways to turn the elementary counts of a model into the figures a tool or a text would give.

A convention is data: a sum of terms, each a rule stated in a sentence. The figure of a model is the sum of its terms,
so the difference between two conventions is an itemised bill that adds up by construction.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from netstat.cost import ZERO, Cost
from netstat.graph import Graph, ModuleCall, Node, Param
from netstat.registry import Registry

Amount = Callable[[Node, Cost], int]


class Share(NamedTuple):
    """What a term adds at one place.

    Attributes:
        amount: in the convention's unit.
        path: the module whose figure it belongs to.
        node: index of the operator call it is shown with.
    """

    amount: int
    path: str
    node: int


class Counted(NamedTuple):
    """A graph with the cost of each of its nodes, zero where an operator has no formula."""

    graph: Graph
    costs: tuple[Cost, ...]

    @staticmethod
    def of(graph: Graph, costs: Sequence[Cost | None]) -> "Counted":
        """Raises ValueError where there is not one cost per node."""
        if len(costs) != len(graph.nodes):
            raise ValueError(f"{len(costs)} costs for {len(graph.nodes)} nodes")
        return Counted(graph, tuple(ZERO if cost is None else cost for cost in costs))


class Called(NamedTuple):
    """One call of a module, with what a counter that hooks modules can look at.

    Attributes:
        call: the module, its inputs and its outputs.
        nodes: the operator calls inside, children's included.
        params: the module's own parameters by the last part of their names, children's apart; shared ones too.
        batch: size of the first dimension of the model's first input.
        training: whether the model is in training mode.
        last: whether no call of the same module ends after it: some counters write over what a call before it gave.
    """

    call: ModuleCall
    nodes: tuple[Node, ...]
    params: dict[str, Param]
    batch: int
    training: bool
    last: bool = True


@dataclass(frozen=True, slots=True)
class Term:
    """One rule of a convention, for operator calls.

    Attributes:
        reason: the rule as a sentence, as a reader of a bill wants it; known defects begin with "defect:".
        amount: what it adds to the figure of a node, in the convention's unit; 0 where it does not apply.
        issue: where a defect is on public record ("pytorch#195460"), "" where nothing is.
    """

    reason: str
    amount: Amount
    issue: str = ""

    def shares(self, counted: Counted) -> Iterator[Share]:
        """What it adds, operator call by operator call."""
        for i, (node, cost) in enumerate(zip(counted.graph.nodes, counted.costs, strict=True)):
            if amount := self.amount(node, cost):
                yield Share(amount, node.path, i)


@dataclass(frozen=True, slots=True)
class ModuleTerm:
    """One rule of a convention, for calls of modules: what a tool makes of a class, its inputs and its outputs.

    Attributes:
        reason: as of a `Term`.
        amount: what it adds to the figure of the module, in the convention's unit.
        issue: as of a `Term`.
    """

    reason: str
    amount: Callable[[Called], int]
    issue: str = ""

    def shares(self, counted: Counted) -> Iterator[Share]:
        """What it adds, module call by module call; shown with the last operator call inside."""
        for called in calls(counted.graph):
            if amount := self.amount(called):
                call = called.call
                last = call.stop - 1 if call.stop > call.start else min(call.stop, len(counted.graph.nodes) - 1)
                yield Share(amount, call.module.path, last)


@dataclass(frozen=True, slots=True)
class GraphTerm:
    """One rule of a convention, for what hangs on more than one call: which others there were, and what was in them.

    Attributes:
        reason: as of a `Term`.
        amounts: what it adds and where, nothing where it does not apply.
        issue: as of a `Term`.
    """

    reason: str
    amounts: Callable[[Counted], Iterable[Share]]
    issue: str = ""

    def shares(self, counted: Counted) -> Iterator[Share]:
        """What it adds, place by place."""
        return (share for share in self.amounts(counted) if share.amount)


def calls(graph: Graph) -> Iterator[Called]:
    """The calls of the model's modules in the order they ended; what a closure brought in is none of them."""
    own: dict[str, dict[str, Param]] = {}
    for param in graph.params:
        path, _, name = param.name.rpartition(".")
        if not param.buffer:
            own.setdefault(path, {})[name] = param
    batch = next((spec.shape[0] for _, spec in graph.inputs if spec.shape), 1)
    last = {call.module.path: i for i, call in enumerate(graph.calls)}
    known = {module.path for module in graph.modules}
    for i, call in enumerate(graph.calls):
        if call.module.path not in known:
            continue
        nodes, path = graph.nodes[call.start : call.stop], call.module.path
        yield Called(call, nodes, own.get(path, {}), batch, graph.training, last[path] == i)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a tool looks at, in a few words each.

    Attributes:
        sees: which calls: hooks of modules, functions replaced, the dispatcher, a trace.
        batch: what a larger batch does to the figure.
        mode: in which mode it counts, and whether that changes the figure.
        shared: what a module that is called or reached twice counts.
        subclassed: what a subclass of a known class counts.
    """

    sees: str
    batch: str = "counted"
    mode: str = "as the model is"
    shared: str = "each call"
    subclassed: str = "like its parent"


@dataclass(frozen=True, slots=True)
class Convention:
    """A named way of counting.

    Attributes:
        name: what `--as` takes.
        unit: "flops", "macs" or "connections": what the tool or the text calls its figure.
        summary: one line on what it counts.
        terms: the rules; a model's figure is their sum.
        scope: what the tool looks at; None for a convention that is nobody's tool.
        evaluates: whether the tool puts the model into evaluation mode itself, so that it never counts a training pass.
    """

    name: str
    unit: str
    summary: str
    terms: tuple[Term | ModuleTerm | GraphTerm, ...]
    scope: Scope | None = None
    evaluates: bool = False

    @property
    def per_mac(self) -> int:
        """How many of its unit it gives for one multiply-accumulate: 2 where it doubles them."""
        return 2 if DOUBLED in self.terms else 1

    def count(self, counted: Counted) -> int:
        """The figure of the whole model."""
        return sum(share.amount for share in self.shares(counted))

    def counts(self, counted: Counted) -> list[int]:
        """The figure of each node; they add up to the model's."""
        figures = [0] * len(counted.graph.nodes)
        for share in self.shares(counted):
            figures[share.node] += share.amount
        return figures

    def shares(self, counted: Counted) -> Iterator[Share]:
        """What every term adds, place by place."""
        for term in self.terms:
            yield from term.shares(counted)


# Where every bill begins, and what a tool that counts operations adds to it.
MACS = Term("multiply-accumulates of convolutions and matrix products", lambda node, cost: cost.macs)
DOUBLED = Term("one multiply-accumulate counted as two operations", lambda node, cost: cost.macs)

_WEIGHTED = ("conv", "linear")  # what the operators of convolutional and fully connected layers begin with


def weighted(node: Node) -> bool:
    """Whether it is a convolutional or fully connected layer's operator."""
    return node.op.startswith(_WEIGHTED)


def _uses(node: Node, cost: Cost) -> int:
    return cost.macs if weighted(node) else 0


def bias_additions(node: Node, cost: Cost) -> int:
    """One per output value of a convolutional or fully connected layer that has a bias."""
    return node.output.numel if weighted(node) and node.argument("bias") is not None else 0


CONVENTIONS: Registry[Convention] = Registry("convention", modules=("netstat.peers._conventions",))


def register(convention: Convention) -> Convention:
    """Add a convention under its own name."""
    return CONVENTIONS.add(convention.name)(convention)


register(
    Convention(
        "documents",
        "flops",
        "every addition, subtraction, multiplication, division, comparison and special function is one",
        (Term("elementary operations", lambda node, cost: cost.flops),),
    )
)
register(Convention("macs", "macs", "multiply-accumulates of convolutions and matrix products, bias apart", (MACS,)))
register(
    Convention(
        "literature",
        "flops",
        "two operations per multiply-accumulate of convolutions and matrix products, nothing else",
        (MACS, DOUBLED),
    )
)
register(
    Convention(
        "paper",
        "connections",
        "as the LeNet and AlexNet papers speak: each use of a weight or bias of convolutional and linear layers",
        (
            Term("uses of the weights of convolutional and fully connected layers", _uses),
            Term("uses of their biases, one per output value", bias_additions),
        ),
    )
)
