"""The processor: everything is done when the call returns, and the host's clock tells the time."""

from contextlib import AbstractContextManager
from typing import Any

from netstat.measure import host
from netstat.measure.clock import Clock
from netstat.measure.devices import DEVICES


@DEVICES.add("cpu")
class Cpu:
    """The machine's processors, taken as one device."""

    name = torch_device = "cpu"
    on_host = True

    def __init__(self, index: int | None = None) -> None:
        self._index = index or 0

    def unavailable(self) -> str:
        """There is exactly one."""
        return (
            f"no device cpu:{self._index}: all processors together are one device; use --device cpu"
            if self._index
            else ""
        )

    def describe(self) -> str:
        """Name of the processor."""
        return host.cpu_model_name()

    def environment(self) -> dict[str, Any]:
        """Nothing that is not said of the machine anyway."""
        return {}

    def free_memory(self) -> int | None:
        """Bytes the machine, or the control group, has left."""
        return host.available_memory()

    def active(self) -> AbstractContextManager[object]:
        """Keeps torch's random state of the host."""
        import torch

        return torch.random.fork_rng(devices=[])

    def synchronize(self) -> None:
        """Nothing to wait for."""

    def hold(self, seconds: float) -> None:
        """Nothing is queued."""

    def mark(self, clock: Clock) -> float:
        """The time."""
        return clock.now()

    def seconds(self, start: float, stop: float) -> float:
        """The difference."""
        return stop - start
