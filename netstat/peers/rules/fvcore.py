"""What fvcore makes of a node, rule by rule: amounts on top of its multiply-accumulates."""

from netstat.conventions import Amount
from netstat.cost import Cost
from netstat.graph import Node
from netstat.peers.rules.einsum import optimal_figure

_RECURRENT = frozenset({"lstm", "gru", "rnn_tanh", "rnn_relu"})
_UNHANDLED = frozenset(
    {"mv", "dot", "inner", "vecdot", "addmv", "baddbmm", "addbmm", "tensordot", "multi_dot", "bilinear"}
    | {"deform_conv2d"}
)
# The two equations with a formula of their own, letters in the order they come.
_EXACT = frozenset({"abc,abd->acd", "abc,adc->adb"})


def string_padding(node: Node, cost: Cost) -> int:
    """`padding="same"` and `"valid"` trace to `aten::_convolution_mode`; only `aten::_convolution` has a handle."""
    return -cost.macs if node.op.startswith("conv") and isinstance(node.attributes.get("padding"), str) else 0


def vector_weight(node: Node, cost: Cost) -> int:
    """The handle takes the weight's first size for the output features; a weight (I,) has its input features there."""
    weight = node.argument("weight") if node.op == "linear" else None
    return node.input.numel * weight.shape[0] - cost.macs if weight and len(weight.shape) == 1 else 0


def attention(node: Node, cost: Cost) -> int:
    return -cost.macs if node.op == "scaled_dot_product_attention" else 0


def recurrent(node: Node, cost: Cost) -> int:
    """Layers are traced as one operator; cells come apart into linear layers, which are counted."""
    return -cost.macs if node.op in _RECURRENT else 0


def unhandled(node: Node, cost: Cost) -> int:
    """`addmm` has a handle, `addmm_` has none."""
    in_place = node.op == "addmm" and node.attributes["inplace"]
    return -cost.macs if node.op in _UNHANDLED or in_place else 0


def matmul(node: Node, cost: Cost) -> int:
    """Elements of the first by columns of the second. Of a vector for a second it finds no columns, and fails."""
    if node.op != "matmul":
        return 0
    first, second = (argument.spec for argument in node.arguments)
    return first.numel * second.shape[-1] - cost.macs if len(second.shape) > 1 else 0


def einsum(node: Node, cost: Cost) -> int:
    """Half of what numpy counts."""
    if node.op != "einsum":
        return 0
    equation: str = node.attributes["equation"]
    letters = {ord(letter): 97 + i for i, letter in enumerate(dict.fromkeys(filter(str.isalpha, equation)))}
    if equation.translate(letters) in _EXACT:
        return 0
    return int(optimal_figure(node) / 2) - cost.macs


def adaptive_average_pooling(node: Node, cost: Cost) -> int:
    """Only the two-dimensional kind has a handle."""
    return node.input.numel if node.op == "adaptive_avg_pool2d" else 0


def upsampling(node: Node, cost: Cost) -> int:
    return {"upsample_nearest2d": 1, "upsample_bilinear2d": 4}.get(node.op, 0) * node.output.numel


def grid_sampling(node: Node, cost: Cost) -> int:
    return 4 * node.output.numel if node.op == "grid_sample" else 0


def _has_weights(node: Node) -> bool:
    return node.argument("weight") is not None


def batch_norm(times: int, *, training: bool, weights: bool) -> Amount:
    """So many per element, in this mode, with weights or without."""

    def amount(node: Node, cost: Cost) -> int:
        applies = node.op == "batch_norm" and node.attributes["training"] is training and _has_weights(node) is weights
        return times * node.input.numel if applies else 0

    return amount


def norm(times: int, *, weights: bool) -> Amount:
    """So many per element, with weights or without; of other statistics than a batch's."""

    def amount(node: Node, cost: Cost) -> int:
        applies = node.op in ("layer_norm", "group_norm", "instance_norm") and _has_weights(node) is weights
        return times * node.input.numel if applies else 0

    return amount
