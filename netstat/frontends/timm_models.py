"""The models of timm: their constructors without weights, and the inputs they are made for."""

from collections.abc import Callable, Mapping
from typing import Any

from netstat.errors import ModelError, UsageError
from netstat.frontends.subject import Native
from netstat.frontends.torchvision_models import NO_WEIGHTS
from netstat.registry import unknown


def constructor(name: str) -> Callable[..., Any]:
    """A function that builds the model `name`, without weights.

    Raises:
        UsageError: no such model.
        ModelError: timm is not installed.
    """
    try:
        import timm
    except ImportError as error:
        raise ModelError('timm is not installed: pip install "netstat[timm]"') from error
    if not timm.is_model(name):
        raise UsageError(unknown("timm model", name, timm.list_models(), "timm.list_models() names them all"))

    def make(**options: Any) -> Any:
        if any(key.startswith(("pretrained", "checkpoint", "cache")) for key in options):
            raise UsageError(NO_WEIGHTS)
        return _resized(timm.create_model(name, pretrained=False, **options), options)

    return make


def native(model: Any) -> Native | None:
    """The inputs a model says it is made for; None where it says nothing."""
    size = _config(model).get("input_size")
    return Native((tuple(size),)) if size else None


def takes_one_size(model: Any) -> bool:
    """Whether a model takes no other size than the one it is made for."""
    return bool(_config(model).get("fixed_input_size"))


def _config(model: Any) -> Mapping[str, Any]:
    config = getattr(model, "default_cfg", None)
    return config if isinstance(config, Mapping) else {}


def _resized(model: Any, options: Mapping[str, Any]) -> Any:
    """The model, made for the image its options ask for: timm goes on naming the one it was trained on."""
    if size := _config(model).get("input_size"):
        side = options.get("img_size", size[1:])
        sides = (side, side) if isinstance(side, int) else tuple(side)
        model.default_cfg = {**_config(model), "input_size": (options.get("in_chans", size[0]), *sides)}
    return model
