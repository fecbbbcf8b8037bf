"""What a counter makes of products that replaces functions by ones that count: on top of our multiply-accumulates.

calflops took its functions from DeepSpeed's profiler, which has corrected some since. A call is counted by the name it
is spelled by; where it was made from inside another function of torch's, by that one's name too.
"""

from collections.abc import Iterator
from math import prod
from typing import Any

from netstat.conventions import Amount
from netstat.cost import Cost
from netstat.graph import Node

F = "torch.nn.functional"
CONV = frozenset(f"{F}.conv{d}d" for d in (1, 2, 3))
TRANSPOSED = frozenset(f"{F}.conv_transpose{d}d" for d in (1, 2, 3))
LINEAR, EINSUM, ATTENTION = (
    frozenset({name}) for name in (f"{F}.linear", "torch.einsum", f"{F}.scaled_dot_product_attention")
)
ADDMM = frozenset({"torch.addmm", "torch.Tensor.addmm", "torch.baddbmm"})
MATMUL = frozenset({"torch.matmul", "torch.Tensor.matmul"})
SIGN = frozenset({"torch.Tensor.__matmul__"})
MM = frozenset({"torch.mm", "torch.Tensor.mm", "torch.bmm", "torch.Tensor.bmm"})
EVERYWHERE = CONV | TRANSPOSED | LINEAR | EINSUM | ADDMM | MATMUL  # what both replace

_OF_TORCH = frozenset({"matmul", "mm", "bmm", "einsum", "addmm", "baddbmm"})
_RECURRENT = ("rnn_", "gru", "lstm")


def called_by(node: Node, names: frozenset[str]) -> bool:
    """Whether one of these names led to it; where nothing says which did, it is taken for the usual one."""
    return not names.isdisjoint(node.spelled or (_usual(node.op),))


def _usual(op: str) -> str:
    if op.startswith("upsample"):
        return f"{F}.interpolate"
    return f"torch.{op}" if op in _OF_TORCH else f"{F}.{op}"


def is_recurrent(node: Node) -> bool:
    """A recurrent layer or cell."""
    return node.op.startswith(_RECURRENT)


def recurrent(node: Node, cost: Cost) -> int:
    return -cost.macs if is_recurrent(node) else 0


def not_replaced(names: frozenset[str], replaced: frozenset[str]) -> Amount:
    """What the functions of these names multiply, where no replaced one led to them."""
    return lambda node, cost: -cost.macs if called_by(node, names) and not called_by(node, replaced) else 0


def unknown(known: frozenset[str]) -> Amount:
    """Products by functions of other names than these."""
    return lambda node, cost: 0 if called_by(node, known) or is_recurrent(node) else -cost.macs


def einsum(node: Node, cost: Cost) -> int:
    return -cost.macs if called_by(node, EINSUM) else 0


def vector_weight(node: Node, cost: Cost) -> int:
    """The weight's first size is taken for the output features; a weight (I,) has its input features there."""
    weight = node.argument("weight") if called_by(node, LINEAR) else None
    return node.input.numel * weight.shape[0] - cost.macs if weight and len(weight.shape) == 1 else 0


def matmul(names: frozenset[str]) -> Amount:
    """Elements of the first by the last size of the second, whatever is repeated for the other's batch."""

    def amount(node: Node, cost: Cost) -> int:
        if not called_by(node, names):
            return 0
        first, second = (argument.spec for argument in node.arguments)
        return first.numel * second.shape[-1] - cost.macs

    return amount


def attention(node: Node, cost: Cost) -> int:
    """Batch and heads are the query's, whatever it is repeated for."""
    if not called_by(node, ATTENTION):
        return 0
    query, key, value = (argument.spec.shape for argument in node.arguments[:3])
    return prod(query[:-1]) * key[-2] * (query[-1] + value[-1]) - cost.macs


# Convolutions, by sizes worked out from the arguments.


def _of(setting: Any, dimension: int) -> int:
    return int(setting[dimension] if isinstance(setting, tuple) else setting)


def _padding(node: Node, dimension: int) -> int:
    padding = node.attributes["padding"]
    if not isinstance(padding, str):
        return _of(padding, dimension)
    kernel = node.arguments[1].spec.shape[2 + dimension]
    return _of(node.attributes["dilation"], dimension) * (kernel - 1) // 2 if padding == "same" else 0


def forward_sizes(node: Node) -> Iterator[int]:
    """Output sizes of a convolution; everything from the input's third dimension on is a position."""
    kernel = node.arguments[1].spec.shape[2:]
    for i, size in enumerate(node.input.shape[2:]):
        window = _of(node.attributes["dilation"], i) * (kernel[i] - 1) + 1
        yield (size + 2 * _padding(node, i) - window) // _of(node.attributes["stride"], i) + 1


def transposed_sizes(node: Node) -> Iterator[int]:
    """Output sizes of a transposed convolution, likewise."""
    kernel, settings = node.arguments[1].spec.shape[2:], node.attributes
    for i, size in enumerate(node.input.shape[2:]):
        window = _of(settings["dilation"], i) * (kernel[i] - 1) + 1
        spread = (size - 1) * _of(settings["stride"], i) - 2 * _of(settings["padding"], i)
        yield spread + window + _of(settings["output_padding"], i)


def batched(node: Node) -> bool:
    """Whether a convolution's input has a batch."""
    return len(node.input.shape) == len(node.arguments[1].spec.shape)


def _convolution(node: Node) -> int:
    weight, (batch, channels, *_) = node.arguments[1].spec.shape, node.input.shape
    filters: int = weight[0] // node.attributes["groups"]
    return prod(weight[2:]) * channels * filters * batch * prod(forward_sizes(node))


def same_padding(node: Node, cost: Cost) -> int:
    """Half of what a kernel of even size has to be padded by is rounded down, on both sides."""
    same = called_by(node, CONV) and batched(node) and node.attributes["padding"] == "same"
    return _convolution(node) - cost.macs if same else 0


def without_batch(node: Node, cost: Cost) -> int:
    """Where the first size after the channels happens to be that of the channels, it is not refused."""
    return _convolution(node) - cost.macs if called_by(node, CONV) and not batched(node) else 0


def grouped_twice(node: Node, cost: Cost) -> int:
    """A transposed convolution's weight (I, O/g, ...) has the filters of one group already."""
    if not called_by(node, TRANSPOSED):
        return 0
    weight = node.arguments[1].spec.shape
    return prod(weight[2:]) * node.input.numel * int(weight[1] // node.attributes["groups"]) - cost.macs
