"""Layer specs in fully convolutional form. No torch."""

from math import prod

from netstat.errors import ModelError
from netstat.frontends.builder import build_graph
from netstat.graph import Graph, Node, TensorSpec
from netstat.models.layers import conv2d
from netstat.models.spec import Block, Call, Layer
from netstat.units import shape as shape_text

Shape = tuple[int, ...]
NO_FORM = "the model has no fully convolutional form"


def fully_convolutional(spec: Block, input_shape: Shape) -> Block:
    """The network that gives a map of scores: what `spec` says of every window of a larger input, in one pass.

    A linear layer that takes C maps of h×w whole becomes a convolution of C channels with an h×w kernel, those behind
    it become 1×1 convolutions; flattening goes. Names stay, and so do weights but for their shape: (O, C·h·w) is
    (O, C, h, w). Source: Sermanet et al., "OverFeat" (2014); Simonyan and Zisserman (2014), section 3.2.

    Args:
        spec: a network with a head of linear layers.
        input_shape: (channels, height, width) it is made for. There, adaptive pooling does nothing, and it goes.

    Raises:
        ModelError: adaptive pooling does something at this input.
        ShapeError: a layer cannot take this input.
    """
    return _Rewriting(build_graph("", spec, TensorSpec((1, *input_shape)))).block(spec, "")


def pools_to(before: Shape, after: Shape) -> ModelError:
    """The refusal of an adaptive pooling that is no identity at the input a model is made for."""
    return ModelError(
        f"{NO_FORM}: before its linear layers it pools {shape_text(before)} to "
        f"{shape_text(after)}; give the size it is made for, where they are the same"
    )


class _Rewriting:
    """Walks a spec beside the graph of its forward pass, which knows the sizes."""

    def __init__(self, graph: Graph) -> None:
        self.nodes = {(node.path, node.op): node for node in graph.nodes}  # each layer of a spec runs once
        self.kernel: Shape = ()  # sizes of the maps that the next linear layer takes whole

    def block(self, block: Block, path: str) -> Block:
        """A container without the steps that go."""
        steps = [(name, self.step(step, path, f"{path}.{name}".lstrip("."))) for name, step in block.steps]
        return Block(block.module, tuple((name, step) for name, step in steps if step is not None))

    def step(self, step: Layer | Block | Call, parent: str, path: str) -> Layer | Block | Call | None:
        """What takes the place of a step; None where nothing does."""
        if isinstance(step, Block):
            return self.block(step, path)
        node = self.nodes[parent if isinstance(step, Call) else path, step.op]
        if step.op == "flatten":
            self.kernel = node.input.shape[2:]
            return None
        if step.op == "adaptive_avg_pool2d":
            _check_identity(node)
            return None
        if step.op == "linear" and isinstance(step, Layer):
            return self.convolution(step)
        return step

    def convolution(self, layer: Layer) -> Layer:
        """In place of a linear layer."""
        kernel, self.kernel = self.kernel, (1, 1)
        features, outs = layer.arguments["in_features"], layer.arguments["out_features"]
        return conv2d(features // prod(kernel), outs, (kernel[0], kernel[1]))


def _check_identity(node: Node) -> None:
    before, after = node.input.shape[2:], node.output.shape[2:]
    if before != after:
        raise pools_to(before, after)
