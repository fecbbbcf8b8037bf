"""A graph's rules, replayed on letters: every node's shapes and cost as expressions in the sizes of the input.

The model is looked at at several sizes. A number among a call's attributes that is the same at all of them belongs to
the model; one that varies is read as the size, among those met before, that varies with it. Where there is none, where
there are two that differ elsewhere, or where what a rule makes of letters is not what the model made, the node stops
the replay: nothing is guessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any, NamedTuple

from netstat.analysis.rows import Priced
from netstat.cost import FIELDS, Cost
from netstat.errors import ModelError, ShapeError
from netstat.graph import Argument, Graph, Node, TensorSpec
from netstat.ops import OPERATORS, node_cost
from netstat.ops.base import named_specs
from netstat.ops.extent import Extent, UndecidedError, in_letters, letter
from netstat.ops.terms import Book
from netstat.units import shape as shape_text

Values = tuple[int, ...]
# What a rule raises that asks of a letter what only a number can tell.
UNDECIDED = (TypeError, ValueError, ArithmeticError, ModelError)


class Sample(NamedTuple):
    """A model's graph where its letters have these values."""

    letters: Mapping[str, int]
    graph: Graph


class Replay(NamedTuple):
    """A graph with letters for sizes, and each node of it with its cost."""

    graph: Graph
    priced: list[Priced]
    book: Book


def replay(samples: Sequence[Sample], inputs: Sequence[tuple[str | int, ...]]) -> Replay:
    """The rules of all nodes in order.

    Args:
        samples: the model at several sizes.
        inputs: per input a letter, or a number that stays, for each dimension.

    Raises:
        ModelError: a node stops it; says which, and why.
    """
    return _Replay(samples, inputs).run()


class _Replay:
    def __init__(self, samples: Sequence[Sample], inputs: Sequence[tuple[str | int, ...]]) -> None:
        self.book = Book()
        self.graphs = [sample.graph for sample in samples]
        letters = {
            name: letter(self.book, name, tuple(sample.letters[name] for sample in samples))
            for name in samples[0].letters
        }
        self.known: list[Extent] = list(letters.values())
        self.inputs = {
            name: spec._replace(shape=tuple(_size(size, letters) for size in sizes))
            for (name, spec), sizes in zip(self.graphs[0].inputs, inputs, strict=True)
        }
        self.outputs: list[tuple[TensorSpec, ...]] = []

    def run(self) -> Replay:
        first, priced = self.graphs[0], []
        for nodes in zip(*(graph.nodes for graph in self.graphs), strict=False):
            self.book.place = _place(nodes[0])
            try:
                node = self._node(nodes)
                priced.append(Priced(node, self._cost(node, nodes)))
            except UNDECIDED as error:
                raise ModelError(f"{self.book.place} stops the formula: {_why(error)}") from error
            self.outputs.append(node.outputs)
        self._check_alike(first)
        inputs = tuple(self.inputs.items())
        graph = replace(first, inputs=inputs, nodes=tuple(member.node for member in priced))
        return Replay(graph, priced, self.book)

    def _check_alike(self, first: Graph) -> None:
        if len({len(graph.nodes) for graph in self.graphs}) > 1:
            raise ModelError(f"'{first.model}' calls other operators at other sizes: there is no one formula")
        if any(graph.params != first.params for graph in self.graphs):
            raise ModelError(f"'{first.model}' has other parameters at other sizes: there is no one formula")

    def _cost(self, node: Node, nodes: Sequence[Node]) -> Cost | None:
        """The cost in letters, held against the cost at every sample."""
        cost = node_cost(node)
        for at, given in enumerate(nodes):
            if cost is None or Cost(*(_at(getattr(cost, name), at) for name in FIELDS)) != node_cost(given):
                raise UndecidedError("its cost is not that of its rule in letters")
        return cost

    def _node(self, nodes: Sequence[Node]) -> Node:
        """The call in letters, its outputs held against what the model made at every sample."""
        node = nodes[0]
        if len({_call(each) for each in nodes}) > 1:
            called = " and ".join(dict.fromkeys(f"{each.op} in {each.path or '(model)'}" for each in nodes))
            raise UndecidedError(f"what the model calls depends on the size: {called}")
        if node.op not in OPERATORS:
            raise UndecidedError("it has no formula at all")
        arguments = tuple(self._argument(each) for each in zip(*(other.arguments for other in nodes), strict=True))
        own = list(_own(arguments))
        if OPERATORS[node.op].free and not all(argument.contiguous for argument in arguments):
            self._lie_apart(arguments)
        attributes = {
            name: self._lifted([other.attributes[name] for other in nodes], own, name) for name in node.attributes
        }
        made = OPERATORS[node.op].shape(**named_specs(arguments), **attributes)
        outputs = tuple(
            self._output(*pair) for pair in zip(made, zip(*(n.outputs for n in nodes), strict=True), strict=True)
        )
        return node._replace(arguments=arguments, attributes=attributes, outputs=outputs)

    def _lie_apart(self, arguments: Sequence[Argument]) -> None:
        """Values that are moved only where a size is not 1: along one of 1, any order is the order of memory.

        All samples have sizes of more, but for that of the batch, of which one is 1.
        """
        for size in (size for argument in arguments for size in in_letters(argument.spec)):
            if 1 not in size.values and not size >= 2:
                raise UndecidedError("its values are moved at some sizes only")

    def _argument(self, given: Sequence[Argument]) -> Argument:
        """A tensor that was made before, or one of the model's own."""
        source, spec = given[0].source, given[0].spec
        if source.kind == "input":
            found = self.inputs[source.name]
        elif source.kind == "node":
            found = self.outputs[source.node][source.output]
        else:
            sizes = self._lifted([each.spec.shape for each in given], [], given[0].name)
            found = spec._replace(shape=sizes)
        return given[0]._replace(spec=found)

    def _output(self, made: TensorSpec, wanted: Sequence[TensorSpec]) -> TensorSpec:
        """What the rule made, which has to be what the model made."""
        for at, spec in enumerate(wanted):
            sizes = tuple(_at(size, at) for size in made.shape)
            if sizes != spec.shape:
                raise UndecidedError(
                    f"it makes {shape_text(spec.shape)} where its rule, in letters, makes {shape_text(sizes)}"
                )
        if not all(size >= 1 for size in in_letters(made)):
            raise UndecidedError("it makes nothing")
        self.known += in_letters(made)
        return wanted[0]._replace(shape=made.shape)

    def _lifted(self, found: Sequence[Any], own: Sequence[Extent], name: str) -> Any:
        """An attribute in letters: where it varies with the sample, the size that does so too."""
        first = found[0]
        if all(type(each) is type(first) for each in found):
            if all(each == first for each in found):
                return first
            if type(first) is int:
                return self._size(tuple(found), own, name)
            if isinstance(first, (tuple, list)) and len({len(each) for each in found}) == 1:
                return type(first)(self._lifted(each, own, name) for each in zip(*found, strict=True))
        raise UndecidedError(f"its {name} depends on the size: {', '.join(map(str, found))}")

    def _size(self, values: Values, own: Sequence[Extent], name: str) -> Any:
        for among in (own, self.known):
            fitting = [scaled for size in among if (scaled := _scaled(size, values)) is not None]
            if fitting:
                fitting += [size for size in self.known if size.values == values]
                if any(other.terms != fitting[0].terms for other in fitting):
                    raise UndecidedError(f"its {name} is {fitting[0]} or another size: {_listed(values)}")
                return fitting[0]
        raise UndecidedError(f"its {name} is {_listed(values)}, by no size that came before")


def _at(size: Any, sample: int) -> Any:
    return size.values[sample] if isinstance(size, Extent) else size


def _size(size: str | int, letters: Mapping[str, Extent]) -> Any:
    return letters[size] if isinstance(size, str) else size


def _scaled(size: Extent, values: Values) -> Extent | None:
    """The size times the whole number that makes it `values`, None where there is none."""
    factor = values[0] // size.values[0] if size.values[0] else 0
    fits = factor >= 1 and all(value == factor * own for value, own in zip(values, size.values, strict=True))
    return factor * size if fits else None


def _own(arguments: Sequence[Argument]) -> Iterator[Extent]:
    """Sizes of a call's tensors, and products of neighbouring ones: what a reshape names."""
    for argument in arguments:
        sizes = argument.spec.shape
        for start in range(len(sizes)):
            for stop in range(start + 1, len(sizes) + 1):
                size = prod(sizes[start:stop])
                if isinstance(size, Extent):
                    yield size


def _call(node: Node) -> tuple[Any, ...]:
    """What has to be the same at every sample."""
    arguments = tuple((argument.name, argument.source) for argument in node.arguments)
    return node.op, node.path, node.call, arguments, tuple(sorted(node.attributes)), len(node.outputs), node.fresh


def _place(node: Node) -> str:
    return f"{node.op} in '{node.path}'" if node.path else f"{node.op} in the model's forward"


def _listed(values: Values) -> str:
    return ", ".join(map(str, values))


def _why(error: BaseException) -> str:
    """In words for the user: what Python says of letters where its rule takes numbers speaks of neither."""
    if isinstance(error, ShapeError):
        return error.message
    return str(error) if isinstance(error, ModelError) else "its rule takes numbers, not sizes in letters"
