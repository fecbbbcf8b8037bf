"""The models torchvision ships: their constructors without weights, and the inputs they are made for."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from netstat.errors import UsageError
from netstat.frontends.subject import IMAGE, Native
from netstat.registry import unknown

CLIP_FRAMES = 16  # what torchvision's published operation counts of video models are for
NO_WEIGHTS = "netstat fetches no weights: they change no figure of a profile"
DETECTION, FLOW = (3, 800, 800), (3, 512, 512)


def names() -> list[str]:
    """Every model torchvision ships."""
    from torchvision.models import list_models

    return [str(name) for name in list_models()]


def native(name: str, options: Mapping[str, Any]) -> Native:
    """The inputs of the model `name`: the size its published weights were evaluated at, unless its options say one."""
    from torchvision.models import get_model_builder, get_model_weights

    kind = get_model_builder(name).__module__.split(".")[2]
    if kind == "detection":
        return Native((DETECTION,), _images)
    if kind == "optical_flow":
        return Native((FLOW, FLOW))
    if kind == "vision_transformer":  # one size, which is an option
        side = options.get("image_size", IMAGE[1])
        return Native(((3, side, side),))
    height, width = _evaluated_at(get_model_weights(name).DEFAULT)
    if kind == "video":
        return Native(((3, CLIP_FRAMES, height, width),))
    return Native(((3, height, width),))


def _images(tensors: Sequence[Any]) -> tuple[Any, ...]:
    """Detectors take a list of images, which may differ in size."""
    return ([image for tensor in tensors for image in tensor.unbind()],)


def _evaluated_at(weights: Any) -> tuple[int, int]:
    """Height and width that the weights' own transform crops or resizes to."""
    chosen = getattr(weights.transforms, "keywords", {})
    size = chosen.get("crop_size") or chosen.get("resize_size") or IMAGE[1:]
    return (size, size) if isinstance(size, int) else (size[0], size[-1])


def constructor(name: str) -> Callable[..., Any]:
    """A function that builds the model `name`, without weights.

    Raises:
        UsageError: no such model.
    """
    from torchvision.models import get_model_builder

    try:
        build = get_model_builder(name)
    except ValueError:
        hint = "torchvision.models.list_models() names them all"
        raise UsageError(unknown("torchvision model", name, names(), hint)) from None
    without = [key for key in inspect.signature(build).parameters if key.startswith("weights")]

    def make(**options: Any) -> Any:
        if options.keys() & without:
            raise UsageError(NO_WEIGHTS)
        return build(**dict.fromkeys(without), **options)

    return make
