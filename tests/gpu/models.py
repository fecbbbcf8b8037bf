"""Models for the script: torchvision's, and small ones that show one thing each."""

import time
from typing import Any

from torch import Tensor, nn


class Small(nn.Sequential):
    """A network for a rehearsal."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(),
            nn.Dropout(), nn.Linear(32, 10),
        )  # fmt: skip


class Looks(nn.Module):
    """Looks at a value, so that the host waits for the device: it cannot be recorded, nor queued ahead."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.linear(x)
        return y if y.sum().item() > 0 else -y


class Slow(nn.Module):
    """Keeps the host busy for some milliseconds beside a little work for the device."""

    def __init__(self, seconds: float = 5e-3) -> None:
        super().__init__()
        self.linear, self.seconds = nn.Linear(512, 512), seconds

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(4):
            time.sleep(self.seconds / 4)
            x = self.linear(x)
        return x


def build(name: str) -> Any:
    """A model by name, with random values."""
    if name == "small":
        return Small()
    from torchvision import models

    return models.get_model(name, weights=None)


MODELS = dict.fromkeys(("alexnet", "vgg16", "resnet50", "vit_b_16"), (3, 224, 224))
REHEARSED = {"small": (3, 16, 16)}
