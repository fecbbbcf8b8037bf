"""A model as netstat sees it: the operator calls of one forward pass, frozen and free of torch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from math import prod
from typing import Any, NamedTuple

from netstat.units import dtype_bytes

PARAMETER = "parameter"  # the `op` of a row that shows a tensor of a file without a forward pass
TORCH = "torch.nn"  # the home of the classes that torch ships


class TensorSpec(NamedTuple):
    """Shape and dtype of a tensor, without data.

    Attributes:
        shape: sizes, the batch with them; () for a number. Where formulas are derived they are letters, not ints.
        dtype: as torch spells it ("float32"); decides `nbytes`.
    """

    shape: tuple[int, ...]
    dtype: str = "float32"

    @property
    def numel(self) -> int:
        """Number of elements."""
        return prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of its elements."""
        return self.numel * dtype_bytes(self.dtype)


class Source(NamedTuple):
    """Where a tensor comes from.

    Attributes:
        kind: "input" (of the graph), "node", "param", "buffer" or "constant" (made inside forward, from no input).
        name: input, parameter or buffer name; "" otherwise.
        node: index of the node that made it, -1 otherwise.
        output: which of that node's outputs.
    """

    kind: str
    name: str = ""
    node: int = -1
    output: int = 0


class Argument(NamedTuple):
    """A tensor handed to an operator, by the name the operator's signature gives it.

    A list of tensors (`cat`) becomes one argument per element, named `tensors.0`, `tensors.1`, …

    Attributes:
        name: of the operator's signature.
        spec: shape and dtype.
        source: where it comes from.
        contiguous: whether its values lie in memory in the order of its dimensions; torch picks some kernels by that.
    """

    name: str
    spec: TensorSpec
    source: Source
    contiguous: bool = True


class Node(NamedTuple):
    """One call of one operator.

    Attributes:
        op: operator name ("conv2d").
        path: path of the module whose forward ran it; for a leaf module its own path; "" is the model itself.
        module: class name of that module ("Conv2d"), "" where there is none.
        stock: whether that class is exactly the one torch.nn ships: some counters look classes up, and miss subclasses.
        leaf: whether that module has no children; False for a functional operator inside a container's forward.
        call: how many calls of the same operator at the same path came before.
        arguments: the tensors it takes.
        attributes: everything else it was called with, defaults included.
        outputs: the tensors it makes.
        fresh: whether they take memory of their own: not views of a tensor that was there, nor written over one.
        spelled: the functions that it was called by, as code spells them, outermost first: one
            ("torch.nn.functional.relu"), or more where functions written in Python call others; some counters replace
            functions by ones that count, and see no other spelling. Empty where nothing says.
    """

    op: str
    path: str
    module: str
    stock: bool
    leaf: bool
    call: int
    arguments: tuple[Argument, ...]
    attributes: Mapping[str, Any]
    outputs: tuple[TensorSpec, ...]
    fresh: bool = True
    spelled: tuple[str, ...] = ()

    def argument(self, name: str) -> TensorSpec | None:
        """The spec of the tensor argument `name`, None where it was not given."""
        return next((argument.spec for argument in self.arguments if argument.name == name), None)

    @property
    def input(self) -> TensorSpec:
        """The first tensor argument: what the layer works on."""
        return self.arguments[0].spec

    @property
    def output(self) -> TensorSpec:
        """The first output."""
        return self.outputs[0]

    @property
    def param_names(self) -> tuple[str, ...]:
        """Names of the parameters it reads."""
        return tuple(argument.source.name for argument in self.arguments if argument.source.kind == "param")

    @property
    def activations(self) -> Iterator[Argument]:
        """The tensor arguments that are neither parameters nor buffers."""
        return (argument for argument in self.arguments if argument.source.kind not in ("param", "buffer"))


class Kept(NamedTuple):
    """What a pruning mask keeps of a tensor.

    Attributes:
        elements: how many of its values.
        channels: kernel positions (one empty position where there is no kernel) at which an output channel keeps any
            weight, and how many channels keep some at exactly these.
    """

    elements: int
    channels: tuple[tuple[tuple[tuple[int, ...], ...], int], ...] = ()


class Param(NamedTuple):
    """A parameter or buffer of the model.

    Attributes:
        name: its path ("features.0.weight").
        spec: shape and dtype.
        trainable: whether it takes a gradient; always False for a buffer.
        buffer: whether it is a buffer, which no parameter count includes.
        shared_with: the name under which the same tensor was met first, None for the first.
        kept: what a pruning mask keeps of it, and the mask's own buffer says the same; None where there is no mask, or
            nobody asked for it.
    """

    name: str
    spec: TensorSpec
    trainable: bool = True
    buffer: bool = False
    shared_with: str | None = None
    kept: Kept | None = None

    @property
    def elements(self) -> int:
        """Number of elements; of a parameter with a pruning mask those that the mask keeps."""
        return self.spec.numel if self.kept is None or self.buffer else self.kept.elements


class Module(NamedTuple):
    """A module of the model.

    Attributes:
        path: the first path that leads to it; "" for the model itself.
        kind: its class ("Conv2d").
        home: where that class is defined: "torch.nn", whichever file of it, or a module of somebody else's.
        base: the first class of torch.nn among those it descends from, itself included.
        leaf: whether it has no children.
    """

    path: str
    kind: str
    home: str = ""
    base: str = "Module"
    leaf: bool = True


class ModuleCall(NamedTuple):
    """One call of a module, containers included.

    Attributes:
        module: the module.
        inputs: the tensors it was given by position.
        outputs: the tensors it returned.
        start: index of the first node that ran inside it.
        stop: index after the last one; `start` where none did.
        sources: where the inputs came from: tensors that the caller holds until the call ends.
    """

    module: Module
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    start: int
    stop: int
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """The operator calls of one forward pass in execution order.

    Attributes:
        model: the model's name.
        inputs: name and spec of each input, batch included.
        nodes: operator calls in execution order.
        params: every parameter and buffer of the model, used or not.
        outputs: where the model's outputs come from.
        training: whether the forward pass ran in training mode.
        modules: every module, containers included.
        aliases: the further paths that lead to a module, with its first one.
        calls: the calls of modules, in the order they ended: inner ones first.
        device: what it ran on: "meta" or "fake" tensors, which hold nothing, or real ones on the "cpu"; "" where it did
            not run at all.
    """

    model: str
    inputs: tuple[tuple[str, TensorSpec], ...]
    nodes: tuple[Node, ...]
    params: tuple[Param, ...] = ()
    outputs: tuple[Source, ...] = ()
    training: bool = False
    modules: tuple[Module, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    calls: tuple[ModuleCall, ...] = ()
    device: str = field(default="", compare=False)  # how it was found out, not what it is

    @property
    def classes(self) -> dict[str, str]:
        """Class of each module by path."""
        return {module.path: module.kind for module in self.modules}

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts and lists, ready for JSON."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}


def plain(value: Any) -> Any:
    """Dataclasses and named tuples as dicts, tuples as lists, all the way down."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: plain(item) for name, item in zip(value._fields, value, strict=True)}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value
