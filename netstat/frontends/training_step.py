"""One training step as everybody writes it: the same is predicted on empty tensors and measured on real ones.

optimizer.zero_grad()                     gradients are None when the step begins, torch's default
with autocast(dtype):                     where mixed precision is asked for: parameters stay float32
output = model(*inputs)               forward
loss = criterion(output, target)      loss
loss.backward()                           backward
optimizer.step()                          optimizer, torch's own in its default implementation
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from netstat.frontends.losses import Target, loss_for, target
from netstat.frontends.optimizers import OPTIMIZERS, trainable

Enter = Callable[[str], None]  # told which phase begins


def optimizer_of(name: str, module: nn.Module) -> Optimizer:
    """The optimizer of the parameters that are trained.

    Raises:
        UsageError: there is none of that name.
        ModelError: there is no parameter to train.
    """
    recipe = OPTIMIZERS[name]
    return recipe.make(trainable(module), recipe.learning_rate)


class Criterion:
    """The loss of a model's output; what of it is differentiated is chosen at the first call and kept."""

    def __init__(self) -> None:
        self._target: Target | None = None

    @property
    def loss(self) -> str:
        """Its name, a key of `LOSSES` or `OWN`; "" before the first call."""
        return self._target.loss if self._target else ""

    @property
    def places(self) -> tuple[int, ...]:
        """Among the tensors of the output those that the loss is made of; none before the first call."""
        return self._target.places if self._target else ()

    @property
    def wanted(self) -> Tensor | None:
        """The targets that the output is held against, where there are any."""
        return self._target.wanted if self._target else None

    def __call__(self, output: Any) -> Tensor:
        """The loss of `output`, one number.

        Raises:
            ModelError: nothing in it can be differentiated.
        """
        self._target = self._target or target(output, loss_for(output))
        return self._target.of(output)


def autocast(dtype: str, device: str = "cpu") -> AbstractContextManager[Any]:
    """Mixed precision: parameters stay as they are, operators that gain from it run in `dtype`; "" for none."""
    return torch.autocast(device, getattr(torch, dtype)) if dtype else nullcontext()


def differentiate(
    module: nn.Module, inputs: Sequence[Tensor], criterion: Criterion, enter: Enter, amp: str = ""
) -> tuple[Any, Tensor]:
    """Forward, loss and backward; output and loss, which the loop of a training script holds while it goes on."""
    with autocast(amp, inputs[0].device.type if inputs else "cpu"):
        enter("forward")
        output = module(*inputs)
        enter("loss")
        loss = criterion(output)
    enter("backward")
    loss.backward()  # type: ignore[no-untyped-call]
    return output, loss


def train_once(
    module: nn.Module,
    inputs: Sequence[Tensor],
    criterion: Criterion,
    optimizer: Optimizer,
    enter: Enter,
    amp: str = "",
) -> None:
    """One step, gradients being None beforehand."""
    held = differentiate(module, inputs, criterion, enter, amp)
    enter("optimizer")
    optimizer.step()
    del held
