"""Optimisers by which a training step is predicted and timed.

Each is torch's own in its default implementation (a loop over the parameters on the CPU, `foreach` on CUDA), at the
learning rate that its documentation or the first networks used: S11 of the documents trains AlexNet by SGD at 0.01.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from netstat.errors import ModelError
from netstat.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module
    from torch.optim import Optimizer

OPTIMIZERS: Registry["Recipe"] = Registry("optimizer")


class Recipe(NamedTuple):
    """How an optimiser is made.

    Attributes:
        make: the optimiser of parameters at a learning rate.
        learning_rate: the rate.
        states: numbers it keeps beside each parameter.
    """

    make: "Callable[[Iterable[Tensor], float], Optimizer]"
    learning_rate: float
    states: int


def trainable(module: "Module") -> Sequence["Tensor"]:
    """The parameters that take a gradient, each once.

    Raises:
        ModelError: there are none.
    """
    found = [parameter for parameter in module.parameters() if parameter.requires_grad]
    if not found:
        held = "all its parameters are frozen" if any(True for _ in module.parameters()) else "it has no parameters"
        raise ModelError(f"the model cannot be trained: {held}; ask for its forward pass alone")
    return found


def _sgd(parameters: "Iterable[Tensor]", rate: float) -> "Optimizer":
    from torch.optim import SGD

    return SGD(parameters, lr=rate)


def _sgd_momentum(parameters: "Iterable[Tensor]", rate: float) -> "Optimizer":
    from torch.optim import SGD

    return SGD(parameters, lr=rate, momentum=0.9)


def _adam(parameters: "Iterable[Tensor]", rate: float) -> "Optimizer":
    from torch.optim import Adam

    return Adam(parameters, lr=rate)


def _adamw(parameters: "Iterable[Tensor]", rate: float) -> "Optimizer":
    from torch.optim import AdamW

    return AdamW(parameters, lr=rate)


OPTIMIZERS.add("sgd")(Recipe(_sgd, 0.01, 0))
OPTIMIZERS.add("sgd-momentum")(Recipe(_sgd_momentum, 0.01, 1))
OPTIMIZERS.add("adam")(Recipe(_adam, 1e-3, 2))
OPTIMIZERS.add("adamw")(Recipe(_adamw, 1e-3, 2))
