"""Torch modules in fully convolutional form: a copy with convolutions for linear layers, and the same weights."""

from collections.abc import Callable, Mapping
from importlib import import_module
from inspect import ismodule
from math import isqrt
from typing import Any, NamedTuple

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from netstat.errors import ModelError, NetstatError, said
from netstat.frontends.fully_convolutional import Shape, pools_to
from netstat.frontends.shadow import shadow
from netstat.units import shape as shape_text

NO_FORM = "the model has no fully convolutional form"
POOLS: Mapping[type[nn.Module], Callable[..., nn.Module]] = {
    nn.AdaptiveAvgPool2d: nn.AvgPool2d,
    nn.AdaptiveMaxPool2d: nn.MaxPool2d,
}
POOLING: Mapping[Any, Callable[..., Tensor]] = {
    functional.adaptive_avg_pool2d: functional.avg_pool2d,
    functional.adaptive_max_pool2d: functional.max_pool2d,
}
OPENED = (nn.Linear, nn.Flatten, *POOLS)  # a module that holds none of these stays whole
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


class Map(NamedTuple):
    """What stands in for a flattened tensor: the maps that were flattened.

    Attributes:
        channels: how many maps.
        sizes: height and width of what the next linear layer takes whole; None where nobody knows: it is then square,
            and as large as the layer says.
    """

    channels: int
    sizes: Shape | None


def fully_convolutional(module: nn.Module, input_shape: Shape, *, native: bool = True) -> nn.Module:
    """`module`, which is the caller's to give away, with convolutions for the linear layers behind its flatten.

    Paths and values of parameters stay; weights (O, C·h·w) are seen as (O, C, h, w). Adaptive pooling before the
    flatten goes where it does nothing; pooling to one position becomes a window that slides.

    Args:
        module: takes one tensor of images; dropout as functions is in the mode it is in now.
        input_shape: (channels, height, width) at which its forward is followed, without values.
        native: whether that is the size it is made for; if not, what a linear layer takes is square, and pooling to a
            size does nothing at the one it is made for.

    Raises:
        ModelError: there is no such form; says what stands in the way.
    """
    outline = shadow(module, lambda tensor: tensor.detach().to("meta"))
    head = _Head(_traced(outline), native=native)
    _follow(head.run, input_shape, outline)
    head.rewrite()
    _check_that_it_slides(_rebuilt(shadow(outline, Tensor.detach), head), input_shape, outline)
    return _rebuilt(module, head)


class _Tracer(fx.Tracer):
    """Goes into modules that hold something of what changes, and leaves the others whole."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        own = super().is_leaf_module(m, module_qualified_name)
        return own or not any(isinstance(part, OPENED) for part in m.modules())


def _traced(outline: nn.Module) -> fx.GraphModule:
    try:
        return fx.GraphModule(outline, _Tracer().trace(outline))
    except Exception as error:  # whatever a user's forward raises on a stand-in
        raise ModelError(f"{NO_FORM} that netstat can find: its forward cannot be traced ({said(error)})") from error


def _follow(run: Callable[[Tensor], Any], input_shape: Shape, outline: nn.Module) -> Any:
    """What `run` makes of a batch of two."""
    floats = (parameter.dtype for parameter in outline.parameters() if parameter.dtype.is_floating_point)
    try:
        with torch.no_grad():
            return run(torch.empty(2, *input_shape, dtype=next(floats, torch.float32), device="meta"))
    except NetstatError:
        raise
    except Exception as error:
        place = shape_text(input_shape)
        raise ModelError(f"{NO_FORM} that netstat can find: its forward raised {said(error)} at {place}") from error


def _check_that_it_slides(made: nn.Module, input_shape: Shape, outline: nn.Module) -> None:
    """Refuse a form that gives one position however large the input is: something hidden pools to a fixed size."""
    channels, height, width = input_shape
    output = _follow(made, (channels, 2 * height, 2 * width), outline)
    if not isinstance(output, Tensor) or output.dim() != 4 or min(output.shape[2:]) < 2:
        raise ModelError(f"{NO_FORM} that netstat can find: something before its linear layers pools to a fixed size")


class _Head(fx.Interpreter):
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
        if given and isinstance(given[0], Tensor) and given[0].dim() == 4 and self.flattens(n):
            return self.flattened(n, given[0])
        result = super().run_node(n)
        if self.kind(n) in POOLS or n.target in POOLING:
            self.pooled[n] = given[0].shape[2:], result.shape[2:]
        return result

    def kind(self, node: fx.Node) -> Any:
        """The class of the module that a node calls, None where it calls none."""
        return type(self.fetch_attr(str(node.target))) if node.op == "call_module" else None

    def flattens(self, node: fx.Node) -> bool:
        """Whether a node makes one dimension of all but the batch."""
        if self.kind(node) is nn.Flatten:
            module: Any = self.fetch_attr(str(node.target))
            return (module.start_dim, module.end_dim) in ((1, -1), (1, 3))
        name, sizes = _name(node), _arguments(node)
        if name == "flatten":
            start, end = (*sizes, *(0, -1)[len(sizes) :])[:2]
            return (node.kwargs.get("start_dim", start), node.kwargs.get("end_dim", end)) in ((1, -1), (1, 3))
        return name in ("view", "reshape") and len(sizes) == 2

    def flattened(self, node: fx.Node, maps: Tensor) -> Map:
        """The maps, once what pools them to a size is taken care of."""
        source = node.args[0]
        while isinstance(source, fx.Node) and source not in self.pooled and self.is_valuewise(source):
            source = source.args[0]
        known = self.native
        if isinstance(source, fx.Node) and source in self.pooled:
            self.unpool(source, *self.pooled[source])
            known = True
        self.gone.append(node)
        return Map(maps.shape[1], tuple(maps.shape[2:]) if known else None)

    def unpool(self, node: fx.Node, before: Shape, after: Shape) -> None:
        """A pooling that does nothing goes; one to a single position slides."""
        one = after == (1, 1)
        if before == after or not (self.native or one):
            self.gone.append(node)
        elif self.native and one:
            self.sliding[node] = tuple(before)
        elif one:
            raise ModelError(
                f"{NO_FORM} unless one says what size it is made for, as it pools maps of any size to one position: "
                "netstat.fully_convolutional(model, (3, 224, 224))"
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
                node.args, node.kwargs, node.target = (node.args[0], size), {"stride": 1}, POOLING[node.target]
        called = {node.target for node in self.graph.nodes if node not in self.gone}
        self.unused = {str(node.target) for node in self.gone if node.op == "call_module"} - called
        for node in self.gone:
            node.replace_all_uses_with(node.all_input_nodes[0])
            self.graph.erase_node(node)
        self.graph.eliminate_dead_code()


def _name(node: fx.Node) -> str:
    return node.target if isinstance(node.target, str) else getattr(node.target, "__name__", str(node.target))


def _arguments(node: fx.Node) -> tuple[Any, ...]:
    """Positional arguments besides the tensor; sizes as one tuple are spread."""
    rest = node.args[1:]
    return tuple(rest[0]) if len(rest) == 1 and isinstance(rest[0], (tuple, list)) else rest


class FullyConvolutional(nn.Module):
    """The layers of a module, run by what is left of its forward. Can be pickled, for other processes to time it."""

    def __init__(self, layers: nn.Module, graph: fx.Graph) -> None:
        super().__init__()
        self.__dict__.update(layers.__dict__)
        written = graph.python_code("self")
        self._source = written.src
        self._imported = {name: value.__name__ for name, value in written.globals.items() if ismodule(value)}
        self._named = {name: value for name, value in written.globals.items() if not ismodule(value)}
        self._code: Callable[..., Any] | None = None

    def forward(self, images: Tensor) -> Any:
        """Scores (N, K, h, w) of images (N, C, H, W)."""
        if self._code is None:
            names = self._named | {name: import_module(module) for name, module in self._imported.items()}
            exec(self._source, names)  # what torch.fx wrote of the user's own forward
            self._code = names["forward"]
        return self._code(self, images)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_code": None}


def _rebuilt(module: nn.Module, head: _Head) -> nn.Module:
    """The rewritten forward on a module's own layers, those replaced that have to be, those gone that do nothing."""
    for path, shape in head.convolutions.items():
        module.set_submodule(path, _convolution(module.get_submodule(path), shape))
    for path, size in head.pools.items():
        pool = module.get_submodule(path)
        module.set_submodule(path, POOLS[type(pool)](size, stride=1))
    for path in head.unused:
        parent, _, name = path.rpartition(".")
        delattr(module.get_submodule(parent), name)
    return FullyConvolutional(module, head.graph)


def _convolution(linear: Any, shape: tuple[int, ...]) -> nn.Conv2d:
    """A convolution with the weights of a linear layer, seen in another shape."""
    outs, channels, *kernel = shape
    made = nn.Conv2d(channels, outs, (kernel[0], kernel[1]), bias=linear.bias is not None, device="meta")
    made.weight = nn.Parameter(linear.weight.detach().view(shape), requires_grad=linear.weight.requires_grad)
    made.bias = linear.bias
    return made.train(linear.training)
