"""What a counter makes of the rest that replaces functions by ones that count: operations per element."""

from math import prod

from netstat.conventions import Amount, Called
from netstat.cost import Cost
from netstat.graph import Node
from netstat.peers.rules.einsum import optimal_figure
from netstat.peers.rules.replaced_products import (
    ADDMM,
    CONV,
    EINSUM,
    TRANSPOSED,
    F,
    batched,
    called_by,
    forward_sizes,
    transposed_sizes,
)

ACTIVATION = frozenset(f"{F}.{name}" for name in ("relu", "prelu", "elu", "leaky_relu", "relu6", "silu", "gelu"))
# A pool asked for its indices is spelled by the function that it is handed on to.
_POOLS = [
    f"{F}.{adaptive}{kind}_pool{d}d" for adaptive in ("", "adaptive_") for kind in ("avg", "max") for d in (1, 2, 3)
]
POOL = frozenset(_POOLS) | frozenset(f"{name}_with_indices" for name in _POOLS if "max" in name)
SOFTMAX, BATCH_NORM, RESPONSE_NORM = (
    frozenset({f"{F}.{name}"}) for name in ("softmax", "batch_norm", "local_response_norm")
)
NORM = frozenset(f"{F}.{kind}_norm" for kind in ("layer", "group", "instance"))
ELEMENTWISE = frozenset(f"{place}.{name}" for place in ("torch", "torch.Tensor") for name in ("add", "mul"))
UPSAMPLING = frozenset({f"{F}.interpolate"})
_LAYERS = frozenset({"TransformerEncoderLayer", "TransformerDecoderLayer"})


def per_input(names: frozenset[str]) -> Amount:
    """One for each element of the input."""
    return lambda node, cost: node.input.numel if called_by(node, names) else 0


def held_activation(called: Called) -> int:
    """The layer was given the function when it was made, and goes on to call that one."""
    module = called.call.module
    if module.base not in _LAYERS:
        return 0
    own = (node for node in called.nodes if node.path == module.path)
    return -sum(node.input.numel for node in own if called_by(node, ACTIVATION))


def einsum(node: Node, cost: Cost) -> int:
    return int(optimal_figure(node)) - 2 * cost.macs if called_by(node, EINSUM) else 0


# Biases.


def _channels(node: Node) -> int:
    bias = node.argument("bias")
    return bias.numel if bias and called_by(node, CONV | TRANSPOSED) else 0


def bias(node: Node, cost: Cost) -> int:
    return node.output.numel if _channels(node) else 0


def misplaced_bias(node: Node, cost: Cost) -> int:
    """Where a convolution's output is taken for another size, its bias goes along."""
    if not _channels(node) or not called_by(node, CONV):
        return 0
    return _channels(node) * node.input.shape[0] * prod(forward_sizes(node)) - node.output.numel


def forward_bias(node: Node, cost: Cost) -> int:
    """Per output of one group, at the positions a convolution forward would have."""
    if not _channels(node) or not called_by(node, TRANSPOSED):
        return 0
    filters = node.arguments[1].spec.shape[1]
    return filters * node.input.shape[0] * prod(forward_sizes(node)) - node.output.numel


def transposed_bias_without_batch(node: Node, cost: Cost) -> int:
    if not _channels(node) or not called_by(node, TRANSPOSED) or batched(node):
        return 0
    return _channels(node) * node.input.shape[0] * prod(transposed_sizes(node)) - node.output.numel


def added(node: Node, cost: Cost) -> int:
    """What a product is added to, before it is repeated to the size of the output."""
    return node.input.numel if called_by(node, ADDMM) else 0


# Norms.


def _has_weights(node: Node) -> bool:
    return node.argument("weight") is not None


def batch_norm(times: int, *, training: bool, weights: bool) -> Amount:
    """So many per element, in this mode, with weights or without."""

    def amount(node: Node, cost: Cost) -> int:
        applies = called_by(node, BATCH_NORM) and node.attributes["training"] is training
        return times * node.input.numel if applies and _has_weights(node) is weights else 0

    return amount


def norm(times: int, *, weights: bool) -> Amount:
    """So many per element, with weights or without; of other statistics than a batch's."""
    return lambda node, cost: times * node.input.numel if called_by(node, NORM) and _has_weights(node) is weights else 0


def response_norm(node: Node, cost: Cost) -> int:
    """Two products and a sum per element, and the pooled elements, padding included; no power and no division."""
    if not called_by(node, RESPONSE_NORM):
        return 0
    channels, size = node.input.shape[1], int(node.attributes["size"])
    return 3 * node.input.numel + node.input.numel // channels * (channels + size - 1)


# Additions and multiplications.


def elementwise(node: Node, cost: Cost) -> int:
    return node.output.numel if called_by(node, ELEMENTWISE) else 0


def misaligned(node: Node, cost: Cost) -> int:
    """Of two shapes, the larger size of the first dimensions, of the second ones, and so on."""
    shapes = [argument.spec.shape for argument in node.arguments]
    if not called_by(node, ELEMENTWISE) or len(shapes) < 2:
        return 0
    longest = max(map(len, shapes))
    sizes = zip(*(shape + (1,) * (longest - len(shape)) for shape in shapes), strict=True)
    return int(prod(map(max, sizes))) - node.output.numel


# Upsampling.


def _factors(node: Node) -> tuple[float, ...]:
    """By which it is enlarged, none where a size was asked for."""
    return node.attributes.get("scale_factors") or () if called_by(node, UPSAMPLING) else ()


def to_size(node: Node, cost: Cost) -> int:
    """A size asked for as one number counts as that number; a graph does not tell, and several are taken for it."""
    size: tuple[int, ...] = node.attributes.get("output_size") or ()
    return prod(size) if size and called_by(node, UPSAMPLING) and not _factors(node) else 0


def by_factor(node: Node, cost: Cost) -> int:
    return node.input.numel if _factors(node) else 0


def by_factor_to_outputs(node: Node, cost: Cost) -> int:
    """Where factors do not give whole numbers, the product of all is cut to one."""
    if not (factors := _factors(node)):
        return 0
    larger = factors[0] ** len(factors) if len(set(factors)) == 1 else prod(factors)
    return int(node.input.numel * larger)
