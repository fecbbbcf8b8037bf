"""The paper's AlexNet as one of its two cards holds it: half the kernels of every layer."""

import torch
from torch import Tensor, nn


class AlexNetCard(nn.Module):
    """One card of two in training as the paper has it.

    Half of every layer's kernels live here. The second, fourth and fifth convolution and the normalisations see this
    card's maps alone; the third convolution and the fully connected layers see all, so that they take what the other
    card has made beside our own: `received`, as many values again, which are part of what this card holds. The
    classes are shared out as well; the other half of the scores stays there.
    """

    def __init__(self, num_classes: int = 1000) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 48, 11, stride=4), nn.Conv2d(48, 128, 5, padding=2)
        self.conv3 = nn.Conv2d(256, 192, 3, padding=1)
        self.conv4, self.conv5 = nn.Conv2d(192, 192, 3, padding=1), nn.Conv2d(192, 128, 3, padding=1)
        self.fc6, self.fc7 = nn.Linear(9216, 2048), nn.Linear(4096, 2048)
        self.fc8 = nn.Linear(4096, num_classes // 2)
        self.norm = nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)
        self.relu, self.pool, self.dropout = nn.ReLU(), nn.MaxPool2d(3, 2), nn.Dropout()

    def forward(self, x: Tensor) -> Tensor:
        """Our half of the scores of a batch."""
        x = self.pool(self.norm(self.relu(self.conv1(x))))
        x = self.pool(self.norm(self.relu(self.conv2(x))))
        x = self.relu(self.conv3(received(x)))
        x = self.relu(self.conv4(x))
        x = self.pool(self.relu(self.conv5(x)))
        x = self.dropout(self.relu(self.fc6(received(torch.flatten(x, 1)))))
        x = self.dropout(self.relu(self.fc7(received(x))))
        scores: Tensor = self.fc8(received(x))
        return scores


def received(x: Tensor) -> Tensor:
    """Our maps or values, and those of the other card behind them."""
    return torch.cat((x, torch.zeros_like(x)), 1)
