"""Whether a training step can fit into a device's memory, said before it is tried."""

from typing import TYPE_CHECKING

from netstat.analysis.memory import need
from netstat.errors import ModelError
from netstat.frontends.optimizers import OPTIMIZERS, trainable
from netstat.graph import Graph
from netstat.measure.devices import Device
from netstat.measure.fitting import bytes_needed
from netstat.measure.precision import Precision
from netstat.measure.step import WEIGHTS
from netstat.measure.subject import Inputs
from netstat.units import mebibytes

if TYPE_CHECKING:
    from torch.nn import Module

# Saved activations seldom come to so many times the rest; nearer to the limit than this they are looked at.
MOST_TIMES = 16


def check_step_fits(
    module: "Module",
    inputs: Inputs,
    optimizer: str,
    precision: Precision,
    device: Device,
    graph: Graph | None,
    *,
    moved: bool,
) -> None:
    """Refuse a step that needs more than `device` has left.

    What parameters, gradients, optimiser state and the forward pass alone need is known at once. Where the limit is not
    far, the step is gone through on tensors that hold nothing, which takes seconds and is exact but for workspace.

    Args:
        module, inputs, optimizer: what is trained, and by which of `OPTIMIZERS`.
        precision: of forward and loss; parameters are float32.
        device: where.
        graph: the forward pass; None counts no activations in the first look.
        moved: whether parameters are still to be allocated.

    Raises:
        ModelError: it does, or there is nothing to train.
    """
    from torch.nn.parameter import is_lazy

    learned = sum(4 * tensor.numel() for tensor in trainable(module) if not is_lazy(tensor))
    least = bytes_needed(module, inputs, WEIGHTS, graph, moved=moved) + learned * (1 + OPTIMIZERS[optimizer].states)
    _check(least, device)
    free = device.free_memory()
    if free is not None and MOST_TIMES * least > free:
        _check(_rehearsed(module, inputs, optimizer, precision, least, moved=moved), device)


def _rehearsed(
    module: "Module", inputs: Inputs, optimizer: str, precision: Precision, least: int, *, moved: bool
) -> int:
    """The peak of the step; `least` where it cannot be gone through without values."""
    from netstat.frontends.rehearsal import rehearse

    amp = "" if precision.dtype == "float32" else precision.dtype
    try:
        found = need(rehearse(module, inputs, optimizer, amp=amp).lifetimes)
    except ModelError:
        return least
    return found.peak_bytes - (0 if moved else found.param_bytes + found.buffer_bytes)


def _check(needed: int, device: Device) -> None:
    free = device.free_memory()
    if free is not None and needed > free:
        raise ModelError(
            f"the training step would not fit: parameters, gradients, optimiser state and what is saved need "
            f"{mebibytes(needed)}, {device.name} has {mebibytes(free)} left; use a smaller batch or input"
        )
