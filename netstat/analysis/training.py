"""What a training step computes, and what many of them would take."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from netstat.analysis.backward import backward_macs
from netstat.errors import UsageError
from netstat.graph import Graph
from netstat.ops import node_cost
from netstat.records.training import EpochForecast


class Work(NamedTuple):
    """Arithmetic of a training step.

    Attributes:
        macs: multiply-accumulates of the forward pass.
        backward_macs: of the backward pass: for each product one for every factor that wants a gradient. Not counted:
            what is not a contraction (activations, pooling, normalisation, the loss), the sums of gradients where paths
            meet, the optimiser.
        complete: whether every operator has a formula; if not, these are lower bounds.
        backward: per module path, of the backward pass.
        ops: per module path, the operators.
    """

    macs: int
    backward_macs: int
    complete: bool
    backward: dict[str, int]
    ops: dict[str, str]


def work_of(graph: Graph, places: Sequence[int]) -> Work:
    """The work of a step that differentiates the outputs at `places` of those of `graph`."""
    graph = differentiated_at(graph, places)
    costs, backward = [node_cost(node) for node in graph.nodes], backward_macs(graph)
    sums: dict[str, int] = {}
    ops: dict[str, dict[str, None]] = {}
    for node, macs in zip(graph.nodes, backward, strict=True):
        sums[node.path] = sums.get(node.path, 0) + (macs or 0)
        ops.setdefault(node.path, {})[node.op] = None
    return Work(
        macs=sum(cost.macs for cost in costs if cost is not None),
        backward_macs=sum(sums.values()),
        complete=None not in costs,
        backward=sums,
        ops={path: "+".join(names) for path, names in ops.items()},
    )


def differentiated_at(graph: Graph, places: Sequence[int]) -> Graph:
    """The graph with its outputs at `places` alone: those that a loss is made of.

    A graph that does not name its outputs, or not so many, is taken as differentiated at all it has.
    """
    if not graph.outputs or any(place >= len(graph.outputs) for place in places):
        return graph
    return replace(graph, outputs=tuple(graph.outputs[place] for place in places))


def forecast(
    epochs: int | None, images: int | None, *, batch: int, seconds: float, ci95: tuple[float, float]
) -> EpochForecast | None:
    """The time of `epochs` passes over `images` examples in steps of `batch` that take `seconds` each.

    steps = epochs · ⌈images / batch⌉: the last batch of an epoch takes a whole step. The interval of a step, multiplied
    in the same way, is that of the sum as far as the step's median is the only thing not known.

    Args:
        epochs, images: None for both where there is nothing to forecast.
        batch: examples of a step.
        seconds, ci95: a step, and the 95 % interval of that.

    Raises:
        UsageError: one of the two numbers is missing, or not positive.
    """
    if epochs is None and images is None:
        return None
    check_forecast(epochs, images)
    assert epochs is not None
    assert images is not None
    steps = epochs * -(-images // batch)
    return EpochForecast(epochs, images, steps, steps * seconds, (steps * ci95[0], steps * ci95[1]))


def check_forecast(epochs: int | None, images: int | None) -> None:
    """Refuse a forecast that could not be made, before anything is measured.

    Raises:
        UsageError: one of the two numbers is missing, or not positive.
    """
    if (epochs is None) != (images is None):
        given, missing = ("epochs", "images") if images is None else ("images", "epochs")
        raise UsageError(f"a forecast needs both: {given} without {missing}; write for example epochs=10, images=60000")
    for name, number in (("epochs", epochs), ("images", images)):
        if number is not None and number < 1:
            raise UsageError(f"{name} must be 1 or more, got {number}")
