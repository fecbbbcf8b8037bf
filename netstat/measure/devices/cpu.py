"""The processor: everything is done when the call returns, and the host's clock tells the time."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from netstat.errors import UsageError
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

    def reached(self, mark: float) -> bool:
        """What was called has been done."""
        return True

    def seconds(self, start: float, stop: float) -> float:
        """The difference."""
        return stop - start

    def capture(self, forward: Callable[[], object]) -> Callable[[], object]:
        """There is no queue to record.

        Raises:
            UsageError: always.
        """
        raise UsageError("a processor runs no graphs: they are for devices that work off a queue")

    def cache_bytes(self) -> int:
        """The last level, as the first core sees it."""
        return host.largest_cache()

    def forget_peaks(self) -> None:
        """Torch keeps no count of the host's memory."""

    def memory(self) -> Mapping[str, int] | None:
        """Torch keeps no count of the host's memory."""
        return None

    def sensor(self) -> None:
        """The host's gates look at it in other ways."""
