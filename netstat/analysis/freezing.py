"""What goes away when parameters are frozen: gradients, and the part of the backward pass that nobody needs."""

from collections.abc import Sequence
from dataclasses import replace

from netstat.analysis.backward import backward_macs, differentiated, gradients
from netstat.analysis.rows import Priced, known
from netstat.frontends.selection import AS_IT_IS, EVERYTHING, Selection, chosen
from netstat.graph import Graph, Param
from netstat.ops import OPERATORS, node_cost
from netstat.ops.dtypes import is_inexact
from netstat.records.freezing import Freezing, Learning
from netstat.records.memory import Need
from netstat.units import dtype_bytes


def freezing(graph: Graph, selection: Selection = AS_IT_IS, *, sparse: bool = False, weights: str = "") -> Freezing:
    """What training `graph` takes, beside training all of its parameters.

    A product y = w·x has up to two more on the way back: dw = x·dy, if w is trained, and dx = w·dy, if anything below
    is. A frozen layer above a trained one still has the second; below the lowest trained layer there is neither.

    Args:
        graph: the forward pass, its parameters trainable as selected.
        selection: the patterns that chose them, for the record.
        sparse: whether the graph knows what pruning masks keep, so that no more is counted.
        weights: dtype that parameters are trained in; "" for their own.
    """
    reached = differentiated(graph)
    return Freezing(
        freeze=selection.freeze,
        train_only=selection.train_only,
        params=sum(param.elements for param in _own(graph)),
        complete=all(node.op in OPERATORS for node in graph.nodes),
        ends=graph.nodes[min(reached)].path if reached else None,
        before=_learning(chosen(graph, EVERYTHING), sparse, weights),
        after=_learning(graph, sparse, weights),
    )


def _own(graph: Graph) -> list[Param]:
    """The parameters, each tensor once."""
    return [param for param in graph.params if not param.buffer and param.shared_with is None]


def _learning(graph: Graph, sparse: bool, weights: str) -> Learning:
    trained = [param for param in _own(graph) if param.trainable]
    named = gradients(graph)
    return Learning(
        trainable_params=sum(param.elements for param in trained),
        gradient_bytes=sum(_bytes(param, weights) for param in trained if param.name in named),
        backward_macs=known(_backward(graph, sparse)),
    )


def _bytes(param: Param, weights: str) -> int:
    """Of a gradient, which is dense and of the parameter's dtype."""
    return param.spec.numel * dtype_bytes(weights if weights and is_inexact(param.spec.dtype) else param.spec.dtype)


def _backward(graph: Graph, sparse: bool) -> Sequence[int | None]:
    counted = backward_macs(graph)
    if not sparse:
        return counted
    from netstat.analysis.pruning import pruned

    priced = [Priced(node, node_cost(node), macs) for node, macs in zip(graph.nodes, counted, strict=True)]
    return [member.backward for member in pruned(graph, priced)]


def with_needs(found: Freezing, before: Need, after: Need) -> Freezing:
    """With what the two training steps need of memory."""
    return replace(found, before=_needing(found.before, before), after=_needing(found.after, after))


def _needing(learning: Learning, need: Need) -> Learning:
    return replace(
        learning,
        optimizer_bytes=need.optimizer_bytes,
        saved_bytes=need.saved_total_bytes,
        peak_bytes=need.peak_bytes,
    )
