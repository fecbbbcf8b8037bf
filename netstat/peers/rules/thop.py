"""What thop makes of a node, rule by rule: amounts on top of its multiply-accumulates."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from math import prod

from netstat.conventions import Counted, Share, Term
from netstat.cost import Cost
from netstat.graph import Node, TensorSpec
from netstat.peers.rules.recurrent import (
    biases_of_a_row,
    directions,
    gates_of,
    hidden,
    padded_rows,
    rows,
    runs,
    states_of_a_row,
)
from netstat.peers.rules.visits import visits

_UPSAMPLING = {"upsample_linear1d": 5, "upsample_bilinear2d": 11, "upsample_bicubic2d": 259}
_UPSAMPLING |= {f"upsample_nearest{d}d": 1 for d in (1, 2, 3)}  # trilinear and nearest-exact: no mode it knows

# Classes whose rule counts anything, with the operators they run. The very class is looked up, a subclass is not found.
RULES = {f"Conv{d}d": {f"conv{d}d"} for d in (1, 2, 3)}
RULES |= {f"ConvTranspose{d}d": {f"conv_transpose{d}d"} for d in (1, 2, 3)}
RULES |= {f"AvgPool{d}d": {f"avg_pool{d}d"} for d in (1, 2, 3)}
RULES |= {f"AdaptiveAvgPool{d}d": {f"adaptive_avg_pool{d}d"} for d in (1, 2, 3)}
RULES |= {f"BatchNorm{d}d": {"batch_norm"} for d in (1, 2, 3)} | {"SyncBatchNorm": {"batch_norm"}}
RULES |= {f"InstanceNorm{d}d": {"instance_norm"} for d in (1, 2, 3)}
RULES |= {"Linear": {"linear"}, "LayerNorm": {"layer_norm"}, "Softmax": {"softmax"}, "PReLU": {"prelu"}}
RULES |= {name: set(_UPSAMPLING) for name in ("Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d")}
_CELLS = {"RNNCell": {"rnn_tanh_cell", "rnn_relu_cell"}, "GRUCell": {"gru_cell"}, "LSTMCell": {"lstm_cell"}}
_LAYERS = {"RNN": {"rnn_tanh", "rnn_relu"}, "GRU": {"gru"}, "LSTM": {"lstm"}}
RULES |= _CELLS | _LAYERS


def _has_rule(node: Node) -> bool:
    return node.stock and node.op in RULES.get(node.module, ())


def functional(node: Node, cost: Cost) -> int:
    return 0 if _has_rule(node) or node.leaf else -cost.macs


def unknown_class(node: Node, cost: Cost) -> int:
    return -cost.macs if node.leaf and not _has_rule(node) else 0


def _where_seen(applies: Callable[[Node], bool], figure: Callable[[Node, Cost], int]) -> Callable[[Node, Cost], int]:
    """`figure` for the operators it applies to, where thop sees them."""
    return lambda node, cost: figure(node, cost) if applies(node) and _has_rule(node) else 0


def _named(*ops: str) -> Callable[[Node], bool]:
    return lambda node: node.op.startswith(ops)


# Convolutions: output values · channels · kernel positions, whichever way they go.


def _convolution(node: Node, channels: int) -> int:
    weight = _weight(node)
    groups: int = node.attributes["groups"]
    return node.output.numel * (channels // groups) * prod(weight.shape[2:])


def _weight(node: Node) -> TensorSpec:
    return node.arguments[1].spec


def _channels(node: Node) -> int:
    weight = _weight(node)
    return weight.shape[0] if "transpose" in node.op else weight.shape[1] * int(node.attributes["groups"])


def _misread_channels(node: Node, cost: Cost) -> int:
    """Input channels are read off dimension 1, where an input without a batch has its first size."""
    if len(node.input.shape) == len(_weight(node).shape):
        return 0
    return _convolution(node, node.input.shape[1]) - _convolution(node, _channels(node))


transposed = _where_seen(_named("conv_transpose"), lambda node, cost: _convolution(node, _channels(node)) - cost.macs)
misread_channels = _where_seen(_named("conv"), _misread_channels)

# Norms, pooling, softmax.


def _per_element(times: int, *, weights: bool) -> Callable[[Node, Cost], int]:
    def amount(node: Node, cost: Cost) -> int:
        return times * node.input.numel if (node.argument("weight") is not None) is weights else 0

    return _where_seen(_named("batch_norm", "layer_norm", "instance_norm"), amount)


def _adaptive_average_pooling(node: Node, cost: Cost) -> int:
    """In floating point, cut to a whole number: where sizes do not divide, thop's figure has its rounding."""
    sizes = zip(node.input.shape[2:], node.output.shape[2:], strict=True)
    return int((prod((size / out for size, out in sizes), start=1.0) + 1) * node.output.numel)


def _softmax(node: Node, cost: Cost) -> int:
    """Per row: an exponential and a division each, and one addition fewer. Without `dim`, thop fails."""
    dim = node.attributes["dim"]
    return 0 if dim is None else 3 * node.input.numel - node.input.numel // node.input.shape[dim]


norm, plain_norm = _per_element(4, weights=True), _per_element(2, weights=False)
average_pooling = _where_seen(_named("avg_pool"), lambda node, cost: node.output.numel)
adaptive_average_pooling = _where_seen(_named("adaptive_avg_pool"), _adaptive_average_pooling)
softmax = _where_seen(_named("softmax"), _softmax)
prelu = _where_seen(_named("prelu"), lambda node, cost: node.input.numel)
upsampling = _where_seen(_named("upsample"), lambda node, cost: _UPSAMPLING[node.op] * node.output.numel)

# Recurrent layers: rows, which are time steps of all sequences, through every layer and direction.


def _is_recurrent(node: Node) -> bool:
    return node.module in _CELLS or node.module in _LAYERS


def _inputs(node: Node) -> Iterator[int]:
    """Input features of each layer and direction, where nothing is projected."""
    ways = directions(node)
    yield from [node.input.shape[-1]] * ways
    yield from [ways * hidden(node)] * (runs(node) - ways)


def _products(node: Node) -> int:
    """Of one row."""
    return sum(gates_of(node) * hidden(node) * (features + hidden(node)) for features in _inputs(node))


recurrent_biases = _where_seen(_is_recurrent, lambda node, cost: padded_rows(node) * biases_of_a_row(node))
gates = _where_seen(_is_recurrent, lambda node, cost: padded_rows(node) * states_of_a_row(node))
projection = _where_seen(_is_recurrent, lambda node, cost: rows(node) * _products(node) - cost.macs)
packed = _where_seen(_is_recurrent, lambda node, cost: (padded_rows(node) - rows(node)) * _products(node))

# Modules that more than one parent holds.


def under_several_parents(terms: Iterable[Term]) -> Callable[[Counted], Iterator[Share]]:
    """Each parent hooks the module anew, so that a call counts for each, and each adds up all that the module counted.

    Args:
        terms: the rules for what a call counts.
    """

    def amounts(counted: Counted) -> Iterator[Share]:
        parents = {path: times for path, times in visits(counted.graph).items() if times > 1}
        once: Counter[tuple[str, int]] = Counter()
        for share in (share for term in terms if parents for share in term.shares(counted)):
            once[share.path, share.node] += share.amount
        return (Share((parents.get(path, 1) ** 2 - 1) * figure, path, node) for (path, node), figure in once.items())

    return amounts
