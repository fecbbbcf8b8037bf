"""Time per layer, taken in place: a forward hook before and after every leaf module, while the whole model runs.

Layers replayed alone get the sum right and the layers wrong, because each finds the caches as its twin left them. Hooks
cost microseconds, and what they cost is measured here and taken off.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, Any

from netstat.measure.clock import Stopwatch
from netstat.measure.sampling import Forward
from netstat.records.benchmark import LayerTime

if TYPE_CHECKING:
    from torch.nn import Module
    from torch.utils.hooks import RemovableHandle

RESOLUTION = 10  # a time below so many empty readings cannot be told from the hooks' own
CALIBRATION_MODULES = 64
CALIBRATION_CALLS = 16
HOLD = (
    2.0  # queue behind a pause of so many times what queueing took: a pause that ends early would show the host's time
)

Reading = tuple[str, Any, Any]


def leaves(module: "Module") -> dict[str, "Module"]:
    """The modules without children, by dotted path; one that stands at several paths by its first."""
    return {path: part for path, part in module.named_modules() if not any(True for _ in part.children())}


@contextmanager
def hooked(modules: Mapping[str, "Module"], mark: Callable[[], Any]) -> Iterator[list[Reading]]:
    """While it lasts, every call of one of `modules` adds its path and the marks before and after it to the list.

    The hooks are gone afterwards, however it ends.
    """
    readings: list[Reading] = []
    handles: list[RemovableHandle] = []
    try:
        for path, module in modules.items():
            handles.extend(_hook(path, module, mark, readings))
        yield readings
    finally:
        for handle in handles:
            handle.remove()


def _hook(path: str, module: "Module", mark: Callable[[], Any], readings: list[Reading]) -> Iterator["RemovableHandle"]:
    started: list[Any] = []  # a stack: the innermost call ends first

    def before(module: "Module", args: Any) -> None:
        started.append(mark())

    def after(module: "Module", args: Any, output: Any) -> None:
        stop = mark()
        readings.append((path, started.pop(), stop))

    # First in and last out: hooks the model brings along are part of its layers.
    yield module.register_forward_pre_hook(before, prepend=True)
    yield module.register_forward_hook(after)


class LayerTimer:
    """Runs hooked forward passes of one model and keeps what every leaf module call took.

    Args:
        modules: the leaf modules by path.
        forward: runs the model they belong to.
        stopwatch: tells the time.
    """

    def __init__(self, modules: Mapping[str, "Module"], forward: Forward, stopwatch: Stopwatch) -> None:
        self._modules = modules
        self._forward = forward
        self._clock, self._device, self._prepare = stopwatch.clock, stopwatch.device, stopwatch.prepare
        self._hold = 0.0
        self.totals: list[float] = []
        self.times: dict[tuple[str, int], list[float]] = {}

    def rehearse(self) -> None:
        """One forward pass that is not kept, to see how long the host takes to queue one."""
        start = self._clock.now()
        with hooked(self._modules, self._mark):
            self._forward()
        self._hold = HOLD * (self._clock.now() - start)
        self._device.synchronize()

    def run(self, calls: int = 1) -> None:
        """`calls` forward passes, kept."""
        with hooked(self._modules, self._mark) as readings:
            for _ in range(calls):
                self._once(readings)

    def _once(self, readings: list[Reading]) -> None:
        readings.clear()
        self._prepare()
        self._device.hold(self._hold)
        start = self._mark()
        self._forward()
        stop = self._mark()
        self._device.synchronize()
        self.totals.append(self._device.seconds(start, stop))
        self._keep(readings)

    def _keep(self, readings: Sequence[Reading]) -> None:
        seen: dict[str, int] = {}
        for path, start, stop in readings:
            call = seen[path] = seen.get(path, -1) + 1
            self.times.setdefault((path, call), []).append(self._device.seconds(start, stop))

    def _mark(self) -> Any:
        return self._device.mark(self._clock)

    def layers(self, calibration: float, ops: Mapping[str, str]) -> tuple[LayerTime, ...]:
        """The median time of every leaf module call in the order they ended, `calibration` seconds taken off each.

        Nothing is scaled or cut off at zero, so that the sum keeps its meaning.
        """
        return tuple(
            LayerTime(path, call, ops.get(path, ""), median(times) - calibration, RESOLUTION * calibration)
            for (path, call), times in self.times.items()
        )


def calibrate(stopwatch: Stopwatch) -> float:
    """Seconds the hooks read off a module that does nothing, here and now."""
    from torch import empty
    from torch.nn import Identity, Sequential

    model = Sequential(*(Identity() for _ in range(CALIBRATION_MODULES)))
    nothing = empty(0, device=stopwatch.device.torch_device)
    timer = LayerTimer(leaves(model), lambda: model(nothing), stopwatch)
    timer.rehearse()
    timer.run(CALIBRATION_CALLS)
    return median(seconds for times in timer.times.values() for seconds in times)
