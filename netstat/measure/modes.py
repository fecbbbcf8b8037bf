"""Ways to run a module: as it is, compiled, or as a recorded CUDA graph. Only the first has layers to be timed."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from netstat.errors import ModelError, UsageError, said
from netstat.measure.devices import Device
from netstat.measure.replay import record

if TYPE_CHECKING:
    from torch import Tensor

Run = Callable[..., object]
Mode = Callable[[Any, Sequence["Tensor"], Device], Run]

EAGER = "eager"


def eager(module: Any, inputs: Sequence["Tensor"], device: Device) -> Run:
    """Operator by operator."""
    run: Run = module
    return run


def compiled(module: Any, inputs: Sequence["Tensor"], device: Device) -> Run:
    """By `torch.compile` with its default backend; compiled here and now, so that no sample pays for it.

    Raises:
        ModelError: it cannot be compiled here.
    """
    import torch

    try:
        run: Run = torch.compile(module)
        run(*inputs)
    except Exception as error:
        raise ModelError(f"torch.compile fails on {device.name}: {said(error)}") from error
    return run


def cuda_graph(module: Any, inputs: Sequence["Tensor"], device: Device) -> Run:
    """Recorded once and replayed, so that the host hands out the whole pass in one call.

    Raises:
        UsageError: the device has no queue.
        ModelError: the pass cannot be recorded.
    """
    if device.on_host:
        raise UsageError(f"a CUDA graph needs a CUDA device; {device.name} is none")
    recording = record(lambda: module(*inputs), device)
    if recording.replay is None:
        raise ModelError(f"the forward pass cannot be recorded as a CUDA graph: {recording.refused}")
    replay = recording.replay
    return lambda *_: replay()


MODES: Mapping[str, Mode] = {EAGER: eager, "compile": compiled, "cuda-graph": cuda_graph}
