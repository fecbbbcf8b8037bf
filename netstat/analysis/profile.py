"""Layers and totals of a graph."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from netstat.analysis.receptive_field import receptive_fields
from netstat.conventions import Convention
from netstat.cost import FIELDS, ZERO, Cost
from netstat.graph import PARAMETER, Graph, Node, Param
from netstat.ops import OPERATORS, node_cost
from netstat.records.profile import Group, Input, Layer, Profile, Totals, Uncounted


def profile(graph: Graph, convention: Convention, *, depth: int | None = None) -> Profile:
    """What the forward pass of `graph` costs.

    Args:
        graph: the forward pass.
        convention: what fills `count`.
        depth: fold layers whose path is deeper than this many names into one row each; None for a row per operator
        call.
    """
    costs = [node_cost(node) for node in graph.nodes]
    priced = [_Priced(node, cost) for node, cost in zip(graph.nodes, costs, strict=True)]
    fields = receptive_fields(graph)
    owned = {param.name: param for param in graph.params if not param.buffer}
    rows = [
        _layer([priced[i] for i in members], convention, owned, fields[members[-1]])
        for members in _folded(graph.nodes, depth)
    ]
    uncounted = tuple(_uncounted(graph.nodes, costs))
    return Profile(
        model=graph.model,
        convention=convention.name,
        unit=convention.unit,
        complete=None not in costs,
        training=graph.training,
        inputs=tuple(Input(name, spec.shape, spec.dtype) for name, spec in graph.inputs),
        totals=_totals(graph, priced, convention),
        groups=_groups(priced, owned),
        layers=tuple(rows),
        uncounted=uncounted,
    )


class _Priced(NamedTuple):
    """A node with its cost, None where its operator has no formula."""

    node: Node
    cost: Cost | None


def _sum(members: Iterable[_Priced]) -> Cost:
    return sum((cost for _, cost in members if cost is not None), ZERO)


def _folded(nodes: Sequence[Node], depth: int | None) -> Iterable[list[int]]:
    """Indices of the nodes of each row: runs of nodes with the same path, cut to `depth` names."""
    if depth is None:
        return [[i] for i in range(len(nodes))]
    runs = groupby(range(len(nodes)), key=lambda i: ".".join(nodes[i].path.split(".")[:depth]))
    return [list(run) for _, run in runs]


def _layer(
    members: Sequence[_Priced], convention: Convention, owned: dict[str, Param], field: tuple[int, ...] | None
) -> Layer:
    """One row of one or, folded, several nodes: the input of the first, the output of the last, sums in between."""
    first, last = members[0].node, members[-1].node
    single = len(members) == 1
    cost = (members[0].cost or ZERO) if single else _sum(members)
    read = _distinct(members, owned)
    counts = [convention.count(node, cost) for node, cost in members if cost is not None]
    moved = cost.bytes_read + cost.bytes_written
    return Layer(
        path=first.path if single else _common_path([node.path for node, _ in members]),
        op=first.op if single else f"{len(members)} {'parameters' if first.op == PARAMETER else 'operators'}",
        module=first.module if single else "",
        call=first.call if single else 0,
        input_shapes=tuple(argument.spec.shape for argument in first.activations),
        output_shapes=tuple(spec.shape for spec in last.outputs),
        params=sum(param.spec.numel for param in read),
        trainable_params=sum(param.spec.numel for param in read if param.trainable),
        macs=cost.macs,
        flops=cost.flops,
        multiplies=cost.multiplies,
        adds=cost.adds,
        divides=cost.divides,
        compares=cost.compares,
        specials=cost.specials,
        bytes_read=cost.bytes_read,
        bytes_written=cost.bytes_written,
        count=sum(counts) if counts else None,
        arithmetic_intensity=cost.flops / moved if moved else None,
        receptive_field=field,
    )


def _distinct(members: Iterable[_Priced], owned: dict[str, Param]) -> list[Param]:
    """The parameters the nodes read, each once."""
    names = dict.fromkeys(name for node, _ in members for name in node.param_names)
    return [owned[name] for name in names if name in owned]


def _common_path(paths: Sequence[str]) -> str:
    """The names all paths begin with."""
    parts = [path.split(".") for path in paths]
    same = 0
    while all(len(part) > same and part[same] == parts[0][same] for part in parts):
        same += 1
    return ".".join(parts[0][:same])


def _totals(graph: Graph, priced: Sequence[_Priced], convention: Convention) -> Totals:
    cost = _sum(priced)
    own = [param for param in graph.params if param.shared_with is None]
    params = [param for param in own if not param.buffer]
    used = {name for node in graph.nodes for name in node.param_names}
    return Totals(
        params=sum(param.spec.numel for param in params),
        trainable_params=sum(param.spec.numel for param in params if param.trainable),
        unused_params=sum(param.spec.numel for param in params if param.name not in used),
        param_bytes=sum(param.spec.nbytes for param in params),
        buffer_bytes=sum(param.spec.nbytes for param in own if param.buffer),
        input_bytes=sum(spec.nbytes for _, spec in graph.inputs),
        activation_bytes=sum(output.nbytes for node in graph.nodes if node.fresh for output in node.outputs),
        count=sum(convention.count(node, cost) for node, cost in priced if cost is not None),
        flops=cost.flops,
        **{name: getattr(cost, name) for name in FIELDS},
    )


def _groups(priced: Sequence[_Priced], owned: dict[str, Param]) -> tuple[Group, ...]:
    """Sums by family of operator, in order of appearance."""
    families: dict[str, list[_Priced]] = {}
    for member in priced:
        families.setdefault(_family(member), []).append(member)
    return tuple(_group(name, members, owned) for name, members in families.items())


def _family(member: _Priced) -> str:
    if member.cost is not None:
        return OPERATORS[member.node.op].family
    return "parameters" if member.node.op == PARAMETER else "uncounted"


def _group(name: str, members: Sequence[_Priced], owned: dict[str, Param]) -> Group:
    cost = _sum(members)
    params = sum(param.spec.numel for param in _distinct(members, owned))
    return Group(name, len(members), params, cost.macs, cost.flops)


def _uncounted(nodes: Sequence[Node], costs: Sequence[Cost | None]) -> Iterable[Uncounted]:
    """Operators without a formula, one entry per path and operator."""
    found: dict[tuple[str, str], list[Node]] = {}
    for node, cost in zip(nodes, costs, strict=True):
        if cost is None and node.op != PARAMETER:
            found.setdefault((node.path, node.op), []).append(node)
    for (path, op), calls in found.items():
        yield Uncounted(path, op, len(calls), sum(output.numel for node in calls for output in node.outputs))
