"""Totals of a model as closed expressions in the sizes of its input: the graph's rules, replayed on letters."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from netstat.cost import ZERO, Cost
from netstat.errors import ModelError, NetstatError
from netstat.graph import Graph, Node, Source, TensorSpec
from netstat.ops import OPERATORS
from netstat.ops.base import named_specs


class Replay(NamedTuple):
    """A graph with letters for sizes: of every node what it makes and what it costs."""

    outputs: list[tuple[TensorSpec, ...]]
    costs: list[Cost]


def replay(graph: Graph, inputs: Mapping[str, TensorSpec]) -> Replay:
    """The rules of all nodes in order, beginning with these inputs.

    Raises:
        ModelError: a node's rule asks for numbers; says which node, and what it asked.
    """
    made = Replay([], [])
    for node in graph.nodes:
        given = {**named_specs(_moved(node, inputs, made.outputs)), **node.attributes}
        operator = OPERATORS[node.op]
        try:
            made.outputs.append(operator.shape(**given))
            made.costs.append(ZERO if operator.free and operator.view else operator.cost(**given))
        except (TypeError, ValueError, NetstatError) as error:
            raise ModelError(f"{node.path or 'the model'}: {node.op} has no formula in letters: {error}") from error
    return made


def _moved(node: Node, inputs: Mapping[str, TensorSpec], outputs: list[tuple[TensorSpec, ...]]) -> list[Any]:
    def spec(source: Source, before: TensorSpec) -> TensorSpec:
        if source.kind == "input":
            return inputs[source.name]
        return outputs[source.node][source.output] if source.kind == "node" else before

    return [argument._replace(spec=spec(argument.source, argument.spec)) for argument in node.arguments]
