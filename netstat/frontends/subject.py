"""What is to be analysed: its graph now, and the real module for whoever has to run it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from netstat.errors import ModelError, ShapeError, UsageError
from netstat.graph import Graph, TensorSpec
from netstat.models import MODELS, Model
from netstat.models.spec import Block
from netstat.units import shape as shape_text

Shape = tuple[int, ...]
LARGEST_SQUARE = 4096  # pixels a side: how far to look for a size that works
IMAGE = (3, 224, 224)  # what models named by torchvision or timm take, unless they say otherwise


class Inputs(NamedTuple):
    """What the user said about the inputs.

    Attributes:
        shapes: per input its shape without the batch, its dtype ("" for the model's) and name ("" for positional).
        batch: leading dimension of every input.
        dtype: floating-point dtype of inputs and parameters.
        args, kwargs: tensors given in person; they exclude shapes and batch.
    """

    shapes: tuple[tuple[Shape, str, str], ...] = ()
    batch: int = 1
    dtype: str = "float32"
    args: tuple[Any, ...] | None = None
    kwargs: Mapping[str, Any] = {}

    def specs(self, default: Shape | None) -> list[tuple[str, TensorSpec]]:
        """Name and spec of each input, the batch in front; `default` is the model's own input.

        Raises:
            UsageError: nobody said which shape.
        """
        shapes = self.shapes or (((default, "", ""),) if default else ())
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
    """

    graph: Graph
    module: Callable[[], Any]
    outline: Callable[[], Any]
    owned: bool


def built_in(name: str, options: Mapping[str, Any], inputs: Inputs, training: bool = False) -> Subject:
    """A model of netstat's own, without torch where the model allows it.

    Raises:
        UsageError: no such model or option.
        ShapeError: the input does not fit; says which layer, and what would.
    """
    model = MODELS[name]
    if model.needs_torch or training or inputs.args is not None or len(inputs.shapes) > 1:
        return _through_torch(model, options, inputs, training)
    spec = _call(model, options)
    ((_, input),) = inputs.specs(model.input_shape)
    graph = sized(lambda spec_input: _graph(name, spec, spec_input), input, model.input_shape)
    return Subject(graph, lambda: _assembled(spec), lambda: _on_meta(lambda: _assembled(spec)), owned=True)


def _on_meta(make: Callable[[], Any]) -> Any:
    import torch

    with torch.device("meta"):
        return make()


def _through_torch(model: Model, options: Mapping[str, Any], inputs: Inputs, training: bool) -> Subject:
    """A built-in model by way of its real module: what a spec cannot say."""
    from netstat.frontends.modules import module_subject

    def make() -> Any:
        made = _call(model, options)
        return _assembled(made) if isinstance(made, Block) else made

    return module_subject(_on_meta(make), model.name, inputs, training, model.input_shape, make)


def _call(model: Model, options: Mapping[str, Any]) -> Any:
    try:
        return model.build(**options)
    except TypeError as error:
        raise UsageError(f"model '{model.name}' does not take these options: {error}") from None


def _graph(name: str, spec: Block, input: TensorSpec) -> Graph:
    from netstat.frontends.builder import build_graph

    return build_graph(name, spec, input)


def _assembled(spec: Block) -> Any:
    from netstat.frontends.assemble import assemble

    return assemble(spec)


def sized(run: Callable[[TensorSpec], Graph], input: TensorSpec, default: Shape | None = None) -> Graph:
    """`run(input)`; if a layer finds the input unfit, say which input would do.

    Raises:
        ShapeError: as `run` raised it, with a size that works where one is found.
    """
    try:
        return run(input)
    except ShapeError as error:
        hint = _what_works(run, input, default, error)
        raise ShapeError(f"{error.message}{hint}", path=error.path, too_small=error.too_small) from None


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
        return f"; {shape_text((*channels, *(side,) * dims))} is the smallest square input that works"
    return f"; the model is made for {shape_text(default)}" if default and default != input.shape[1:] else ""


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
    if isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
        raise UsageError(f"batch must be a positive whole number, got {batch!r}")
    for shape in shapes:
        if not shape or any(isinstance(size, bool) or not isinstance(size, int) or size < 1 for size in shape):
            raise UsageError(f"input shape {tuple(shape)!r} needs positive whole sizes, such as (3, 224, 224)")
