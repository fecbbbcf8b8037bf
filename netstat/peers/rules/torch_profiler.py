"""What torch.profiler makes of a node, rule by rule: amounts on top of its multiply-accumulates.

It has a formula each for `aten::conv2d`, `mm`, `addmm`, `bmm`, `baddbmm`, `mul` and `add`, wherever they run: inside
functions written by them as well.
"""

from collections.abc import Callable
from math import prod

from netstat.conventions import Amount
from netstat.cost import Cost
from netstat.graph import Argument, Node
from netstat.peers.rules.recurrent import directions, gates_of, hidden, rows, runs
from netstat.peers.rules.torch import one_attention_kernel, one_lstm_kernel

_DROPOUT = frozenset({"dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout"})
# Functions made of multiplications and additions: how many of either per element of the first operand.
_PER_ELEMENT = dict.fromkeys(("outer", "kron", "ldexp", "kl_div", "deg2rad", "rad2deg", "isfinite", "softsign"), 1)
_PER_ELEMENT |= {"ndtr": 3}
_NO_FORMULA = ("mv", "dot", "vecdot", "addmv", "addbmm")


def convolution(node: Node, cost: Cost) -> int:
    """The formula is one of `aten::conv2d` on four dimensions, with whole numbers for padding."""
    if not node.op.startswith("conv"):
        return 0
    known = node.op == "conv2d" and len(node.input.shape) == 4 and not isinstance(node.attributes["padding"], str)
    return 0 if known else -2 * cost.macs


def _on(*ops: str) -> Callable[[Amount], Amount]:
    """The amount of a rule for some operators."""
    return lambda amount: lambda node, cost: amount(node, cost) if node.op in ops else 0


# Attention: one kernel, or two products with their operands scaled.


@_on("scaled_dot_product_attention")
def scaling(node: Node, cost: Cost) -> int:
    """Keys are repeated where several queries share them."""
    if one_attention_kernel(node):
        return 0
    query, key = (argument.spec for argument in node.arguments[:2])
    repeated = query.shape[-3] // key.shape[-3] if node.attributes["enable_gqa"] else 1
    dropped = prod(node.output.shape[:-1]) * key.shape[-2] if node.attributes["dropout_p"] else 0
    return query.numel + key.numel * repeated + dropped


# Products.


@_on(*_NO_FORMULA)
def no_formula(node: Node, cost: Cost) -> int:
    return -2 * cost.macs


@_on("vecdot")
def vecdot(node: Node, cost: Cost) -> int:
    """Multiplied and summed, but for two single vectors."""
    first, second = (argument.spec for argument in node.arguments[:2])
    return 0 if len(first.shape) == len(second.shape) == 1 else first.numel


@_on("inner")
def inner(node: Node, cost: Cost) -> int:
    return node.input.numel if 0 in (len(argument.spec.shape) for argument in node.arguments) else 0


@_on("einsum")
def einsum(node: Node, cost: Cost) -> int:
    """Where a step sums nothing, the first of the two is multiplied by the second."""
    from netstat.ops.einsum import parse

    terms, output = parse(node.attributes["equation"], [argument.spec for argument in node.arguments])
    sizes: dict[str, int] = {}
    for term, argument in zip(terms, node.arguments, strict=True):
        sizes |= {label: size for label, size in zip(term, argument.spec.shape, strict=True) if size > 1}
    held, *rest = (_longer(term, argument) for term, argument in zip(terms, node.arguments, strict=True))
    elements = 0
    for i, labels in enumerate(rest):
        wanted = set(output).union(*rest[i + 1 :])
        left = held & (labels | wanted)
        if left & labels <= wanted:
            elements += prod(sizes[label] for label in left)
        held = (left | labels) & wanted
    return elements


def _longer(term: tuple[str, ...], argument: Argument) -> set[str]:
    """Indices that run over more than one value of an operand."""
    return {label for label, size in zip(term, argument.spec.shape, strict=True) if size > 1}


@_on("bilinear")
def bilinear(node: Node, cost: Cost) -> int:
    return node.output.numel if node.argument("bias") is not None else 0


@_on("affine_grid")
def affine_grid(node: Node, cost: Cost) -> int:
    """Every position, and a one, by a matrix; positions that are no corners are scaled, dimension by dimension."""
    _, _, *sizes = node.attributes["size"]
    scaled = 0 if node.attributes["align_corners"] else sum(size for size in sizes if size > 1)
    return 2 * node.output.numel * (len(sizes) + 1) + scaled


# Values.


@_on("mul")
def multiplication(node: Node, cost: Cost) -> int:
    return 0 if node.attributes["inplace"] else node.input.numel


@_on("add")
def addition(node: Node, cost: Cost) -> int:
    return 0 if node.attributes["inplace"] else node.input.numel


def made_of(node: Node, cost: Cost) -> int:
    """Losses multiply by a weight for what is there, and a window is laid over every frame."""
    weight = node.argument("pos_weight")
    if node.op == "binary_cross_entropy_with_logits" and weight:
        return weight.numel
    if node.op == "rrelu":
        return 0 if node.attributes["training"] else 1
    if node.op == "stft" and node.argument("window"):
        return _frames(node) * int(node.attributes["n_fft"])
    return 0 if node.attributes.get("inplace") else _PER_ELEMENT.get(node.op, 0) * node.input.numel


def _frames(node: Node) -> int:
    """Of all signals: what comes out has frequencies before them, and two parts after unless it is complex."""
    *shape, last = node.output.shape
    frames = last if node.attributes["return_complex"] else shape.pop()
    return frames * prod(shape[:-1])


@_on("cosine_similarity", "pairwise_distance")
def compared(node: Node, cost: Cost) -> int:
    """As many as the two have when repeated to one shape."""
    shapes = [argument.spec.shape[::-1] for argument in node.arguments[:2]]
    dims = max(map(len, shapes))
    return prod(max(shape[i] if i < len(shape) else 1 for shape in shapes) for i in range(dims))


@_on("isclose")
def isclose(node: Node, cost: Cost) -> int:
    return node.output.numel + 2 * node.arguments[1].spec.numel


@_on("repeat", "tile")
def repeat(node: Node, cost: Cost) -> int:
    return len(node.output.shape)


# Norms, dropout.


@_on("local_response_norm")
def local_response_norm(node: Node, cost: Cost) -> int:
    return 3 * node.input.numel


@_on("rms_norm")
def rms_norm(node: Node, cost: Cost) -> int:
    return node.input.numel * (1 if node.argument("weight") is None else 2)


@_on("instance_norm")
def instance_norm(node: Node, cost: Cost) -> int:
    """Each is repeated for every image, and the repeats are added up."""
    return len(node.arguments) - 1


@_on("weight_norm")
def weight_norm(node: Node, cost: Cost) -> int:
    """Only where nobody asks for one norm per output or per input."""
    return node.input.numel if node.attributes["dim"] not in (0, len(node.input.shape) - 1) else 0


@_on(*_DROPOUT)
def dropout(node: Node, cost: Cost) -> int:
    """In training; `alpha_dropout` adds what keeps the mean, too."""
    attributes = node.attributes
    if not attributes.get("training", True) or not attributes.get("p", 1) or attributes.get("inplace"):
        return 0
    extra = {"alpha_dropout": node.input.numel + 2, "feature_alpha_dropout": prod(node.input.shape[:2]) + 2}
    return node.input.numel + extra.get(node.op, 0)


# Recurrent layers.


@_on("lstm", "lstm_cell")
def lstm_gates(node: Node, cost: Cost) -> int:
    """Where it comes apart: forget · cell, input · candidate, output · cell."""
    return 0 if one_lstm_kernel(node) else 3 * rows(node) * runs(node) * hidden(node)


@_on("gru", "gru_cell")
def gru_gates(node: Node, cost: Cost) -> int:
    return rows(node) * runs(node) * hidden(node)


@_on("lstm")
def lstm_biases(node: Node, cost: Cost) -> int:
    """The kernel wants one bias: the two are added once per layer and direction."""
    return runs(node) * gates_of(node) * hidden(node) if one_lstm_kernel(node) and node.attributes["has_biases"] else 0


@_on("lstm", "gru", "rnn_tanh", "rnn_relu")
def dropout_between(node: Node, cost: Cost) -> int:
    """After every layer but the last."""
    attributes = node.attributes
    drops = attributes["train"] and attributes["dropout"]
    return rows(node) * node.output.shape[-1] * (runs(node) // directions(node) - 1) if drops else 0
