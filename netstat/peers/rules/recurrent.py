"""Recurrent layers, as a node has them."""

from math import prod

from netstat.graph import Node

_GATES = {"rnn": 1, "gru": 3, "lstm": 4}
# An activation per gate; reset, and (1 − z)·n + z·h; f·c + i·g, and o·tanh.
_PER_HIDDEN = {"rnn": 1, "gru": 3 + 1 + 3, "lstm": 4 + 3 + 1}


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


def gates_of(node: Node) -> int:
    """Gates of one step, the candidate among them."""
    return _GATES[node.op.partition("_")[0]]


def hidden(node: Node) -> int:
    """Hidden features, before any projection."""
    weight = node.argument("w_ih") or node.argument("params.0")
    return weight.shape[0] // gates_of(node) if weight else 0


def biases_of_a_row(node: Node) -> int:
    """Additions of the two biases that every gate has, in one time step of all layers and directions."""
    biased = node.attributes.get("has_biases", node.argument("b_ih") is not None)
    return runs(node) * gates_of(node) * hidden(node) * 2 if biased else 0


def states_of_a_row(node: Node) -> int:
    """Activations and what makes the new state of them, in one time step of all layers and directions."""
    return runs(node) * _PER_HIDDEN[node.op.partition("_")[0]] * hidden(node)
