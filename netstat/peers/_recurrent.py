"""Recurrent layers, as a node has them."""

from math import prod

from netstat.graph import Node


def directions(node: Node) -> int:
    """Ways through the sequence: 2 if bidirectional; 1 for a cell."""
    return 2 if node.attributes.get("bidirectional") else 1


def runs(node: Node) -> int:
    """Layers times directions."""
    return int(node.attributes.get("num_layers", 1)) * directions(node)


def rows(node: Node) -> int:
    """Time steps of all sequences."""
    return prod(node.input.shape[:-1])


def padded_rows(node: Node) -> int:
    """As many as if each of the packed sequences were the longest."""
    steps, state = node.argument("batch_sizes"), node.argument("hx") or node.argument("hx.0")
    return steps.shape[0] * state.shape[1] if steps and state else rows(node)


def gates(node: Node) -> int:
    """Gates of a cell."""
    return {"rnn": 1, "gru": 3, "lstm": 4}[kind(node)]


def kind(node: Node) -> str:
    """One of "rnn", "gru" and "lstm", of a layer or a cell."""
    return node.op.partition("_")[0]


def hidden(node: Node) -> int:
    """Hidden features, before any projection."""
    weight = node.argument("w_ih") or node.argument("params.0")
    return weight.shape[0] // gates(node) if weight else 0
