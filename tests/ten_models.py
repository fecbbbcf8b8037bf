"""The ten models that every counter is held against: each with the shape of its input, batch included."""

from collections.abc import Callable
from typing import Any

import torch
import torchvision
from torch import Tensor, nn

from netstat.frontends.outline import WeightsOnMeta


class LstmClassifier(nn.Module):
    """Two LSTM layers over a sequence, and a linear layer on the last step."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(64, 128, num_layers=2, batch_first=True)
        self.head = nn.Linear(128, 10)

    def forward(self, x: Tensor) -> Any:
        return self.head(self.lstm(x)[0][:, -1])


def encoder() -> nn.Module:
    layer = nn.TransformerEncoderLayer(256, 4, 1024, batch_first=True)
    return nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)


def _torchvision(name: str) -> tuple[Callable[[], nn.Module], tuple[int, ...]]:
    return (lambda: torchvision.models.get_model(name), (1, 3, 224, 224))


IMAGE_MODELS = (
    *("alexnet", "vgg16", "resnet50", "mobilenet_v2", "efficientnet_b0"),
    *("vit_b_16", "swin_t", "convnext_tiny"),
)
TEN_MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    **{name: _torchvision(name) for name in IMAGE_MODELS},
    "lstm": (LstmClassifier, (1, 32, 64)),
    "transformer_encoder": (encoder, (1, 64, 256)),
}


def outlined(name: str, batch: int = 1) -> tuple[nn.Module, Tensor]:
    """A model and its input on the meta device, in evaluation mode: shapes without memory."""
    make, (_, *sizes) = TEN_MODELS[name]
    with WeightsOnMeta():
        return make().eval(), torch.empty(batch, *sizes, device="meta")
