"""VGG-16 as people write it by hand: activations and reshaping are functions in forward."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the field's name for it

from netstat.models.vgg import CHANNELS, DEPTHS


class VGG16Functional(nn.Module):
    """VGG-16 without dropout. Input (N, 3, 224, 224), output (N, num_classes)."""

    def __init__(self, num_classes: int = 1000) -> None:
        super().__init__()
        stages, in_channels = [], 3
        for repeats, channels in zip(DEPTHS[16], CHANNELS, strict=True):
            sizes = [in_channels] + [channels] * repeats
            stages.append(nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(sizes)))
            in_channels = channels
        self.stages = nn.ModuleList(stages)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(512 * 7 * 7, 4096)
        self.fc2 = nn.Linear(4096, 4096)
        self.fc3 = nn.Linear(4096, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Class scores, before softmax."""
        for stage in self.stages:
            assert isinstance(stage, nn.ModuleList)
            for conv in stage:
                x = F.relu(conv(x))
            x = self.pool(x)
        x = x.reshape(x.shape[0], -1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        scores: torch.Tensor = self.fc3(x)
        return scores
