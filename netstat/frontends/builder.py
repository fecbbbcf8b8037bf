"""Graph of a layer spec, by the operators' own shape rules. Imports no torch."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from netstat.errors import ShapeError
from netstat.graph import TORCH, Argument, Graph, Module, ModuleCall, Node, Param, Source, TensorSpec
from netstat.models.spec import Block, Call, Layer
from netstat.ops import OPERATORS


def build_graph(name: str, spec: Block, input: TensorSpec) -> Graph:
    """The forward pass of `spec` in evaluation mode.

    Args:
        name: the model's name.
        spec: the model.
        input: shape with the batch, and dtype, which parameters share.

    Raises:
        ShapeError: a layer cannot take what reaches it; says which.
    """
    builder = _Builder(input)
    builder.run(spec)
    return Graph(
        model=name,
        inputs=(("input", input),),
        nodes=tuple(builder.nodes),
        params=tuple(params(spec, input.dtype)),
        outputs=(builder.source,),
        modules=tuple(_modules(spec)),
        calls=tuple(builder.ended),
    )


class _Builder:
    """Walks a spec, carrying the current tensor."""

    def __init__(self, input: TensorSpec) -> None:
        self.spec, self.source = input, Source("input", "input")
        self.dtype = input.dtype
        self.nodes: list[Node] = []
        self.calls: Counter[tuple[str, str]] = Counter()
        self.ended: list[ModuleCall] = []

    def run(self, step: Block | Layer, path: str = "") -> None:
        """A module's call."""
        given, source, start = self.spec, self.source, len(self.nodes)
        if isinstance(step, Block):
            self.block(step, path)
        else:
            self.layer(step, path)
        end = len(self.nodes)
        self.ended.append(ModuleCall(_module(step, path), (given,), (self.spec,), start, end, (source,)))

    def block(self, block: Block, path: str) -> None:
        """The steps of a container's forward."""
        for name, step in block.steps:
            if isinstance(step, Call):
                self.call(step.op, step.attributes, path, block.module, f"torch.{step.op}", leaf=False)
            else:
                self.run(step, f"{path}.{name}".lstrip("."))

    def layer(self, layer: Layer, path: str) -> None:
        """A leaf module's call of its operator."""
        kinds = {"param": layer.params, "buffer": layer.buffers}
        owned = {
            name: Argument(name, TensorSpec(shape, self.dtype), Source(kind, f"{path}.{name}"))
            for kind, shapes in kinds.items()
            for name, shape in shapes.items()
        }
        spelled = layer.spelled or f"torch.nn.functional.{layer.op}"
        self.call(layer.op, layer.attributes, path, layer.module, spelled, leaf=True, owned=owned)

    def call(
        self,
        op: str,
        attributes: Mapping[str, Any],
        path: str,
        module: str,
        spelled: str,
        *,
        leaf: bool,
        owned: Mapping[str, Argument] | None = None,
    ) -> None:
        operator = OPERATORS[op]
        own = owned or {}
        arguments = (
            Argument("input", self.spec, self.source),
            *(own[name] for name in operator.tensors if name in own),
        )
        canonical = operator.canonical(dict(attributes))
        try:
            outputs = operator.shape(**{a.name: a.spec for a in arguments}, **canonical)
        except ShapeError as error:
            raise error.at(path) from None
        stock = leaf or module == "Sequential"
        call, fresh = self.calls[path, op], operator.makes_tensor(**canonical)
        self.calls[path, op] += 1
        self.nodes.append(Node(op, path, module, stock, leaf, call, arguments, canonical, outputs, fresh, (spelled,)))
        self.spec, self.source = outputs[0], Source("node", node=len(self.nodes) - 1)


def params(spec: Block, dtype: str = "float32") -> Iterator[Param]:
    """Parameters in the order of torch's `named_parameters`, then buffers."""
    leaves = list(_leaves(spec))
    for path, layer in leaves:
        for name, shape in layer.params.items():
            yield Param(f"{path}.{name}", TensorSpec(shape, dtype))
    for path, layer in leaves:
        for name, shape in layer.buffers.items():
            yield Param(f"{path}.{name}", TensorSpec(shape, dtype), trainable=False, buffer=True)
        if "running_mean" in layer.buffers:
            yield Param(f"{path}.num_batches_tracked", TensorSpec((), "int64"), trainable=False, buffer=True)


def _modules(step: Layer | Block, path: str = "") -> Iterator[Module]:
    """Every module, in the order of torch's `named_modules`."""
    yield _module(step, path)
    for name, child in step.steps if isinstance(step, Block) else ():
        if not isinstance(child, Call):
            yield from _modules(child, f"{path}.{name}".lstrip("."))


def _module(step: Layer | Block, path: str) -> Module:
    """As `assemble` makes it."""
    if isinstance(step, Layer) or step.module == "Sequential":
        return Module(path, step.module, TORCH, step.module, isinstance(step, Layer))
    return Module(path, step.module, "netstat.frontends.assemble", "Module", leaf=False)


def _leaves(block: Block, path: str = "") -> Iterator[tuple[str, Layer]]:
    for name, step in block.steps:
        child = f"{path}.{name}".lstrip(".")
        if isinstance(step, Block):
            yield from _leaves(step, child)
        elif isinstance(step, Layer):
            yield child, step
