"""Layers and totals of a graph."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from netstat.analysis.containers import containers
from netstat.analysis.receptive_field import receptive_fields
from netstat.analysis.rows import Priced, cost_of, distinct, known, owned_params, rows
from netstat.conventions import Convention, Counted
from netstat.cost import FIELDS
from netstat.graph import PARAMETER, Graph, Param
from netstat.ops import OPERATORS, node_cost
from netstat.records.profile import Group, Input, Profile, Totals, Uncounted

if TYPE_CHECKING:
    from netstat.records.pooling import Overlap


def profile(
    graph: Graph,
    convention: Convention,
    *,
    depth: int | None = None,
    backward: bool = False,
    sparse: bool = False,
    overlapping: bool = False,
) -> Profile:
    """What the forward pass of `graph` costs.

    Args:
        graph: the forward pass.
        convention: what fills `count`.
        depth: fold layers whose path is deeper than this many names into one row each; None for a row per operator
        call.
        backward: whether to count the multiply-accumulates of the backward pass as well.
        sparse: whether `graph` knows what pruning masks keep of its parameters, so that no more than that is counted.
        overlapping: whether to show overlapping pools beside such whose windows tile the input.
    """
    priced = _priced(graph, backward=backward)
    if sparse:
        from netstat.analysis.pruning import pruned

        priced = pruned(graph, priced)
    uncounted = _uncounted(priced)
    owned = owned_params(graph)
    figures = convention.counts(Counted.of(graph, [member.cost for member in priced]))
    return Profile(
        model=graph.model,
        convention=convention.name,
        unit=convention.unit,
        complete=all(member.cost is not None for member in priced),
        training=graph.training,
        inputs=tuple(Input(name, spec.shape, spec.dtype) for name, spec in graph.inputs),
        totals=totals(graph, priced, sum(figures), uncounted),
        groups=_groups(priced, owned),
        layers=rows(graph, priced, figures, receptive_fields(graph), depth),
        uncounted=uncounted,
        modules=containers(graph, owned, depth),
        captured=graph.device,
        sparse=sparse,
        overlapping=_overlapping(graph) if overlapping else None,
    )


def _overlapping(graph: Graph) -> "tuple[Overlap, ...]":
    from netstat.analysis.overlapping import overlapping

    return overlapping(graph)


def _priced(graph: Graph, *, backward: bool) -> list[Priced]:
    counted: Sequence[int | None] = [None] * len(graph.nodes)
    if backward:
        from netstat.analysis.backward import backward_macs

        counted = backward_macs(graph)
    return [Priced(node, node_cost(node), macs) for node, macs in zip(graph.nodes, counted, strict=True)]


def _uncounted(priced: Sequence[Priced]) -> tuple[Uncounted, ...]:
    nodes = [member.node for member in priced if member.cost is None and member.node.op != PARAMETER]
    if not nodes:
        return ()
    from netstat.analysis.bounds import uncounted

    return uncounted(nodes)


def totals(graph: Graph, priced: Sequence[Priced], count: int = 0, uncounted: Sequence[Uncounted] = ()) -> Totals:
    """Sums over the nodes; of a graph in letters, expressions."""
    cost = cost_of(priced)
    return Totals(
        **_params(graph),
        input_bytes=sum(spec.nbytes for _, spec in graph.inputs),
        activation_bytes=sum(output.nbytes for node in graph.nodes if node.fresh for output in node.outputs),
        count=count,
        flops=cost.flops,
        flops_at_most=_at_most(cost.flops, priced, uncounted),
        backward_macs=known(member.backward for member in priced),
        **{name: getattr(cost, name) for name in FIELDS},
    )


def _params(graph: Graph) -> dict[str, int]:
    """What the totals say of parameters and buffers, each tensor once."""
    own = [param for param in graph.params if param.shared_with is None]
    params, buffers = ([param for param in own if param.buffer is kind] for kind in (False, True))
    used = {name for node in graph.nodes for name in node.param_names}
    shared = {param.shared_with for param in graph.params if param.shared_with is not None}
    return {
        "params": _elements(params),
        "trainable_params": _elements([param for param in params if param.trainable]),
        "frozen_params": _elements([param for param in params if not param.trainable]),
        "unused_params": _elements([param for param in params if param.name not in used]),
        "shared_params": _elements([param for param in params if param.name in shared]),
        "param_bytes": sum(param.spec.nbytes for param in params),
        "buffers": _elements(buffers),
        "buffer_bytes": sum(param.spec.nbytes for param in buffers),
    }


def _elements(params: Sequence[Param]) -> int:
    return sum(param.elements for param in params)


def _at_most(flops: int, priced: Sequence[Priced], uncounted: Sequence[Uncounted]) -> int | None:
    if any(member.node.op == PARAMETER for member in priced):  # a file of parameters says nothing of work
        return None
    if not uncounted:
        return flops
    from netstat.analysis.bounds import at_most

    return at_most(flops, uncounted)


def _groups(priced: Sequence[Priced], owned: Mapping[str, Param]) -> tuple[Group, ...]:
    """Sums by family of operator, in order of appearance."""
    families: dict[str, list[Priced]] = {}
    for member in priced:
        families.setdefault(_family(member), []).append(member)
    return tuple(_group(name, members, owned) for name, members in families.items())


def _family(member: Priced) -> str:
    if member.cost is not None:
        return OPERATORS[member.node.op].family
    return "parameters" if member.node.op == PARAMETER else "uncounted"


def _group(name: str, members: Sequence[Priced], owned: Mapping[str, Param]) -> Group:
    cost = cost_of(members)
    return Group(name, len(members), _elements(distinct(members, owned)), cost.macs, cost.flops)
