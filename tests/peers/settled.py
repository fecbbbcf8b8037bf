"""The whole way of a cross-check: the module's graph, the real peer on the same module, and the bill."""

from typing import Any

from netstat.analysis.crosscheck import crosscheck
from netstat.graph import Graph
from netstat.ops import node_cost
from netstat.peers import PEERS, run
from netstat.records.crosscheck import CrossCheck

ALL = ("fvcore", "thop", "torch")


def captured(module: Any, *inputs: Any, training: bool = False) -> Graph:
    from netstat.frontends.trying import capture_lightest

    return capture_lightest(module, inputs, {}, training=training)


def settled(peer: str, module: Any, *inputs: Any, graph: Graph | None = None, training: bool = False) -> CrossCheck:
    """What `peer` says of `module(*inputs)`, against what is predicted from `graph`, captured where it is not given."""
    convention = PEERS[peer].convention
    graph = graph or captured(module, *inputs, training=training and not convention.evaluates)
    costs = [node_cost(node) for node in graph.nodes]
    return crosscheck(graph, convention, run(peer, module, inputs, training=training), costs)


def said(check: CrossCheck) -> str:
    """Why a check is not closed, for the message of an assertion."""
    off = [layer for layer in check.layers if layer.unexplained]
    return f"{check.peer}: {check.error or f'{check.reported} for {check.predicted}'} {off}"
