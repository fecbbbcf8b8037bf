"""A forward pass recorded as one graph: what is left of its latency when the host hands out all work at once."""

from collections.abc import Callable
from dataclasses import dataclass

from netstat.measure.devices import Device
from netstat.measure.sampling import Forward


@dataclass(frozen=True, slots=True)
class Recording:
    """What came of recording a forward pass.

    Attributes:
        replay: gives the device the recorded work once more; None where it could not be recorded.
        refused: why it could not, in one line; "" where it could.
    """

    replay: Callable[[], object] | None
    refused: str = ""


def record(forward: Forward, device: Device) -> Recording:
    """`forward` as a graph of `device`. A model that cannot be recorded is no error: it runs, only not as a graph."""
    try:
        return Recording(device.capture(forward))
    except Exception as error:  # noqa: BLE001  whatever a model or a driver raises, the reason is what is asked for
        return Recording(None, reason(error))


def reason(error: BaseException) -> str:
    """The first line of what came first: later errors say no more than that the recording had already failed."""
    while earlier := error.__cause__ or error.__context__:
        error = earlier
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
