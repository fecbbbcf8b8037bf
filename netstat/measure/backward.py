"""Time of the backward pass per module, taken in place: a hook before and after every node of autograd's graph.

A node of that graph is the way back through one operator. It belongs to the innermost module whose forward made it,
which hooks on the modules find out during the forward pass, before the clock runs. Hooks on nodes leave alone what
hooks on modules (`register_full_backward_hook`) break: in-place operators.

Nodes that hand gradients to parameters (AccumulateGrad) get no hook: it would hold on to the gradient, and torch would
copy what it otherwise takes over, the whole size of the parameters. What they take, and the sums of gradients where
paths meet, is in no module's time.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, Any

from netstat.measure.clock import Stopwatch
from netstat.measure.typical import contributions

if TYPE_CHECKING:
    from torch.nn import Module

HOLD = 2.0  # queue behind a pause of so many times what queueing took
EMPTY_NODES = 64
EMPTY_RUNS = 16
_UNHOOKED = "AccumulateGrad"

Call = Callable[[], object]


class BackwardTimer:
    """Runs training steps with hooks and keeps what every module's part of the backward pass took.

    Args:
        module: the model.
        phases: of its step, by name: those before "backward", it, and those after.
        stopwatch: tells the time.

    Attributes:
        totals: seconds of each hooked backward pass.
        times: of the same passes, per path the seconds of all its calls together.
    """

    def __init__(self, module: "Module", phases: Mapping[str, Call], stopwatch: Stopwatch) -> None:
        self._module, self._phases = module, phases
        self._clock, self._device = stopwatch.clock, stopwatch.device
        self._hold = 0.0
        self.totals: list[float] = []
        self.times: list[dict[str, float]] = []

    def run(self) -> None:
        """One step, kept; where work is queued, before the first another, to see how long queueing takes the host."""
        if not self.totals and not self._device.on_host:
            self._hold = HOLD * self._step()[0]
        _, total, readings = self._step()
        self.totals.append(total)
        sums: dict[str, float] = {}
        for path, seconds in readings:
            sums[path] = sums.get(path, 0.0) + seconds
        self.times.append(sums)

    def typical(self) -> dict[str, float]:
        """Seconds per path of the median hooked backward pass, the last layer first."""
        return contributions(self.totals, self.times)

    def _step(self) -> tuple[float, float, list[tuple[str, float]]]:
        """Host's and device's seconds of a backward pass, and seconds by path in the order the nodes ended."""
        readings: list[tuple[str, Any, Any]] = []
        backward = [*self._phases].index("backward")
        calls = list(self._phases.values())
        with _claiming(self._module, readings, self._mark):
            for call in calls[:backward]:
                call()
        self._device.hold(self._hold)
        host, start = self._clock.now(), self._mark()
        calls[backward]()
        stop, host = self._mark(), self._clock.now() - host
        for call in calls[backward + 1 :]:
            call()
        self._device.synchronize()
        seconds = self._device.seconds
        return host, seconds(start, stop), [(path, seconds(*marks)) for path, *marks in readings]

    def _mark(self) -> Any:
        return self._device.mark(self._clock)


def resolution(stopwatch: Stopwatch) -> float:
    """Seconds the hooks read off a node that does next to nothing: what a node's time cannot be told from."""
    from torch import ones

    readings: list[tuple[str, Any, Any]] = []
    leaf = ones(1, requires_grad=True, device=stopwatch.device.torch_device)
    for _ in range(EMPTY_RUNS):
        end = leaf
        for _ in range(EMPTY_NODES):
            end = end.view(1)
        _claim("", [end.grad_fn], set(), set(), readings, lambda: stopwatch.device.mark(stopwatch.clock))
        backward: Call = end.backward
        backward()
    stopwatch.device.synchronize()
    return median(stopwatch.device.seconds(start, stop) for _, start, stop in readings)


@contextmanager
def _claiming(module: "Module", readings: list[tuple[str, Any, Any]], mark: Callable[[], Any]) -> Iterator[None]:
    """While it lasts, the nodes that modules make are hooked: each adds its module's path and two marks to the list."""
    from netstat.frontends.specs import tensors_in

    claimed: set[Any] = set()
    given: list[set[Any]] = []  # a stack: the innermost call ends first
    handles = []

    def before(module: "Module", args: Any, kwargs: Any) -> None:
        given.append({tensor.grad_fn for tensor in tensors_in((args, kwargs))})

    def after(path: str) -> Callable[..., None]:
        def claim(module: "Module", args: Any, output: Any) -> None:
            _claim(path, [tensor.grad_fn for tensor in tensors_in(output)], given.pop(), claimed, readings, mark)

        return claim

    try:
        for path, part in module.named_modules():
            handles.append(part.register_forward_pre_hook(before, with_kwargs=True))
            handles.append(part.register_forward_hook(after(path)))
        yield
    finally:
        for handle in handles:
            handle.remove()


def _claim(
    path: str,
    ahead: list[Any],
    given: set[Any],
    claimed: set[Any],
    readings: list[tuple[str, Any, Any]],
    mark: Callable[[], Any],
) -> None:
    """Hook what lies between the nodes `ahead` and the ones `given`, unless an inner module did."""
    seen = {None, *given}
    while ahead:
        node = ahead.pop()
        if node in seen:
            continue
        seen.add(node)
        ahead += [before for before, _ in node.next_functions]
        if node not in claimed and not node.name().endswith(_UNHOOKED):
            claimed.add(node)
            _hook(path, node, readings, mark)


def _hook(path: str, node: Any, readings: list[tuple[str, Any, Any]], mark: Callable[[], Any]) -> None:
    started: list[Any] = []
    node.register_prehook(lambda gradients: started.append(mark()))

    def after(made: Any, given: Any) -> None:
        stop = mark()
        readings.append((path, started.pop(), stop))

    node.register_hook(after)
