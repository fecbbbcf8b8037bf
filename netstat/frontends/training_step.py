"""One training step as everybody writes it: the same is predicted on empty tensors and measured on real ones.

optimizer.zero_grad()                     gradients are None when the step begins, torch's default
with autocast(dtype):                     where mixed precision is asked for: parameters stay float32
output = model(*inputs)               forward
loss = criterion(output, target)      loss
loss.backward()                           backward
optimizer.step()                          optimizer, torch's own in its default implementation
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import Optimizer

from netstat.errors import ModelError
from netstat.frontends.optimizers import OPTIMIZERS
from netstat.frontends.specs import tensors_in

Enter = Callable[[str], None]  # told which phase begins

CROSS_ENTROPY, OWN_LOSS, SUM = "cross entropy", "the model's own", "sum of the output"


def optimizer_of(name: str, module: nn.Module) -> Optimizer:
    """The optimizer of the parameters that are trained.

    Raises:
        UsageError: there is none of that name.
        ModelError: every parameter is frozen.
    """
    recipe = OPTIMIZERS[name]
    trained = [parameter for parameter in module.parameters() if parameter.requires_grad]
    if not trained:
        raise ModelError("there is nothing to train: the model has no parameter that takes a gradient")
    return recipe.make(trained, recipe.learning_rate)


class Criterion:
    """The loss of a model's output, whose targets are made at the first call and kept.

    A model that gives its own loss is trained by it. Else it is the mean cross entropy of the main output (`logits` or
    `out` where something is called so, the first floating-point tensor otherwise) against one class per score vector,
    and the sum where the output has no scores of two classes or more.

    Attributes:
        name: which of these it was.
        target: the classes, None where there are none.
    """

    def __init__(self) -> None:
        self.name = ""
        self.target: Tensor | None = None

    def __call__(self, output: Any) -> Tensor:
        """The loss of `output`, one number.

        Raises:
            ModelError: nothing in it can be differentiated.
        """
        own = _named(output, "loss")
        if own is not None and own.ndim == 0:
            self.name = OWN_LOSS
            return own
        scores = _main(output)
        if scores.ndim < 2 or scores.shape[-1 if scores.ndim == 3 else 1] < 2:
            self.name = SUM
            return scores.sum()
        self.name = CROSS_ENTROPY
        return self._entropy(scores.transpose(1, 2) if scores.ndim == 3 else scores)

    def _entropy(self, scores: Tensor) -> Tensor:
        if self.target is None:
            sizes = (scores.shape[0], *scores.shape[2:])
            self.target = torch.zeros(sizes, dtype=torch.int64, device=scores.device)
        loss: Tensor = cross_entropy(scores, self.target)
        return loss


def _named(output: Any, name: str) -> Tensor | None:
    """A tensor of the output under a name that wants a gradient."""
    value = output.get(name) if isinstance(output, Mapping) else getattr(output, name, None)
    return value if isinstance(value, Tensor) and value.requires_grad else None


def _main(output: Any) -> Tensor:
    named = () if isinstance(output, Tensor) else (_named(output, "logits"), _named(output, "out"))
    learning = (tensor for tensor in tensors_in(output) if tensor.requires_grad)
    found: Tensor | None = next((tensor for tensor in (*named, *learning) if tensor is not None), None)
    if found is None:
        raise ModelError("the model cannot be trained: none of its outputs depends on a trainable parameter")
    return found


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
