"""The head of a traced torch module: what stands behind its flatten, and what has to change to have it slide."""

from collections.abc import Callable, Mapping, Sequence
from math import isqrt
from typing import Any, NamedTuple

from torch import Tensor, fx, nn
from torch.nn import functional

from netstat.errors import ModelError
from netstat.frontends.fully_convolutional import NO_FORM, Shape, pools_to
from netstat.units import shape as shape_text

POOLS: Mapping[type[nn.Module], Callable[..., nn.Module]] = {
    nn.AdaptiveAvgPool2d: nn.AvgPool2d,
    nn.AdaptiveMaxPool2d: nn.MaxPool2d,
}
POOLING: Mapping[Any, Callable[..., Tensor]] = {
    functional.adaptive_avg_pool2d: functional.avg_pool2d,
    functional.adaptive_max_pool2d: functional.max_pool2d,
}
# What is done to each value by itself, wherever it is: classes of torch.nn, and functions.
VALUEWISE = {
    nn.Identity, nn.Dropout, nn.AlphaDropout, nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.CELU, nn.SELU, nn.GELU,
    nn.SiLU, nn.Mish, nn.Sigmoid, nn.LogSigmoid, nn.Hardsigmoid, nn.Hardswish, nn.Hardtanh, nn.Tanh, nn.Softplus,
    nn.Softsign,
}  # fmt: skip
FUNCTIONS = {
    "relu", "relu_", "relu6", "leaky_relu", "elu", "celu", "selu", "gelu", "silu", "mish", "sigmoid", "hardsigmoid",
    "hardswish", "hardtanh", "tanh", "softplus", "dropout", "contiguous", "clone",
}  # fmt: skip
FLATTENING = {"flatten", "view", "reshape", "squeeze"}


class Map(NamedTuple):
    """What stands in for a flattened tensor: the maps that were flattened.

    Attributes:
        channels: how many maps.
        sizes: height and width of what the next linear layer takes whole; None where nobody knows: it is then square,
            and as large as the layer says.
    """

    channels: int
    sizes: Shape | None


class Head(fx.Interpreter):
    """Runs a traced forward; behind the flatten it follows maps instead of tensors, and notes what has to change."""

    def __init__(self, traced: fx.GraphModule, *, native: bool) -> None:
        super().__init__(traced)
        self.extra_traceback = False  # errors are one line
        self.native = native
        self.graph = traced.graph
        self.pooled: dict[fx.Node, tuple[Shape, Shape]] = {}
        self.gone: list[fx.Node] = []
        self.sliding: dict[fx.Node, Shape] = {}
        self.convolutions: dict[str, tuple[int, ...]] = {}
        self.pools: dict[str, Shape] = {}
        self.unused: set[str] = set()

    def run_node(self, n: fx.Node) -> Any:
        """A tensor, or a map behind the flatten."""
        given = [self.env[node] for node in n.all_input_nodes]
        if maps := [value for value in given if isinstance(value, Map)]:
            return self.behind(n, maps[0], alone=len(given) == 1)
        result = super().run_node(n)
        if given and self.flattens(n, given) and result.shape == (len(result), given[0][0].numel()):
            return self.flattened(n, given[0])
        if self.kind(n) in POOLS or n.target in POOLING:
            self.pooled[n] = given[0].shape[2:], result.shape[2:]
        return result

    def kind(self, node: fx.Node) -> Any:
        """The class of the module that a node calls, None where it calls none."""
        return type(self.fetch_attr(str(node.target))) if node.op == "call_module" else None

    def flattens(self, node: fx.Node, given: Sequence[Any]) -> bool:
        """Whether a node may make one dimension of all but the batch; its result says whether it does."""
        named = self.kind(node) is nn.Flatten or _name(node) in FLATTENING
        return named and isinstance(given[0], Tensor) and given[0].dim() == 4

    def flattened(self, node: fx.Node, maps: Tensor) -> Map:
        """The maps, once what pools them to a size is taken care of."""
        source = node.all_input_nodes[0]
        while source not in self.pooled and self.is_valuewise(source):
            source = source.all_input_nodes[0]
        pooled = source in self.pooled
        if pooled:
            self.unpool(source, *self.pooled[source])
        self.gone.append(node)
        return Map(maps.shape[1], tuple(maps.shape[2:]) if self.native or pooled else None)

    def unpool(self, node: fx.Node, before: Shape, after: Shape) -> None:
        """A pooling that does nothing goes; one to a single position slides."""
        one = after == (1, 1)
        if before == after or not (self.native or one):
            self.gone.append(node)
        elif self.native and one:
            self.sliding[node] = tuple(before)
        elif one:
            raise ModelError(
                f"{NO_FORM} unless one says what size it is made for, as it pools maps of any size to one position: in "
                "Python by fully_convolutional=(3, 224, 224), in a factory by returning inputs beside the model"
            )
        else:
            raise pools_to(tuple(before), tuple(after))

    def behind(self, node: fx.Node, maps: Map, *, alone: bool) -> Map:
        """What a node makes of maps: a linear layer other ones, all else that may stand there the same."""
        if node.op == "output" or (alone and self.is_valuewise(node)):
            return maps
        if not alone or self.kind(node) is not nn.Linear:
            raise ModelError(f"{NO_FORM}: {self.said(node)} behind its flatten does not go by position")
        return self.convolved(str(node.target), maps)

    def said(self, node: fx.Node) -> str:
        """What a node is, for a reader."""
        kind = self.kind(node)
        return f"{kind.__name__} ('{node.target}')" if kind else _name(node)

    def is_valuewise(self, node: fx.Node) -> bool:
        """Whether a node does the same to every value, by itself."""
        if node.op == "call_module":
            return self.kind(node) in VALUEWISE
        return node.op in ("call_function", "call_method") and _name(node) in FUNCTIONS

    def convolved(self, path: str, maps: Map) -> Map:
        """Note that the linear layer at `path` becomes a convolution over all of `maps`."""
        linear: Any = self.fetch_attr(path)
        if linear._forward_hooks or linear._forward_pre_hooks:
            raise ModelError(f"{NO_FORM}: layer '{path}' has hooks, as pruning leaves them, which would be lost")
        side = isqrt(linear.in_features // maps.channels)
        kernel = maps.sizes or (side, side)
        if linear.in_features != maps.channels * kernel[0] * kernel[1]:
            gets = shape_text((maps.channels, *(maps.sizes or ("?", "?"))))
            raise ModelError(f"{NO_FORM}: layer '{path}' takes {linear.in_features:,} features, and gets {gets}")
        shape = (linear.out_features, maps.channels, *kernel)
        if self.convolutions.setdefault(path, shape) != shape:
            raise ModelError(f"{NO_FORM}: layer '{path}' is used on maps of different sizes")
        return Map(linear.out_features, (1, 1))

    def rewrite(self) -> None:
        """Take out of the graph what goes, and let pooling slide."""
        if any(str(node.target).startswith("_tensor_constant") for node in self.graph.nodes):
            raise ModelError(f"{NO_FORM} that netstat can find: its forward makes tensors of its own")
        if not self.convolutions:
            raise ModelError(f"{NO_FORM}: no linear layer stands behind a flatten of maps (N, C, H, W)")
        for node, size in self.sliding.items():
            if node.op == "call_module":
                self.pools[str(node.target)] = size
            else:
                node.args, node.kwargs, node.target = (
                    (node.all_input_nodes[0], size),
                    {"stride": 1},
                    POOLING[node.target],
                )
        called = {node.target for node in self.graph.nodes if node not in self.gone}
        self.unused = {str(node.target) for node in self.gone if node.op == "call_module"} - called
        for node in self.gone:
            node.replace_all_uses_with(node.all_input_nodes[0])
            self.graph.erase_node(node)
        self.graph.eliminate_dead_code()


def _name(node: fx.Node) -> str:
    return node.target if isinstance(node.target, str) else getattr(node.target, "__name__", str(node.target))
