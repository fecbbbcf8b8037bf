"""What a convention predicts by itself, and whether the real tool, where it is installed, agrees."""

from typing import Any

import pytest

from netstat.conventions import CONVENTIONS, Counted
from netstat.graph import Graph
from netstat.ops import node_cost
from netstat.records.crosscheck import CrossCheck
from tests.peers.settled import said, settled


def predicted(convention: str, graph: Graph) -> int:
    """The figure of a convention, without its tool."""
    return CONVENTIONS[convention].count(Counted.of(graph, [node_cost(node) for node in graph.nodes]))


def closes(peer: str, module: Any, *inputs: Any, graph: Graph | None = None) -> CrossCheck:
    """The real tool's figure is what its convention predicts, in total and per module; without the tool, a skip."""
    check = settled(peer, module.eval(), *inputs, graph=graph)
    if "not installed" in check.error:
        pytest.skip(check.error)
    assert check.closed, said(check)
    return check
