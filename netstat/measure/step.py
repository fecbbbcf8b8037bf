"""The training step that is timed: a model, an optimiser and a loss, as four calls that follow one another."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from netstat.errors import ModelError, NetstatError, said
from netstat.frontends.losses import Target, target
from netstat.frontends.optimizers import OPTIMIZERS, trainable
from netstat.measure.precision import Precision

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    from netstat.measure.devices import Device

Call = Callable[[], object]

WEIGHTS = Precision("float32", "float32")  # of parameters and optimiser state, whatever is computed in


class Step:
    """A model in training mode with what trains it. It is run once to see what it returns.

    Args:
        module: on the device, its parameters in the dtype they are kept in. It will be trained.
        inputs: what it is called with.
        device: where that is.
        kind: the precision. 16 bits are reached by autocast, float16 with a GradScaler.
        optimizer: a key of `OPTIMIZERS`.
        loss: a key of `LOSSES`.

    Attributes:
        target: what of the outputs is differentiated.

    Raises:
        UsageError: there is no such optimiser or loss.
        ModelError: the model cannot be trained; says why.
    """

    def __init__(
        self, module: "Module", inputs: Sequence["Tensor"], device: "Device", kind: Precision, optimizer: str, loss: str
    ) -> None:
        from torch import amp

        recipe = OPTIMIZERS[optimizer]
        self._module, self._inputs = module.train(), inputs
        self._kind, self._device_type = kind, device.torch_device.partition(":")[0]
        self._where = f"{device.name} in {kind.name}"
        self._output: Any = self.call("forward", self._forward)
        self.target: Target = target(self._output, loss)
        self._optimizer = recipe.make(trainable(module), recipe.learning_rate)
        self._optimizer.zero_grad()
        scaled: Any = amp  # untyped
        self._scaler = scaled.GradScaler(self._device_type, enabled=kind.dtype == "float16")
        self._loss: Any = None

    @property
    def phases(self) -> dict[str, Call]:
        """The calls by name, in order."""
        calls = {
            "forward": self._run_forward,
            "loss": self._run_loss,
            "backward": self._run_backward,
            "optimizer": self._run_optimizer,
        }
        return {name: lambda name=name, call=call: self.call(name, call) for name, call in calls.items()}  # type: ignore[misc]

    @property
    def finite(self) -> bool:
        """Whether the last loss was a number."""
        return self._loss is None or bool(self._loss.detach().isfinite())

    def call(self, name: str, call: Call) -> object:
        """What `call` returns.

        Raises:
            ModelError: for whatever it raises; names the phase.
        """
        try:
            return call()
        except NetstatError:
            raise
        except Exception as error:
            raise ModelError(f"the {name} of a training step fails on {self._where}: {said(error)}") from error

    def infer(self) -> object:
        """The forward pass alone."""
        return self.call("forward", self._forward)

    def _forward(self) -> object:
        with self._cast():
            return self._module(*self._inputs)

    def _run_forward(self) -> None:
        self._output = self._forward()

    def _run_loss(self) -> None:
        with self._cast():
            self._loss = self.target.of(self._output)
        self._scaled = self._scaler.scale(self._loss)

    def _run_backward(self) -> None:
        self._scaled.backward()

    def _run_optimizer(self) -> None:
        self._scaler.step(self._optimizer)
        self._scaler.update()
        self._optimizer.zero_grad()

    def _cast(self) -> "AbstractContextManager[object]":
        from torch import autocast

        mixed = is_mixed(self._kind)
        return autocast(self._device_type, dtype=self._kind.torch_dtype if mixed else None, enabled=mixed)


def is_mixed(kind: Precision) -> bool:
    """Whether parameters are wider than what is computed in."""
    return kind.dtype != WEIGHTS.dtype
