"""The register of built-in models."""

from collections.abc import Callable
from typing import Any, NamedTuple

from netstat.registry import Registry


class Model(NamedTuple):
    """A built-in model.

    Attributes:
        name: what users type.
        build: makes the spec, or a torch.nn.Module where `needs_torch`; its keywords are the model's options.
        input_shape: (channels, height, width) the model was made for.
        summary: one line.
        needs_torch: whether `build` makes a module rather than a spec.
    """

    name: str
    build: Callable[..., Any]
    input_shape: tuple[int, ...]
    summary: str
    needs_torch: bool = False


MODELS: Registry[Model] = Registry("model")


def model(
    name: str, input_shape: tuple[int, ...], summary: str, *, needs_torch: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: register the function below as a built-in model."""

    def register(build: Callable[..., Any]) -> Callable[..., Any]:
        MODELS.add(name)(Model(name, build, input_shape, summary, needs_torch))
        return build

    return register
