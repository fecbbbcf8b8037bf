"""What is to be analysed: its graph now, and the real module for whoever has to run it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from netstat.errors import ModelError, ShapeError, UsageError
from netstat.frontends.selection import AS_IT_IS, Selection
from netstat.graph import Graph, TensorSpec
from netstat.models import MODELS, Model
from netstat.models.spec import Block
from netstat.records.base import Record
from netstat.records.origin import GivenInput, Origin
from netstat.units import shape as shape_text

Shape = tuple[int, ...]
R = TypeVar("R", bound=Record)
LARGEST_SQUARE = 4096  # pixels a side: how far to look for a size that works
IMAGE = (3, 224, 224)  # what models named by torchvision or timm take, unless they say otherwise


class Native(NamedTuple):
    """The inputs a model is made for.

    Attributes:
        shapes: per input, without the batch.
        arrange: how forward takes the batched tensors; None where it takes them one after the other.
    """

    shapes: tuple[Shape, ...]
    arrange: Callable[[Sequence[Any]], tuple[Any, ...]] | None = None


class Inputs(NamedTuple):
    """What the user said about the inputs.

    Attributes:
        shapes: per input its shape without the batch, its dtype ("" for the model's) and name ("" for positional).
        batch: leading dimension of every input.
        dtype: floating-point dtype of inputs and parameters.
        args, kwargs: tensors given in person; they exclude shapes and batch.
        fully_convolutional: whether the model is to take other sizes by having convolutions for linear layers; a shape
            without the batch says what size it is made for.
    """

    shapes: tuple[tuple[Shape, str, str], ...] = ()
    batch: int = 1
    dtype: str = "float32"
    args: tuple[Any, ...] | None = None
    kwargs: Mapping[str, Any] = {}
    fully_convolutional: bool | Shape = False

    def made_for(self, default: Shape | None) -> Shape | None:
        """The size that a model in fully convolutional form is made for: as stated, else `default`."""
        return self.fully_convolutional if isinstance(self.fully_convolutional, tuple) else default

    def specs(self, default: Sequence[Shape] = ()) -> list[tuple[str, TensorSpec]]:
        """Name and spec of each input, the batch in front; `default` are the shapes of the model's own.

        Raises:
            UsageError: nobody said which shape.
        """
        shapes = self.shapes or tuple((shape, "", "") for shape in default)
        if not shapes:
            raise UsageError("the model's input shape is not known; give it, for example -i 3x224x224")
        return [(name, TensorSpec((self.batch, *shape), dtype or self.dtype)) for shape, dtype, name in shapes]


class Subject(NamedTuple):
    """A model ready to be analysed.

    Attributes:
        graph: its forward pass.
        module: makes or hands over the real torch.nn.Module.
        outline: the same, but on the meta device where netstat makes it: structure without weights.
        owned: whether that module was made by netstat, so that nobody else holds it.
        by_position: whether calling the module with `graph.inputs` in their order is the call that was captured; peers
            and clocks know no other.
        left_out: a line that says why peers and clocks have nothing to run; "" where they have.
        named: the text and inputs it was resolved from, by which another process finds the same; None for an object.
            What is frozen is not part of it: it is for processes that run the evaluation pass.
        selection: the patterns that chose the parameters to train.
    """

    graph: Graph
    module: Callable[[], Any]
    outline: Callable[[], Any]
    owned: bool
    by_position: bool = True
    left_out: str = ""
    named: tuple[str, Inputs] | None = None
    selection: Selection = AS_IT_IS

    def sign(self, record: R) -> R:
        """A record of this subject, with the words that name it where there are any."""
        return replace(record, origin=self.origin)

    @property
    def origin(self) -> Origin | None:
        """The words that name it; None for an object, and where tensors were handed over in person."""
        if self.named is None or self.named[1].args is not None:
            return None
        name, inputs = self.named
        return Origin(
            name,
            tuple(GivenInput(*each) for each in inputs.shapes),
            inputs.batch,
            inputs.dtype,
            inputs.fully_convolutional is not False,
            inputs.made_for(None),
            *self.selection,
        )


def built_in(name: str, options: Mapping[str, Any], inputs: Inputs, training: bool = False) -> Subject:
    """A model of netstat's own, without torch where the model allows it.

    Raises:
        UsageError: no such model or option.
        ShapeError: the input does not fit; says which layer, and what would.
    """
    return of_model(MODELS[name], options, inputs, training)


def of_model(model: Model, options: Mapping[str, Any], inputs: Inputs, training: bool = False) -> Subject:
    """The subject of a model of netstat's own, registered or not; errors are those of `built_in`."""
    _check_options(model, options)
    inputs = _one_input(model, inputs)
    if model.needs_torch or training or inputs.args is not None:
        return _through_torch(model, options, inputs, training)
    spec = _built(model, options, inputs)
    ((_, input),) = inputs.specs((model.input_shape,))
    graph = sized(lambda tensor: _graph(model.name, spec, tensor), input, model.input_shape, _first_path(spec))
    return Subject(graph, lambda: _assembled(spec), lambda: _on_meta(lambda: _assembled(spec)), owned=True)


def _built(model: Model, options: Mapping[str, Any], inputs: Inputs) -> Any:
    """The model's spec, in fully convolutional form where that is wanted; or the module of one that has no spec."""
    made = model.build(**options)
    if not (inputs.fully_convolutional and isinstance(made, Block)):
        return made
    from netstat.frontends.fully_convolutional import fully_convolutional

    return fully_convolutional(made, inputs.made_for(None) or model.input_shape)


def runnable(subject: Subject, module: Any) -> Any:
    """The module, if peers and clocks can run it: they call modules, with tensors by position.

    Raises:
        ModelError: they cannot.
    """
    from torch.nn import Module

    check_by_position(subject)
    if not isinstance(module, Module):
        raise ModelError(f"only a torch.nn.Module can be run, and this is a {type(module).__name__}; profile counts it")
    return module


def check_by_position(subject: Subject) -> None:
    """Refuse a model that takes inputs by name.

    Raises:
        ModelError: it does.
    """
    if not subject.by_position:
        raise ModelError("only tensors given by position can be handed to the model that is run; profile counts it")


def _check_options(model: Model, options: Mapping[str, Any]) -> None:
    if not options:
        return
    from inspect import signature

    known = signature(model.build).parameters
    for name, value in options.items():
        if name not in known:
            raise UsageError(f"model '{model.name}' has no option '{name}'; it has {', '.join(known)}")
        if known[name].annotation is int and not _is_size(value):
            raise UsageError(f"model '{model.name}': {name} must be a positive whole number, got {value!r}")


def _one_input(model: Model, inputs: Inputs) -> Inputs:
    """What was said of the one input a built-in model has, which needs no name."""
    if not inputs.shapes:
        return inputs
    (shape, dtype, name), *more = inputs.shapes
    if more or name not in ("", "input"):
        names = ", ".join(name or "one without a name" for _, _, name in inputs.shapes)
        raise UsageError(f"model '{model.name}' takes one input, called 'input'; got {names}")
    if dtype and "float" not in dtype:
        raise UsageError(f"model '{model.name}' takes a floating-point input, got {dtype}")
    return inputs._replace(shapes=((shape, dtype, ""),))


def _first_path(spec: Block) -> str:
    """Path of the layer that gets the input."""
    name, step = spec.steps[0]
    return f"{name}.{_first_path(step)}" if isinstance(step, Block) else name


def _on_meta(make: Callable[[], Any]) -> Any:
    import torch

    with torch.device("meta"):
        return make()


def _through_torch(model: Model, options: Mapping[str, Any], inputs: Inputs, training: bool) -> Subject:
    """A built-in model by way of its real module: what a spec cannot say."""
    from netstat.frontends.guards import random_state_kept
    from netstat.frontends.modules import module_subject

    def make() -> Any:
        with random_state_kept():
            made = _built(model, options, inputs)
        return _assembled(made) if isinstance(made, Block) else made

    if not model.needs_torch:
        seen = inputs._replace(fully_convolutional=False)  # the spec has that form already
        return module_subject(_on_meta(make), model.name, seen, training, Native((model.input_shape,)), make)
    return module_subject(_on_meta(make), model.name, inputs, training, Native((model.input_shape,)), make)


def _graph(name: str, spec: Block, input: TensorSpec) -> Graph:
    from netstat.frontends.builder import build_graph

    return build_graph(name, spec, input)


def _assembled(spec: Block) -> Any:
    from netstat.frontends.assemble import assemble
    from netstat.frontends.guards import random_state_kept

    with random_state_kept():
        return assemble(spec)


def sized(
    run: Callable[[TensorSpec], Graph], input: TensorSpec, default: Shape | None = None, first: str = ""
) -> Graph:
    """`run(input)`; if a layer finds the input unfit, say which input would do.

    Args:
        run: makes the graph at an input.
        input: shape with the batch, and dtype.
        default: the shape without the batch that the model is made for, None where nobody knows.
        first: path of the layer that gets the input, "" where nobody knows.

    Raises:
        ShapeError: as `run` raised it, with a size that works where one is found.
    """
    if first and default and len(input.shape) != 1 + len(default):
        got = shape_text(input.shape[1:])
        raise ShapeError(f"needs {len(default)} sizes besides the batch, such as {shape_text(default)}, got {got}").at(
            first
        )
    try:
        return run(input)
    except ShapeError as error:
        hint = _what_works(run, input, default, error)
        raise ShapeError(f"{error.message}; {hint}", path=error.path, too_small=error.too_small) from None


def _what_works(run: Callable[[TensorSpec], Graph], input: TensorSpec, default: Shape | None, error: ShapeError) -> str:
    """The smallest square input that works, looked for by doubling and halving; else the model's own input."""
    channels, dims = input.shape[1:2], len(input.shape) - 2

    def works(side: int) -> bool:
        try:
            run(TensorSpec((input.shape[0], *channels, *(side,) * dims), input.dtype))
        except ModelError:
            return False
        return True

    if error.too_small and dims > 0 and (side := _smallest(works)):
        return f"{shape_text((*channels, *(side,) * dims))} is the smallest square input that works"
    if default and default != input.shape[1:]:
        return f"the model is made for {shape_text(default)}"
    return f"the whole input, batch included, is {shape_text(input.shape)}"


def _smallest(works: Callable[[int], bool]) -> int:
    """The smallest size that works if all larger ones do, 0 if none is found."""
    low, high = 0, 1
    while not works(high):
        low, high = high, 2 * high
        if high > LARGEST_SQUARE:
            return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if works(middle) else (middle, high)
    return high


def check_positive(shapes: Sequence[Shape], batch: int) -> None:
    """Refuse sizes that cannot be.

    Raises:
        UsageError: a size or the batch is not a positive whole number.
    """
    if not _is_size(batch):
        raise UsageError(f"batch must be a positive whole number, got {batch!r}")
    for shape in shapes:
        if not shape or not all(map(_is_size, shape)):
            raise UsageError(f"input shape {tuple(shape)!r} needs positive whole sizes, such as (3, 224, 224)")


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
