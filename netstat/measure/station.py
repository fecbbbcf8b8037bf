"""One configuration in one process: everything set up, warm, and ready to be timed a turn at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from netstat.graph import Graph
from netstat.measure.canary import Canary
from netstat.measure.clock import Block, Stopwatch
from netstat.measure.configuration import Configuration
from netstat.measure.device_times import device_times
from netstat.measure.devices import Device
from netstat.measure.layers import Hooked, LayerTimer, Parts
from netstat.measure.modes import EAGER, MODES
from netstat.measure.precision import find
from netstat.measure.sampling import calls_per_block, take, warm_up
from netstat.measure.settings import Settings
from netstat.measure.subject import formatted, forward_of, tensors
from netstat.measure.watch import Taken, Watch, unthrottled
from netstat.records.device_times import DeviceTimes

if TYPE_CHECKING:
    from torch.nn import Module


@dataclass(frozen=True, slots=True)
class Warm:
    """What a process says when it is ready.

    Attributes:
        device_name: the maker's name for the device.
        on_host: whether the process's own threads do the work.
        threads: how many those are.
        calls: that make one block.
        warmup_calls: that went before.
    """

    device_name: str
    on_host: bool
    threads: int
    calls: int
    warmup_calls: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What a process timed in one turn.

    Attributes:
        blocks: of bare calls, in order.
        elapsed: seconds from the first to the last, with what ran between them.
        canary: readings of the canary before them.
    """

    blocks: Sequence[Block]
    elapsed: float
    canary: Sequence[tuple[float, ...]] = ()


REFILLED = 1.0  # seconds: what others left of the caches is back after milliseconds, which so long a call does not show


class Station:
    """A forward pass and all that times it. To be used inside `isolated`.

    Args:
        module: on the device, in the precision and memory format of `configuration`.
        graph: of it, for the names of layers.
        configuration: what is timed.
        stopwatch: what times it.
        settings: how warm, and how long a block is.

    Raises:
        ModelError: the mode cannot be had here.
    """

    def __init__(
        self,
        module: "Module",
        graph: Graph | None,
        configuration: Configuration,
        stopwatch: Stopwatch,
        settings: Settings,
    ) -> None:
        device, precision = stopwatch.device, find(configuration.dtype)
        self._stopwatch = stopwatch
        self._settings = settings if device.on_host else settings.for_queue()
        inputs = [
            formatted(tensor, configuration.memory_format)
            for tensor in tensors(configuration.inputs, device, precision, module)
        ]
        run: Callable[..., object] = MODES[configuration.mode](module, inputs, device)
        self.forward = forward_of(run, inputs, f"{device.name} in {precision.name}")
        self._timer = LayerTimer(module, self.forward, stopwatch, graph) if configuration.mode == EAGER else None
        self._canary = Canary(stopwatch) if device.on_host else None
        self._watch = Watch(device.sensor(), stopwatch.clock)
        self._dropped, self._throttled = 0, False
        self._calls, self._call_seconds = 1, 0.0

    def warm(self, threads: int) -> Warm:
        """Call it until its time has settled."""
        device: Device = self._stopwatch.device
        times = warm_up(self.forward, self._stopwatch, self._settings)
        self._call_seconds = median(times[-5:])
        self._calls = 1 if self._settings.cold else calls_per_block(self._call_seconds, self._settings)
        if self._timer:
            self._timer.ready()
        return Warm(device.describe(), device.on_host, threads, self._calls, len(times))

    def turn(self, seconds: float, samples: int) -> Turn:
        """Time blocks for so long, or so many. Bare and hooked passes take turns, so that both see the same weather."""
        canary = self._canary.listen() if self._canary else []
        if self._call_seconds < REFILLED:
            self.forward()  # another process, or the canary, has had the caches
        elapsed = 0.0

        def blocks() -> list[Block]:
            nonlocal elapsed
            amount = {"calls": self._calls, "samples": samples}
            some, took = take(self.forward, self._stopwatch, **amount, seconds=seconds, between=self._between)
            elapsed += took
            return some

        taken = unthrottled(blocks, self._watch)
        self._dropped += taken.dropped
        self._throttled |= taken.throttled
        return Turn(tuple(taken.samples), elapsed, canary)

    def _between(self, calls: int) -> None:
        self._watch.after(calls)
        if self._timer:
            self._timer.run(calls)

    def device_times(self) -> DeviceTimes | None:
        """What a device with a queue says besides; None on any other, and where the work is no longer the module's."""
        if self._timer is None:
            return None
        eager: Taken[Block] = Taken([], self._dropped, self._throttled)
        return device_times(self.forward, self._stopwatch, self._settings, watch=self._watch, eager=eager)

    def hooked(self) -> Hooked:
        """What the hooks have read in all turns."""
        return self._timer.hooked if self._timer else Hooked()

    def parts(self, everybody: Sequence[Hooked]) -> Parts:
        """The times of layers and containers, over what the hooks of every process have read."""
        return self._timer.parts(everybody) if self._timer else Parts()
