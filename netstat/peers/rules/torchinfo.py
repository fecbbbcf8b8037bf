"""What torchinfo makes of a module call: its parameters by their names, times sizes of its first output.

Only modules without children count. A weight or bias counts as often as the class name says, any other parameter with
"weight" or "bias" in its name once per value of the first two dimensions, and whatever is left not at all.
"""

from collections.abc import Callable, Iterator
from math import prod
from typing import NamedTuple

from netstat.conventions import Called
from netstat.cost import Cost
from netstat.graph import Node, Param
from netstat.ops import node_cost

SCRIPTED = ("RecursiveScriptModule", "TopLevelTracedModule")
NORMS = ("BatchNorm", "SyncBatchNorm", "InstanceNorm", "GroupNorm", "LayerNorm", "RMSNorm")
EMBEDDINGS = ("Embedding",)
SLOPES = ("PReLU",)
_NAMED = (*NORMS, *EMBEDDINGS, *SLOPES)
_RECURRENT = ("lstm", "gru", "rnn_tanh", "rnn_relu")
_PRODUCTS = ("conv", "deform_conv", "linear", "bilinear", *_RECURRENT)


class Layer(NamedTuple):
    """A call of a leaf module whose multiply-accumulates are one product, with weights of its own.

    Attributes:
        node: that product.
        weights: how many values its weights have.
        macs: its multiply-accumulates.
        rate: how often torchinfo counts each weight.
    """

    node: Node
    weights: int
    macs: int
    rate: int

    @property
    def excess(self) -> int:
        """What torchinfo counts for the weights, beyond the multiply-accumulates."""
        return self.weights * self.rate - self.macs


def functional(node: Node, cost: Cost) -> int:
    """A scripted module is not hooked either; what runs inside has no class."""
    return 0 if node.leaf and node.module not in ("", *SCRIPTED) else -cost.macs


class Rules:
    """The rules by one version of torchinfo."""

    def __init__(self, *, linear_by_row: bool) -> None:
        """Args: linear_by_row: whether a linear layer, known by its class name, is counted per row of its output."""
        self._linear_by_row = linear_by_row

    def rate(self, called: Called, name: str) -> int:
        """How often each value of the parameter `name` counts."""
        kind, shape = called.call.module.kind, _shape(called)
        if name not in ("weight", "bias"):
            return prod(shape[:2]) if "weight" in name or "bias" in name else 0
        if "Conv" in kind:
            return prod(shape[:1] + shape[2:])
        if self._linear_by_row and "Linear" in kind:
            return prod(shape[:-1])
        return prod(shape[:1])

    def layer(self, called: Called) -> Layer | None:
        """The call as a layer, None where it is none: a container, or a module whose weights it is not made of."""
        products = _products(called)
        if len(products) != 1 or not products[0][0].op.startswith(_PRODUCTS):
            return None
        node, macs = products[0]
        weights = {name: param for name, param in parameters(called) if _is_weight(node, name)}
        values = sum(param.spec.numel for param in weights.values())
        if not values or values != _weights(node):
            return None
        return Layer(node, values, macs, self.rate(called, next(iter(weights))))

    def unnamed(self, called: Called) -> int:
        """Products in a leaf module that is no such layer."""
        return 0 if self.layer(called) else -sum(macs for _, macs in _products(called))

    def biases(self, called: Called) -> int:
        layer = self.layer(called)
        return self._counted(called, lambda name: _is_bias(layer.node, name)) if layer else 0

    def transposed(self, called: Called) -> int:
        """Per output position of the whole batch, as a convolution the other way; `unbatched` has what is left."""
        layer = self._convolution(called)
        return layer.weights * _output_positions(layer.node) - layer.macs if layer else 0

    def unbatched(self, called: Called) -> int:
        layer = self._convolution(called)
        return layer.weights * (layer.rate - _output_positions(layer.node)) if layer else 0

    def sequence(self, called: Called) -> int:
        return self._linear(called) if len(_shape(called)) > 1 else 0

    def vector(self, called: Called) -> int:
        return self._linear(called) if len(_shape(called)) == 1 else 0

    def flat(self, called: Called) -> int:
        layer = self.layer(called)
        return layer.excess if layer and layer.node.op.startswith(_RECURRENT) else 0

    def bilinear(self, called: Called) -> int:
        layer = self.layer(called)
        return layer.excess if layer and layer.node.op == "bilinear" else 0

    def misnamed(self, called: Called) -> int:
        """A convolution without "Conv" in the name of its class, or a linear layer with it."""
        layer, named = self.layer(called), "Conv" in called.call.module.kind
        if not layer or layer.node.op.startswith((*_RECURRENT, "bilinear")):
            return 0
        return layer.excess if _is_convolution(layer.node) != named else 0

    def pruned(self, called: Called) -> int:
        layer = self.layer(called)
        weights = [(n, p) for n, p in parameters(called) if layer and _is_weight(layer.node, n)]
        return sum((param.elements - param.spec.numel) * self.rate(called, name) for name, param in weights)

    def of(self, *bases: str) -> Callable[[Called], int]:
        """All parameters, of modules that descend from such a class of torch.nn."""

        def amount(called: Called) -> int:
            here = called.call.module.base.startswith(bases) and not self.layer(called)
            return self._counted(called, lambda name: True) if here else 0

        return amount

    def other(self, called: Called) -> int:
        """Of a layer, those that are neither its weights nor its biases."""
        if layer := self.layer(called):
            node = layer.node
            return self._counted(called, lambda name: not (_is_weight(node, name) or _is_bias(node, name)))
        return 0 if called.call.module.base.startswith(_NAMED) else self._counted(called, lambda name: True)

    def _counted(self, called: Called, which: Callable[[str], bool]) -> int:
        return sum(param.elements * self.rate(called, name) for name, param in parameters(called) if which(name))

    def _convolution(self, called: Called) -> Layer | None:
        layer = self.layer(called)
        return layer if layer and _is_convolution(layer.node) and "Conv" in called.call.module.kind else None

    def _linear(self, called: Called) -> int:
        layer = self.layer(called)
        plain = layer and layer.node.op == "linear" and "Conv" not in called.call.module.kind
        return layer.excess if layer and plain else 0


def parameters(called: Called) -> Iterator[tuple[str, Param]]:
    """The parameters that torchinfo finds in a leaf module, each tensor once; a pruned one goes by its old name."""
    met: set[str] = set()
    for name, param in called.params.items() if _is_hooked_leaf(called) else ():
        tensor = param.shared_with or param.name
        if tensor not in met:
            met.add(tensor)
            yield name.removesuffix("_orig") if _is_masked(called, name) else name, param


def _is_hooked_leaf(called: Called) -> bool:
    return called.call.module.leaf and called.call.module.kind not in SCRIPTED


def _is_masked(called: Called, name: str) -> bool:
    mask = f"{name.removesuffix('_orig')}_mask"
    sources = (argument.source for node in called.nodes for argument in node.arguments)
    return name.endswith("_orig") and any(source.name.rpartition(".")[2] == mask for source in sources)


def _products(called: Called) -> list[tuple[Node, int]]:
    """What a leaf module runs itself that has multiply-accumulates, with these."""
    if not _is_hooked_leaf(called):
        return []
    costs = ((node, node_cost(node)) for node in called.nodes if node.path == called.call.module.path)
    return [(node, cost.macs) for node, cost in costs if cost and cost.macs]


def _shape(called: Called) -> tuple[int, ...]:
    return called.call.outputs[0].shape if called.call.outputs else ()


def _is_weight(node: Node, name: str) -> bool:
    return name.startswith("weight_") if node.op.startswith(_RECURRENT) else name == "weight"


def _is_bias(node: Node, name: str) -> bool:
    return name.startswith("bias_") if node.op.startswith(_RECURRENT) else name == "bias"


def _weights(node: Node) -> int:
    """How many values the weights of a product have."""
    named = (argument for argument in node.arguments if len(argument.spec.shape) > 1)
    return sum(a.spec.numel for a in named if a.name in ("weight", "w_ih", "w_hh") or a.name.startswith("params."))


def _is_convolution(node: Node) -> bool:
    return node.op.startswith(("conv", "deform_conv"))


def _output_positions(node: Node) -> int:
    """Of all channels together, in the whole batch."""
    weight = node.arguments[1].spec.shape
    groups = int(node.attributes.get("groups", 1)) if "transpose" in node.op else 1
    return node.output.numel // (weight[1] * groups if "transpose" in node.op else weight[0])
