"""Models as users write them into a file of their own, for processes that look for them by name."""

import os
import signal

import torch
from torch import Tensor, nn


class Small(nn.Module):
    """Prints, as some do."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        """Run the body."""
        print("said by the model")  # noqa: T201
        out: Tensor = self.body(x)
        return out


class Fails(Small):
    """Raises on real tensors."""

    def forward(self, x: Tensor) -> Tensor:
        """Refuse."""
        if x.device.type != "meta":
            raise ValueError("not on this machine")
        return super().forward(x)


class Dies(Small):
    """Takes its process with it, as a fault in an extension does."""

    def forward(self, x: Tensor) -> Tensor:
        """End the process."""
        if x.device.type != "meta" and torch.is_inference_mode_enabled():
            os.kill(os.getpid(), signal.SIGSEGV)
        return super().forward(x)


class Unpicklable(Small):
    """Cannot be handed over."""

    def __init__(self) -> None:
        super().__init__()
        self.secret = lambda: None
