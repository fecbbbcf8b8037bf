"""Time per layer, taken in place: the clock is read before and after every layer, while the whole model runs.

Layers replayed alone get the sum right and the layers wrong, because each finds the caches as its twin left them. Hooks
cost a microsecond, and what of that lies between the readings is measured here and taken off.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from netstat.graph import Graph
from netstat.measure.clock import Stopwatch
from netstat.measure.hooks import Key, LayerHooks, container_hooks
from netstat.measure.passes import Pass, Passes
from netstat.measure.plan import Plan, plan
from netstat.measure.sampling import Forward
from netstat.measure.typical import contributions
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
Calls = Mapping[tuple[Key, int], float]  # seconds, by what was called and how often it was called before


@dataclass(frozen=True, slots=True)
class Hooked:
    """What the hooks of one process read.

    Attributes:
        calibration: of them.
        layers: forward passes with hooked layers.
        containers: others with hooked containers.
    """

    calibration: Calibration = NOT_CALIBRATED
    layers: Sequence[Pass] = ()
    containers: Sequence[Pass] = ()

    @property
    def totals(self) -> tuple[float, ...]:
        """Seconds of each forward pass with hooked layers."""
        return tuple(each.seconds for each in self.layers)


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
        self._kept: tuple[list[Pass], list[Pass]] = [], []
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
        layers, containers = self._kept
        layers += self._passes.run(self._layers, calls)
        if self._containers and self._rounds % CONTAINERS_EVERY == 0:
            containers += self._passes.run(self._containers, calls)
        self._rounds += 1

    @property
    def hooked(self) -> Hooked:
        """What has been read so far."""
        return Hooked(self.calibration, *map(tuple, self._kept))

    def parts(self, everybody: Sequence[Hooked]) -> Parts:
        """The times of all there is in the model, over what processes have read that run the same."""
        calibration = Calibration.typical(each.calibration for each in everybody)
        layers = _typical([each for hooked in everybody for each in hooked.layers])
        containers = _typical([each for hooked in everybody for each in hooked.containers])
        return Parts(layer_times(self._plan, layers, calibration), container_times(self._plan, containers, calibration))


def _typical(passes: Sequence[Pass]) -> Calls:
    """What every call contributes to the median pass, in the order they ended."""
    return contributions([each.seconds for each in passes], [each.calls for each in passes]) if passes else {}


def layer_times(planned: Plan, calls: Calls, calibration: Calibration) -> tuple[LayerTime, ...]:
    """The time of everything that was timed, in the order it ended, the calibration taken off each.

    Nothing is scaled or cut off at zero, so that the sum keeps its meaning.
    """
    return tuple(
        _layer_time(planned, key, call, seconds, calibration.of(key)) for (key, call), seconds in calls.items()
    )


def _layer_time(planned: Plan, key: Key, number: int, seconds: float, empty: float) -> LayerTime:
    path, function = key
    time, below = seconds - empty, RESOLUTION * empty
    if function:
        return LayerTime(path, number, function, time, below, planned.functions[path][function])
    named = planned.unit(path, number)
    return LayerTime(path, named.call, named.op, time, below, named.family, named.covers)


def container_times(planned: Plan, calls: Calls, calibration: Calibration) -> tuple[ContainerTime, ...]:
    """The time of every call of a container in the model's order, the empty reading of its own hook taken off.

    What the hooks of containers inside cost stays in it, and enters `below`.
    """
    order = {path: place for place, path in enumerate(planned.containers)}
    inside = [path for (path, _), _ in calls]
    found = []
    for ((path, _), call), seconds in sorted(calls.items(), key=lambda item: (order[item[0][0][0]], item[0][1])):
        hooks = 1 + sum(is_inside(other, path) for other in inside)
        kind, empty = type(planned.containers[path]).__name__, calibration.module
        found.append(ContainerTime(path, call, kind, seconds - empty, RESOLUTION * empty * hooks))
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
    kept = passes.run(hooks.hooks, CALIBRATION_PASSES)
    return median(seconds for each in kept for seconds in each.calls.values())
