"""Time per layer, taken in place: the clock is read before and after every layer, while the whole model runs.

Layers replayed alone get the sum right and the layers wrong, because each finds the caches as its twin left them. Hooks
cost a microsecond, and what of that lies between the readings is measured here and taken off.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from netstat.graph import Graph
from netstat.measure.clock import Stopwatch
from netstat.measure.hooks import Key, LayerHooks, container_hooks
from netstat.measure.passes import Passes, Times
from netstat.measure.plan import Plan, plan
from netstat.measure.sampling import Forward
from netstat.records.benchmark import ContainerTime, LayerTime

if TYPE_CHECKING:
    from torch.nn import Module

RESOLUTION = 10  # a time below so many empty readings cannot be told from the hooks' own
CALIBRATION_CALLS = 64
CALIBRATION_PASSES = 16
CONTAINERS_EVERY = 2  # passes of layers to one of containers, whose calls are few and long


class Calibration(NamedTuple):
    """Seconds the hooks read off a module that does nothing, and off a function that does nothing."""

    module: float
    function: float = 0.0

    def of(self, key: Key) -> float:
        """What to take off a reading."""
        return self.function if key[1] else self.module

    @classmethod
    def typical(cls, readings: Iterable["Calibration"]) -> "Calibration":
        """The median ones, of several processes."""
        return cls(*map(median, zip(*readings, strict=True)))


NOT_CALIBRATED = Calibration(0.0)


@dataclass(frozen=True, slots=True)
class Hooked:
    """What the hooks of one process read.

    Attributes:
        calibration: of them.
        totals: seconds of each forward pass with hooked layers.
        layers: seconds of each call that was timed in these.
        containers: seconds of each call of a container, in passes of their own.
    """

    calibration: Calibration = NOT_CALIBRATED
    totals: Sequence[float] = ()
    layers: Times = field(default_factory=dict)
    containers: Times = field(default_factory=dict)


class Parts(NamedTuple):
    """The times of everything in a model."""

    layers: tuple[LayerTime, ...] = ()
    containers: tuple[ContainerTime, ...] = ()


class LayerTimer:
    """Runs hooked forward passes of one model and keeps what everything in it took.

    Args:
        module: the model.
        forward: runs it.
        stopwatch: tells the time.
        graph: of the model: says which functions are timed, and what everything is called.

    Attributes:
        calibration: what to take off the readings; 0 until `ready` has found out.
    """

    def __init__(self, module: "Module", forward: Forward, stopwatch: Stopwatch, graph: Graph | None = None) -> None:
        self.calibration = NOT_CALIBRATED
        self._plan = plan(module, graph)
        self._totals: list[float] = []
        self._times: tuple[Times, Times] = {}, {}
        self._stopwatch, self._passes = stopwatch, Passes(forward, stopwatch)
        mark, readings = self._passes.mark, self._passes.readings
        self._layers = LayerHooks(self._plan, mark, readings).hooks
        self._containers = container_hooks(self._plan.containers, mark, readings)
        self._rounds = 0

    def ready(self) -> None:
        """Calibrate, and make one forward pass that is not kept."""
        self.calibration = calibrate(self._stopwatch)
        self._passes.rehearse(self._layers)

    def run(self, calls: int = 1) -> None:
        """`calls` forward passes with hooked layers, kept; every other time as many with hooked containers."""
        layers, containers = self._times
        self._totals += self._passes.run(self._layers, calls, layers)
        if self._containers and self._rounds % CONTAINERS_EVERY == 0:
            self._passes.run(self._containers, calls, containers)
        self._rounds += 1

    @property
    def hooked(self) -> Hooked:
        """What has been read so far."""
        return Hooked(self.calibration, tuple(self._totals), *self._times)

    def parts(self, everybody: Sequence[Hooked]) -> Parts:
        """The times of all there is in the model, over what processes have read that run the same."""
        calibration = Calibration.typical(each.calibration for each in everybody)
        layers = _merged([each.layers for each in everybody])
        containers = _merged([each.containers for each in everybody])
        return Parts(layer_times(self._plan, layers, calibration), container_times(self._plan, containers, calibration))


def _merged(every: Iterable[Times]) -> Times:
    together: Times = {}
    for times in every:
        for key, seconds in times.items():
            together.setdefault(key, []).extend(seconds)
    return together


def layer_times(planned: Plan, times: Times, calibration: Calibration) -> tuple[LayerTime, ...]:
    """The median time of everything that was timed, in the order it ended, the calibration taken off each.

    Nothing is scaled or cut off at zero, so that the sum keeps its meaning.
    """
    return tuple(
        _layer_time(planned, key, call, median(seconds), calibration.of(key)) for (key, call), seconds in times.items()
    )


def _layer_time(planned: Plan, key: Key, number: int, seconds: float, empty: float) -> LayerTime:
    path, function = key
    time, below = seconds - empty, RESOLUTION * empty
    if function:
        return LayerTime(path, number, function, time, below, planned.functions[path][function])
    named = planned.unit(path, number)
    return LayerTime(path, named.call, named.op, time, below, named.family, named.covers)


def container_times(planned: Plan, times: Times, calibration: Calibration) -> tuple[ContainerTime, ...]:
    """The median time of every call of a container in the model's order, the empty reading of its own hook taken off.

    What the hooks of containers inside cost stays in it, and enters `below`.
    """
    order = {path: place for place, path in enumerate(planned.containers)}
    inside = [path for (path, _), _ in times]
    found = []
    for ((path, _), call), seconds in sorted(times.items(), key=lambda item: (order[item[0][0][0]], item[0][1])):
        hooks = 1 + sum(is_inside(other, path) for other in inside)
        kind, empty = type(planned.containers[path]).__name__, calibration.module
        found.append(ContainerTime(path, call, kind, median(seconds) - empty, RESOLUTION * empty * hooks))
    return tuple(found)


def is_inside(path: str, container: str) -> bool:
    """Whether `path` is that of something inside `container`; "" is the model."""
    return path.startswith(f"{container}.") if container else bool(path)


def calibrate(stopwatch: Stopwatch) -> Calibration:
    """What the hooks read off nothing, here and now."""
    from torch import empty
    from torch.nn import Identity, Sequential

    model = Sequential(*(Identity() for _ in range(CALIBRATION_CALLS)))
    nothing = empty(0, device=stopwatch.device.torch_device)

    def call_functions(hooks: LayerHooks) -> None:
        for _ in range(CALIBRATION_CALLS):
            hooks.called("", "nothing", model[0].forward, (nothing,), {})

    return Calibration(
        _empty_reading(plan(model), lambda hooks: model(nothing), stopwatch),
        _empty_reading(Plan({}, {}), call_functions, stopwatch),
    )


def _empty_reading(planned: Plan, run: Callable[[LayerHooks], object], stopwatch: Stopwatch) -> float:
    """The median reading of what `run` calls through hooks made for `planned`."""
    passes = Passes(lambda: run(hooks), stopwatch)
    hooks = LayerHooks(planned, passes.mark, passes.readings)
    passes.rehearse(hooks.hooks)
    times: Times = {}
    passes.run(hooks.hooks, CALIBRATION_PASSES, times)
    return median(seconds for kept in times.values() for seconds in kept)
