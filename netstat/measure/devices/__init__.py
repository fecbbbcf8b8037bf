"""What forward passes run on. One file, one kind of device; its name is the file's."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from netstat.errors import UsageError
from netstat.measure.clock import Clock
from netstat.measure.sensors import Sensor
from netstat.registry import Registry


class Device(Protocol):
    """A device and how time is told on it.

    Attributes:
        name: as users write it: "cpu", "cuda", "cuda:1".
        torch_device: as torch writes it.
        on_host: whether this process's own threads do the work, so that its CPU time says something.
    """

    name: str
    torch_device: str
    on_host: bool

    def unavailable(self) -> str:
        """Why it cannot be used here and what to do instead, in one line; "" where it can."""
        ...

    def describe(self) -> str:
        """The maker's name for it."""
        ...

    def environment(self) -> dict[str, Any]:
        """What about it a result depends on, ready for JSON."""
        ...

    def free_memory(self) -> int | None:
        """Bytes that can be allocated on it now, None where nobody says."""
        ...

    def active(self) -> AbstractContextManager[object]:
        """A context in which it is torch's current device, and after which torch's random states are what they were."""
        ...

    def synchronize(self) -> None:
        """Wait until everything it was given is done."""
        ...

    def hold(self, seconds: float) -> None:
        """Where work is queued: keep it busy that long, so that what follows queues up and then runs without gaps."""
        ...

    def mark(self, clock: Clock) -> Any:
        """A point in the course of its work. To be read by `seconds`, after `synchronize`."""
        ...

    def reached(self, mark: Any) -> bool:
        """Whether its work has come as far as `mark`; asked without waiting for it."""
        ...

    def seconds(self, start: Any, stop: Any) -> float:
        """Seconds from one mark to a later one."""
        ...

    def capture(self, forward: Callable[[], object]) -> Callable[[], object]:
        """What `forward` gives the device to do, recorded once, as one piece of work that can be queued again.

        Raises:
            Exception: it cannot be recorded; whatever `forward` or the device raise says why. Afterwards the device
                works on as before.
        """
        ...

    def cache_bytes(self) -> int:
        """Size of its largest cache; 0 where nobody says."""
        ...

    def forget_peaks(self) -> None:
        """Memory peaks count from here."""
        ...

    def memory(self) -> "Mapping[str, int] | None":
        """Bytes, by the fields of `records.device_memory.DeviceMemory`; None where no allocator keeps count."""
        ...

    def sensor(self) -> Sensor | None:
        """What its clocks and temperature are read from; None where nothing is there to tell."""
        ...


# By name, what makes a device of that kind from its index (None where none was given).
DEVICES: Registry[Callable[[int | None], Device]] = Registry("device", "netstat.measure.devices")


def find(name: str) -> Device:
    """The device called `name`: a kind ("cuda"), or one of several of a kind ("cuda:1").

    Raises:
        UsageError: there is no such kind, or none of that kind on this machine.
    """
    device = _named(name)
    if reason := device.unavailable():
        raise UsageError(reason)
    return device


def present() -> list[str]:
    """The kinds of device that can be used here, in alphabetical order."""
    return [name for name in sorted(DEVICES.names()) if not DEVICES[name](None).unavailable()]


def _named(name: str) -> Device:
    kind, colon, index = name.partition(":")
    if colon and not (index.isascii() and index.isdigit()):
        raise UsageError(f"device '{name}' is neither a kind nor one by number; write for example cuda or cuda:1")
    return DEVICES[kind](int(index) if colon else None)
