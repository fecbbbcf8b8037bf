"""What ultralytics-thop makes of a node, rule by rule: amounts on top of its multiply-accumulates.

It has rules for classes of torch.nn, which hold for their subclasses, and counts some functions that run outside all
modules with a rule.
"""

from collections.abc import Callable, Iterator
from math import prod

from netstat.conventions import Counted, Share
from netstat.cost import Cost
from netstat.graph import Graph, Node, TensorSpec
from netstat.peers.rules.by_shapes import by_shapes
from netstat.peers.rules.recurrent import biases_of_a_row, rows, states_of_a_row

Amounts = Callable[[Counted], Iterator[Share]]
Figure = Callable[[Node], int]

_ATTENTION = "torch.nn.functional.multi_head_attention_forward"
_SOFTMAXES = {"softmax", "log_softmax", "softmin"}
_UPSAMPLING = {
    **{f"upsample_nearest{d}d": 0 for d in (1, 2, 3)},
    **{"upsample_linear1d": 5, "upsample_bilinear2d": 11, "upsample_bicubic2d": 259, "upsample_trilinear3d": 31},
}
# Functions it replaces, as code spells them.
_FUNCTIONS = frozenset(
    {"torch.matmul", "torch.Tensor.matmul", "torch.Tensor.__matmul__", "torch.bmm", "torch.Tensor.bmm", "torch.einsum"}
    | {f"torch.nn.functional.{name}" for name in ("linear", "scaled_dot_product_attention")}
    | {_ATTENTION}
)

# Classes whose rule counts products by shapes, whatever a subclass's forward runs.
_LAYERS = {f"Conv{d}d": {f"conv{d}d"} for d in (1, 2, 3)}
_LAYERS |= {f"ConvTranspose{d}d": {f"conv_transpose{d}d"} for d in (1, 2, 3)}
_LAYERS |= {"Linear": {"linear"}, "NonDynamicallyQuantizableLinear": {"linear"}, "Bilinear": {"bilinear"}}
# Classes with a rule, and the operators it is about.
_RULES: dict[str, set[str]] = {**_LAYERS, "Embedding": set(), "MultiheadAttention": set()}
_RULES |= {f"AvgPool{d}d": {f"avg_pool{d}d"} for d in (1, 2, 3)}
_RULES |= {f"AdaptiveAvgPool{d}d": {f"adaptive_avg_pool{d}d"} for d in (1, 2, 3)}
_RULES |= {f"BatchNorm{d}d": {"batch_norm"} for d in (1, 2, 3)} | {"SyncBatchNorm": {"batch_norm"}}
_RULES |= {f"InstanceNorm{d}d": {"instance_norm"} for d in (1, 2, 3)}
_RULES |= {"LayerNorm": {"layer_norm"}, "GroupNorm": {"group_norm"}, "RMSNorm": {"rms_norm"}, "PReLU": {"prelu"}}
_RULES |= {"Softmax": {"softmax"}, "Softmax2d": {"softmax"}, "LogSoftmax": {"log_softmax"}, "Softmin": {"softmin"}}
_RULES |= {name: set(_UPSAMPLING) for name in ("Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d")}
_RECURRENT = {"RNN": {"rnn_tanh", "rnn_relu"}, "GRU": {"gru"}, "LSTM": {"lstm"}, "LSTMCell": {"lstm_cell"}}
_RECURRENT |= {"RNNCell": {"rnn_tanh_cell", "rnn_relu_cell"}, "GRUCell": {"gru_cell"}}
_RULES |= _RECURRENT
_OF_RECURRENT = set().union(*_RECURRENT.values())


class _Looks:
    """What it looks at in a graph."""

    def __init__(self, graph: Graph) -> None:
        self._bases = {module.path: module.base for module in graph.modules}
        self._inside: set[int] = set()
        for call in graph.calls:
            if call.module.base in _RULES:
                self._inside.update(range(call.start, call.stop))

    def base(self, node: Node) -> str:
        return self._bases.get(node.path, "")

    def by_rule(self, node: Node) -> bool:
        """Whether it is what the rule of the module that runs it is about."""
        return node.op in _RULES.get(self.base(node), ())

    def attends(self, node: Node) -> bool:
        """Whether it is part of what the rule for multi-head attention is about."""
        return self.base(node) == "MultiheadAttention" and node.spelled[:1] == (_ATTENTION,)

    def counts(self, i: int, node: Node) -> bool:
        """Whether its products count as they are."""
        return self.by_rule(node) or self.attends(node) or self.as_function(i, node)

    def inside(self, i: int) -> bool:
        """Whether any module with a rule is running."""
        return i in self._inside

    def as_function(self, i: int, node: Node) -> bool:
        return not self.inside(i) and bool(node.spelled) and node.spelled[0] in _FUNCTIONS


def _each(figure: Callable[[_Looks, int, Node, Cost], int]) -> Amounts:
    def amounts(counted: Counted) -> Iterator[Share]:
        looks = _Looks(counted.graph)
        for i, (node, cost) in enumerate(zip(counted.graph.nodes, counted.costs, strict=True)):
            yield Share(figure(looks, i, node, cost), node.path, i)

    return amounts


def _where_ruled(ops: set[str], figure: Figure) -> Amounts:
    """`figure` for these operators, where they are what a module's rule is about."""
    return _each(lambda looks, i, node, cost: figure(node) if node.op in ops and looks.by_rule(node) else 0)


# Multiply-accumulates that it does not count, or counts otherwise.

outside = _each(lambda looks, i, node, cost: 0 if looks.inside(i) or looks.counts(i, node) else -cost.macs)
within = _each(
    lambda looks, i, node, cost: (
        -cost.macs if looks.inside(i) and not looks.counts(i, node) and looks.base(node) not in _LAYERS else 0
    )
)
subclassed = by_shapes(lambda called: called.call.module.base in _LAYERS)


def _einsum(looks: _Looks, i: int, node: Node, cost: Cost) -> int:
    """Of two operands it multiplies the sizes of all indices that both have or the output keeps; of others nothing."""
    if node.op != "einsum" or not looks.as_function(i, node):
        return 0
    from netstat.ops.einsum import parse

    operands = [argument.spec for argument in node.arguments]
    if len(operands) != 2:
        return -cost.macs
    terms, output = parse(node.attributes["equation"], operands)
    first, second = (
        {label: size for label, size in zip(term, spec.shape, strict=True) if size != 1}
        for term, spec in zip(terms, operands, strict=True)
    )
    kept = {**first, **second}.items()
    return prod(size for label, size in kept if label in output or (label in first and label in second)) - cost.macs


einsum = _each(_einsum)

# Norms, pooling, softmax, upsampling.

_NORMS = {"batch_norm", "instance_norm", "layer_norm", "group_norm", "rms_norm"}


def norm(times: int, *, weights: bool) -> Amounts:
    """So many per element, with weights or without."""
    return _where_ruled(
        _NORMS, lambda node: times * node.input.numel * ((node.argument("weight") is not None) is weights)
    )


def _windows(node: Node) -> int:
    """Inputs in all windows, one after the other; padding among them where the average includes it."""
    settings = node.attributes
    sizes, outputs = _positions(node.input, node), _positions(node.output, node)
    windows = 1
    for size, out, kernel, stride, pad in zip(
        sizes, outputs, settings["kernel_size"], settings["stride"], settings["padding"], strict=True
    ):
        low, high = (-pad, size + pad) if settings["count_include_pad"] else (0, size)
        starts = range(-pad, out * stride - pad, stride)
        windows *= sum(max(min(start + kernel, high) - max(start, low), 0) for start in starts)
    return windows * _maps(node)


def _adaptive_windows(node: Node) -> int:
    """As torch takes them: rounded outwards, so that they overlap where sizes do not divide."""
    pairs = zip(_positions(node.input, node), _positions(node.output, node), strict=True)
    return _maps(node) * prod(
        sum(-(-(j + 1) * size // out) - j * size // out for j in range(out)) for size, out in pairs
    )


def _positions(spec: TensorSpec, node: Node) -> tuple[int, ...]:
    return spec.shape[-int(node.op[-2]) :]


def _maps(node: Node) -> int:
    """Channels of all samples."""
    return prod(node.input.shape[: -int(node.op[-2])])


def _rows(node: Node) -> int:
    """How many softmaxes there are in it; without `dim` torch picks one."""
    shape, dim = node.input.shape, node.attributes["dim"]
    dim = (0 if len(shape) in (0, 1, 3) else 1) if dim is None else dim
    return node.input.numel // shape[dim] if shape else 1


def _of_attention(looks: _Looks, i: int, node: Node, cost: Cost) -> int:
    """Three for each weight, less one for each query: in the softmax, or the kernel that it is part of."""
    as_function = looks.as_function(i, node) and node.spelled[0] == _ATTENTION
    if not (as_function or looks.attends(node)):
        return 0
    if node.op == "scaled_dot_product_attention":
        queries, keys = prod(node.input.shape[:-1]), node.arguments[1].spec.shape[-2]
        return queries * (3 * keys - 1)
    return 3 * node.input.numel - _rows(node) if node.op == "softmax" else 0


average_pooling = _where_ruled({f"avg_pool{d}d" for d in (1, 2, 3)}, lambda n: _windows(n) + n.output.numel)
adaptive_average_pooling = _where_ruled(
    {f"adaptive_avg_pool{d}d" for d in (1, 2, 3)}, lambda n: _adaptive_windows(n) + n.output.numel
)
softmax = _where_ruled(_SOFTMAXES, lambda node: 3 * node.input.numel - _rows(node))
log_softmax = _where_ruled({"log_softmax"}, _rows)
softmin = _where_ruled({"softmin"}, lambda node: node.input.numel)
attention = _each(_of_attention)
prelu = _where_ruled({"prelu"}, lambda node: node.input.numel)
upsampling = _where_ruled(set(_UPSAMPLING), lambda node: _UPSAMPLING[node.op] * node.output.numel)
recurrent_biases = _where_ruled(_OF_RECURRENT, lambda node: rows(node) * biases_of_a_row(node))
gates = _where_ruled(_OF_RECURRENT, lambda node: rows(node) * states_of_a_row(node))
