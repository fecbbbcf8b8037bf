"""What torchstat makes of a call of a module without children, for either of its columns.

It asks what the module is, subclasses included, and looks at its input and its output, not at what its forward runs.
"""

from collections.abc import Callable, Iterator
from math import prod

from netstat.conventions import Called, Counted, Share
from netstat.graph import Module, ModuleCall, TensorSpec
from netstat.peers.rules.by_shapes import by_shapes, products

Figure = Callable[[Called], int]
Amounts = Callable[[Counted], Iterator[Share]]

POOLS = ("MaxPool2d", "AvgPool2d")
ACTIVATIONS = ("ReLU", "ReLU6", "PReLU", "ELU", "LeakyReLU")
# Classes of torch.nn that descend from one it asks for.
_PARENTS = {
    "NonDynamicallyQuantizableLinear": "Linear",
    "UpsamplingNearest2d": "Upsample",
    "UpsamplingBilinear2d": "Upsample",
}


def _kind(module: Module) -> str:
    """The class it takes a module for; "" for one with children, which it does not look at."""
    return _PARENTS.get(module.base, module.base) if module.leaf else ""


def where(*kinds: str, figure: Figure) -> Figure:
    """`figure` for the last call of each module of these kinds: it writes over what calls before gave."""
    return lambda called: figure(called) if called.last and _kind(called.call.module) in kinds else 0


# Multiply-accumulates that are not in its figure, `times` each.


def unseen(*kinds: str, times: int) -> Amounts:
    """Those of all that runs anywhere but in modules of these kinds."""

    def amounts(counted: Counted) -> Iterator[Share]:
        seen = _last(counted, kinds)
        return _less(counted, times, lambda path, i: path not in seen)

    return amounts


def forgotten(*kinds: str, times: int) -> Amounts:
    """Those of calls of such modules before the last."""

    def amounts(counted: Counted) -> Iterator[Share]:
        last = _last(counted, kinds)
        return _less(counted, times, lambda path, i: path in last and i < last[path].start)

    return amounts


def _last(counted: Counted, kinds: tuple[str, ...]) -> dict[str, ModuleCall]:
    return {call.module.path: call for call in counted.graph.calls if _kind(call.module) in kinds}


def _less(counted: Counted, times: int, applies: Callable[[str, int], bool]) -> Iterator[Share]:
    for i, (node, cost) in enumerate(zip(counted.graph.nodes, counted.costs, strict=True)):
        if applies(node.path, i):
            yield Share(-times * cost.macs, node.path, i)


def counted_by_shapes(*kinds: str, times: int) -> Amounts:
    """The products of such a layer by its shapes, less those that its forward ran: another number in a subclass."""
    return by_shapes(lambda called: called.last and _kind(called.call.module) in kinds, times)


# A layer's shapes.


def batch(called: Called) -> int:
    """First size of what the module itself is given."""
    return _input(called).shape[0]


def inputs(called: Called) -> int:
    return _input(called).numel


def outputs(called: Called) -> int:
    return _output(called).numel


def has(called: Called, name: str) -> bool:
    """Whether the module has such a parameter, or its operators are handed what a parametrisation makes of one."""
    return name in called.params or any(node.argument(name) for node in called.nodes)


def _input(called: Called) -> TensorSpec:
    return called.call.inputs[0]


def _output(called: Called) -> TensorSpec:
    return called.call.outputs[0]


# The column "Flops".


def upsampling(called: Called) -> int:
    """Positions of the output, and no channels."""
    return batch(called) * prod(_output(called).shape[2:])


# The column "MAdd": of the first of a batch alone.


def rest_of_batch(called: Called) -> int:
    """Multiplications and additions of all but one."""
    return 2 * (products(called) // batch(called) - products(called))


def sums(called: Called) -> int:
    """Outputs; of a transposed convolution output channels at input positions."""
    if _kind(called.call.module) == "ConvTranspose2d":
        return prod(_input(called).shape[2:]) * _output(called).shape[1]
    return outputs(called) // batch(called)


def biases(called: Called) -> int:
    return sums(called) if has(called, "bias") else 0


def per_output(figure: Figure) -> Figure:
    """`figure` for each output of one sample."""
    return lambda called: figure(called) * (outputs(called) // batch(called))


def window(called: Called) -> int:
    """Positions of a pooling window."""
    size = next(node.attributes["kernel_size"] for node in called.nodes if "kernel_size" in node.attributes)
    return size**2 if isinstance(size, int) else prod(size)


def sample(called: Called) -> int:
    """Input elements of one sample."""
    return inputs(called) // batch(called)
