"""What torchscan makes of a module call, by the class of torch.nn that the module descends from.

Conventions of floating-point operations: a product of K terms is K multiplications and K−1 additions. The rules below
are differences to two operations per multiply-accumulate, and all that has none.
"""

from collections.abc import Callable
from math import prod

from netstat.conventions import Called
from netstat.cost import Cost
from netstat.graph import Node, TensorSpec
from netstat.ops import node_cost
from netstat.peers.rules import torchscan_attention as attention

Rule = Callable[[Called], int]

_LINEAR = ("Linear", "NonDynamicallyQuantizableLinear")
_TRANSPOSED = tuple(f"ConvTranspose{d}d" for d in (1, 2, 3))
_CONVOLUTIONS = tuple(f"Conv{d}d" for d in (1, 2, 3))
_LAYERS = (*_LINEAR, *_TRANSPOSED, *_CONVOLUTIONS)
_PER_INPUT = {"ReLU": 1, "ReLU6": 2, "LeakyReLU": 4, "Sigmoid": 4, "Tanh": 6, "ELU": 6}
_BATCH_NORMS = (*(f"BatchNorm{d}d" for d in (1, 2, 3)), "SyncBatchNorm")


def functional(node: Node, cost: Cost) -> int:
    """What scripted modules run inside has no class."""
    seen = (node.leaf and node.module) or node.module == attention.ATTENTION
    return 0 if seen else -2 * cost.macs


def _of(bases: tuple[str, ...], amount: Rule) -> Rule:
    """`amount` for modules without children that descend from one of the classes, where tensors go in and out."""

    def here(called: Called) -> int:
        call = called.call
        known = call.module.leaf and call.module.base in bases
        return amount(called) if known and call.outputs and (call.inputs or called.nodes) else 0

    return here


def _own(called: Called) -> list[Node]:
    return [node for node in called.nodes if node.path == called.call.module.path]


def _macs(called: Called) -> int:
    costs = (node_cost(node) for node in _own(called) if node.module)
    return sum(cost.macs for cost in costs if cost)


def _input(called: Called) -> TensorSpec:
    """The first tensor it is given; where it got all by name, the one its first operator takes."""
    return called.call.inputs[0] if called.call.inputs else called.nodes[0].input


def _output(called: Called) -> TensorSpec:
    return called.call.outputs[0]


def unknown_class(called: Called) -> int:
    module = called.call.module
    return -2 * _macs(called) if module.leaf and module.base not in _LAYERS else 0


def whole(called: Called) -> int:
    """A Transformer that is the model has a rule of its own, which adds up what torch.nn's layers of it run."""
    if called.call.module.path or called.call.module.base != "Transformer":
        return 0
    outside = [node for node in called.nodes if node.module != attention.ATTENTION]
    seen = sum(node.output.numel for node in outside if node.op in ("add", "relu"))
    return seen - sum(node.output.numel for node in outside if node.op == "dropout" and node.attributes["p"] > 0)


# Convolutions and linear layers. Their rules look at the class, its sizes and the shapes around it, and not at forward.


def _product(called: Called) -> Node | None:
    """The convolution or linear layer that a module of such a class runs."""
    return next((node for node in _own(called) if node.op.startswith(("conv", "linear"))), None)


def _weight(called: Called) -> tuple[int, ...]:
    """Of the class; where it goes by another name, as what is convolved or multiplied with."""
    node, weight = _product(called), called.params.get("weight")
    if weight:
        return weight.spec.shape
    return node.arguments[1].spec.shape if node else (1, 0)


def _groups(called: Called) -> int:
    node = _product(called)
    return int(node.attributes.get("groups", 1)) if node else 1


def _outputs(called: Called) -> int:
    if called.call.module.base in _LINEAR:
        return prod(_input(called).shape[:-1]) * _weight(called)[0]
    return _output(called).numel


def _expected(called: Called) -> int:
    """Multiply-accumulates of what the class is for."""
    weight = _weight(called)
    if called.call.module.base in _TRANSPOSED:
        return _input(called).numel // weight[0] * prod(weight)
    return _outputs(called) * prod(weight[1:])


def _per_output(called: Called) -> int:
    """Multiply-accumulates where each output of a transposed convolution takes all taps of its group's channels."""
    weight = _weight(called)
    return _outputs(called) * prod(weight[2:]) * (weight[0] // _groups(called))


def _misread_channels(called: Called) -> int:
    """Input channels are read off dimension 1, where an input without a batch has its first size."""
    weight, groups = _weight(called), _groups(called)
    right = weight[0] // groups if called.call.module.base in _TRANSPOSED else weight[1]
    return 2 * _outputs(called) * prod(weight[2:]) * (_input(called).shape[1] // groups - right)


def _has_bias(called: Called) -> bool:
    node = _product(called)
    return bool(node and node.argument("bias")) or "bias" in called.params


overridden = _of(_LAYERS, lambda called: 2 * (_expected(called) - _macs(called)))
transposed = _of(_TRANSPOSED, lambda called: 2 * (_per_output(called) - _expected(called)))
padding = _of(_TRANSPOSED, lambda called: 8 * len(_weight(called)[2:]))
misread_channels = _of((*_TRANSPOSED, *_CONVOLUTIONS), _misread_channels)


def last_additions(called: Called) -> int:
    return -_of(_LAYERS, _outputs)(called) - attention.values_of_products(called)


def biases(called: Called) -> int:
    layers = _of(_LAYERS, lambda called: _outputs(called) if _has_bias(called) else 0)(called)
    return layers + attention.values_of_products(called, biased=True)


# Everything that has no multiply-accumulates.


def _batch_norm(called: Called) -> int:
    input = _input(called)
    return 2 * input.shape[1] + (4 if "weight" in called.params else 2) * input.numel


def _layer_norm(called: Called) -> int:
    numel = _input(called).numel
    norms = (node.attributes["normalized_shape"] for node in _own(called) if node.op == "layer_norm")
    row = next(norms, called.params["weight"].spec.shape if "weight" in called.params else ())
    return (6 + ("weight" in called.params) + ("bias" in called.params)) * numel + 2 * (numel // prod(row))


def _dropout(called: Called) -> int:
    dropped = any(node.attributes["p"] > 0 for node in _own(called) if node.op == "dropout")
    return _input(called).numel if dropped else 0


def _sides(called: Called) -> tuple[int, ...]:
    """Of the window of a pooling."""
    pools = (node.attributes["kernel_size"] for node in _own(called) if "kernel_size" in node.attributes)
    return next(pools, (1,))


def _window(called: Called) -> int:
    """Equal sides are taken to be given as one number, which a node does not tell from so many equal ones."""
    sides = _sides(called)
    return sides[0] if len(set(sides)) == 1 else prod(sides)


def _adaptive(called: Called) -> list[int]:
    """What it takes for the window: the quotient of sizes, or one more than the remainder."""
    sizes = zip(_input(called).shape[2:], _output(called).shape[2:], strict=False)
    return [given // out if given % out == 0 else given % out + 1 for given, out in sizes]


def _average_pool(called: Called) -> int:
    return _output(called).numel * (prod(_sides(called)) - 1 + len(_input(called).shape) - 2)


def _pools(kind: str) -> tuple[str, ...]:
    return tuple(f"{kind}Pool{d}d" for d in (1, 2, 3))


activation = _of(tuple(_PER_INPUT), lambda called: _PER_INPUT[called.call.module.base] * _input(called).numel)
batch_norm = _of(_BATCH_NORMS, _batch_norm)
layer_norm = _of(("LayerNorm",), _layer_norm)
dropout = _of(("Dropout",), _dropout)
max_pool = _of(_pools("Max"), lambda called: _output(called).numel * (prod(_sides(called)) - 1))
average_pool = _of(_pools("Avg"), _average_pool)
square_window = _of(
    (*_pools("Max"), *_pools("Avg")), lambda called: _output(called).numel * (_window(called) - prod(_sides(called)))
)
adaptive_max_pool = _of(_pools("AdaptiveMax"), lambda called: _output(called).numel * (prod(_adaptive(called)) - 1))
adaptive_average_pool = _of(
    _pools("AdaptiveAvg"),
    lambda called: _output(called).numel * (prod(_adaptive(called)) - 1 + len(_adaptive(called))),
)
