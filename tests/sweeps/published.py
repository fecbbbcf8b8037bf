"""What torchvision publishes of the weights of each of its models.

`_ops` are MACs in 10⁹, rounded to three decimals, of a 512×512 image that went through the weights' transform; videos
have 16 frames.
"""

from typing import Any, NamedTuple

import torch
from torchvision.models import get_model_builder, get_model_weights, list_models

SIDE = 512  # pixels
BATCHES: dict[str, tuple[int, ...]] = {"detection": (), "video": (1, 16)}  # what comes before channels and pixels


class Published(NamedTuple):
    """What torchvision says of one or several weights of a model that agree in everything.

    Attributes:
        model: torchvision's name.
        weights: the entries' names.
        shape: of the input after the weights' transform, with the batch; of each of two for optical flow. Detectors
            take images without one.
        giga_macs: `_ops`.
        params: `num_params`.
    """

    model: str
    weights: tuple[str, ...]
    shape: tuple[int, ...]
    giga_macs: float
    params: int


def kind(model: str) -> str:
    """The part of torchvision a model is from: "detection", "video", the file of a classifier."""
    return str(get_model_builder(model).__module__.split(".")[2])


def published() -> list[Published]:
    """All that torchvision publishes, weights that agree in everything together."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for model in list_models():
        for weights in get_model_weights(model):
            entry = (model, input_shape(model, weights), weights.meta["_ops"], weights.meta["num_params"])
            found.setdefault(entry, []).append(weights.name)
    return [Published(model, tuple(names), *rest) for (model, *rest), names in found.items()]


def input_shape(model: str, weights: Any) -> tuple[int, ...]:
    """What the weights' transform makes of the image, or of the video."""
    transform, of = weights.transforms(), kind(model)
    image = torch.zeros(*BATCHES.get(of, (1,)), 3, SIDE, SIDE)
    made = transform(image, image)[0] if of == "optical_flow" else transform(image)
    return tuple(made.shape)
