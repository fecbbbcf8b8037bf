"""One configuration in one process: everything set up, warm, and ready to be timed a turn at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from netstat.graph import Graph
from netstat.measure.canary import Canary
from netstat.measure.clock import Block, Stopwatch
from netstat.measure.configuration import Configuration
from netstat.measure.devices import Device
from netstat.measure.layers import LayerTimer, calibrate, leaves
from netstat.measure.modes import EAGER, MODES
from netstat.measure.precision import find
from netstat.measure.sampling import calls_per_block, take, warm_up
from netstat.measure.settings import Settings
from netstat.measure.subject import formatted, forward_of, tensors
from netstat.records.benchmark import LayerTime

if TYPE_CHECKING:
    from torch.nn import Module

Times = Mapping[Any, Sequence[float]]


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


@dataclass(frozen=True, slots=True)
class Hooked:
    """What the hooks of one process read.

    Attributes:
        calibration: seconds they read off a module that does nothing.
        totals: seconds of each hooked forward pass.
        times: seconds of each call of each layer, by whatever the layer timer calls it.
    """

    calibration: float = 0.0
    totals: Sequence[float] = ()
    times: Times = field(default_factory=dict)


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
        self._stopwatch, self._settings, self._graph = stopwatch, settings, graph
        inputs = [
            formatted(tensor, configuration.memory_format)
            for tensor in tensors(configuration.inputs, device, precision, module)
        ]
        run: Callable[..., object] = MODES[configuration.mode](module, inputs, device)
        self.forward = forward_of(run, inputs, f"{device.name} in {precision.name}")
        self._timer = LayerTimer(leaves(module), self.forward, stopwatch) if configuration.mode == EAGER else None
        self._canary = Canary(stopwatch) if device.on_host else None
        self._calls = 1
        self._calibration = 0.0

    def warm(self, threads: int) -> Warm:
        """Call it until its time has settled."""
        device: Device = self._stopwatch.device
        times = warm_up(self.forward, self._stopwatch, self._settings)
        self._calls = calls_per_block(median(times[-5:]), self._settings)
        if self._timer:
            self._calibration = calibrate(self._stopwatch)
            self._timer.rehearse()
        return Warm(device.describe(), device.on_host, threads, self._calls, len(times))

    def turn(self, seconds: float, samples: int) -> Turn:
        """Time blocks for so long, or so many. Bare and hooked passes take turns, so that both see the same weather."""
        canary = self._canary.listen() if self._canary else []
        self.forward()  # another process, or the canary, has had the caches
        hooked = self._timer.run if self._timer else _nothing
        blocks, elapsed = take(
            self.forward, self._stopwatch, calls=self._calls, seconds=seconds, samples=samples, between=hooked
        )
        return Turn(tuple(blocks), elapsed, canary)

    def hooked(self) -> Hooked:
        """What the hooks have read in all turns."""
        timer = self._timer
        return Hooked(self._calibration, tuple(timer.totals), dict(timer.times)) if timer else Hooked()

    def layers(self, calibration: float, others: Sequence[Times]) -> tuple[LayerTime, ...]:
        """The layers' times over the readings of this process and of `others`."""
        if self._timer is None:
            return ()
        for times in others:
            for key, seconds in times.items():
                self._timer.times.setdefault(key, []).extend(seconds)
        return self._timer.layers(calibration, _ops(self._graph))


def _nothing(calls: int) -> None:
    """What runs between blocks that have no layers."""


def _ops(graph: Graph | None) -> dict[str, str]:
    names: dict[str, dict[str, None]] = {}
    for node in graph.nodes if graph else ():
        names.setdefault(node.path, {})[node.op] = None
    return {path: "+".join(ops) for path, ops in names.items()}
