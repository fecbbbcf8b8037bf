"""The rows of a profile: one per operator call, or folded to a depth."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from netstat.analysis.receptive_field import Field
from netstat.cost import ZERO, Cost
from netstat.graph import PARAMETER, Graph, Node, Param
from netstat.ops.pooling import overlaps
from netstat.records.profile import Layer


class Priced(NamedTuple):
    """A node with its cost and its multiply-accumulates on the way back, None where its operator has no formula."""

    node: Node
    cost: Cost | None
    backward: int | None = None


def cost_of(members: Iterable[Priced]) -> Cost:
    """The sum of what has a formula."""
    return sum((member.cost for member in members if member.cost is not None), ZERO)


def known(counts: Iterable[int | None]) -> int | None:
    """The sum of what is known, None where nothing is."""
    found = [count for count in counts if count is not None]
    return sum(found) if found else None


def rows(
    graph: Graph, priced: Sequence[Priced], figures: Sequence[int], fields: Sequence[Field | None], depth: int | None
) -> tuple[Layer, ...]:
    """One row per node, or per run of nodes in the same module down to `depth` names; three arguments are per node."""
    owned, classes = owned_params(graph), graph.classes
    shown: set[str] = set()
    found = []
    for indices in _folded(graph.nodes, depth):
        members = [priced[i] for i in indices]
        read = distinct(members, owned)
        count = known(None if priced[i].cost is None and not figures[i] else figures[i] for i in indices)
        found.append(_layer(members, read, shown, count, classes, fields[indices[-1]]))
        shown.update(param.name for param in read)
    return tuple(found)


def owned_params(graph: Graph) -> dict[str, Param]:
    """The model's parameters by name."""
    return {param.name: param for param in graph.params if not param.buffer}


def distinct(members: Iterable[Priced], owned: Mapping[str, Param]) -> list[Param]:
    """The parameters the nodes read, each once."""
    names = dict.fromkeys(name for member in members for name in member.node.param_names)
    return [owned[name] for name in names if name in owned]


def _folded(nodes: Sequence[Node], depth: int | None) -> Iterable[list[int]]:
    """Indices of the nodes of each row: runs of nodes with the same path, cut to `depth` names."""
    if depth is None:
        return [[i] for i in range(len(nodes))]
    runs = groupby(range(len(nodes)), key=lambda i: ".".join(nodes[i].path.split(".")[:depth]))
    return [list(run) for _, run in runs]


def _layer(
    members: Sequence[Priced],
    read: Sequence[Param],
    shown: set[str],
    count: int | None,
    classes: Mapping[str, str],
    field: Field | None,
) -> Layer:
    """One row of one or, folded, several nodes: the input of the first, the output of the last, sums in between."""
    first, last = members[0].node, members[-1].node
    single = len(members) == 1
    path = first.path if single else _common_path([member.node.path for member in members])
    cost = (members[0].cost or ZERO) if single else cost_of(members)
    moved = cost.bytes_read + cost.bytes_written
    complete = all(member.cost is not None for member in members)
    return Layer(
        path=path,
        op=first.op if single else f"{len(members)} {'parameters' if first.op == PARAMETER else 'operators'}",
        module=first.module if single else classes.get(path, ""),
        call=first.call if single else 0,
        input_shapes=tuple(argument.spec.shape for argument in first.activations),
        output_shapes=tuple(spec.shape for spec in last.outputs),
        params=sum(param.elements for param in read),
        trainable_params=sum(param.elements for param in read if param.trainable),
        macs=cost.macs,
        flops=cost.flops,
        multiplies=cost.multiplies,
        adds=cost.adds,
        divides=cost.divides,
        compares=cost.compares,
        specials=cost.specials,
        bytes_read=cost.bytes_read,
        bytes_written=cost.bytes_written,
        count=count,
        arithmetic_intensity=cost.flops / moved if moved and complete else None,
        repeated_params=sum(param.elements for param in read if param.name in shown),
        complete=complete,
        backward_macs=known(member.backward for member in members),
        **_seen(field),
        overlapping=any(overlaps(member.node) for member in members),
    )


def _seen(field: Field | None) -> dict[str, Any]:
    """What a row says of its receptive field."""
    names = ("receptive_field", "jump", "center", "effective_padding")
    return dict(zip(names, field or (None,) * 4, strict=True))


def _common_path(paths: Sequence[str]) -> str:
    """The names all paths begin with."""
    parts = [path.split(".") for path in paths]
    same = 0
    while all(len(part) > same and part[same] == parts[0][same] for part in parts):
        same += 1
    return ".".join(parts[0][:same])
