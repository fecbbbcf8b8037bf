"""What ptflops' aten backend makes of a node: of what the dispatcher runs it knows mm, addmm, bmm and convolution."""

from collections.abc import Iterator

from netstat.conventions import Amount, Counted, Share
from netstat.cost import Cost
from netstat.graph import Argument, Graph, Node, Source
from netstat.peers.rules import torch as torch_rules
from netstat.peers.rules.recurrent import rows

_CELLS = frozenset({"rnn_tanh_cell", "rnn_relu_cell", "gru_cell", "lstm_cell"})
_SEQUENCES = frozenset({"rnn_tanh", "rnn_relu", "gru", "lstm"})


def once(rule: Amount) -> Amount:
    """A rule of a counter of operations for one of multiply-accumulates."""
    return lambda node, cost: rule(node, cost) // 2


def unknown_product(node: Node, cost: Cost) -> int:
    return -cost.macs if node.op == "baddbmm" else once(torch_rules.no_formula)(node, cost)


def product_in_place(node: Node, cost: Cost) -> int:
    return once(torch_rules.in_place)(node, cost) if node.op == "addmm" else 0


def convolution_bias(node: Node, cost: Cost) -> int:
    return node.output.numel if node.op.startswith("conv") and node.argument("bias") is not None else 0


def _is_added_along(node: Node) -> bool:
    """Whether a linear layer's bias is added by the product itself, by `addmm`: to a matrix, and to what is in order.

    Where it is not, or the weight is a vector, the bias is added by `add_`.
    """
    weight = node.argument("weight")
    in_order = len(node.input.shape) == 2 or node.arguments[0].contiguous
    return in_order and weight is not None and len(weight.shape) == 2


def linear_bias(node: Node, cost: Cost) -> int:
    if node.op != "linear" or node.argument("bias") is None:
        return 0
    return node.output.numel if _is_added_along(node) else 0


def added(node: Node, cost: Cost) -> int:
    """Whatever its factor; in place, the product is none that is known."""
    return node.output.numel if node.op == "addmm" and not node.attributes["inplace"] else 0


def cell_bias(node: Node, cost: Cost) -> int:
    """Of a recurrent cell, those of input and hidden state."""
    if node.op not in _CELLS:
        return 0
    return rows(node) * sum(bias.numel for bias in (node.argument("b_ih"), node.argument("b_hh")) if bias)


def recurrent_bias(node: Node, cost: Cost) -> int:
    """Of a recurrent layer: that of the hidden state at every step, that of the input where time comes first."""
    if node.op not in _SEQUENCES or not node.attributes["has_biases"] or torch_rules.one_lstm_kernel(node):
        return 0
    per_row = sum(argument.spec.numel for argument in _biases(node)) // 2
    first = per_row // int(node.attributes["num_layers"])
    return rows(node) * (2 * per_row - (0 if _time_comes_first(node) else first))


def _biases(node: Node) -> list[Argument]:
    """Of every layer and direction, two vectors each."""
    params = [argument for argument in node.arguments if argument.name.startswith("params.")]
    return [argument for argument in params if len(argument.spec.shape) == 1]


def _time_comes_first(node: Node) -> bool:
    """In memory; a batch that comes first is not turned over but where one of the two is 1."""
    if not node.attributes.get("batch_first"):
        return node.arguments[0].contiguous
    return min(node.input.shape[:2]) == 1


def attention(counted: Counted) -> Iterator[Share]:
    """Where torch runs one kernel; it does not for a mask that is to be learned, for gradients are on."""
    for i, (node, cost) in enumerate(zip(counted.graph.nodes, counted.costs, strict=True)):
        if torch_rules.one_attention_kernel(node) and not _is_learned(_mask(node), counted.graph):
            yield Share(-cost.macs, node.path, i)


def _mask(node: Node) -> list[Source]:
    return [argument.source for argument in node.arguments if argument.name == "attn_mask"]


def _is_learned(wanted: list[Source], graph: Graph) -> bool:
    """Whether a trainable parameter is among what these tensors were made from."""
    trainable = {param.name for param in graph.params if param.trainable}
    seen: set[int] = set()
    while wanted:
        source = wanted.pop()
        if source.kind == "param" and source.name in trainable:
            return True
        if source.kind == "node" and source.node not in seen:
            seen.add(source.node)
            wanted += [argument.source for argument in graph.nodes[source.node].arguments]
    return False
