"""Hooks: a module's forward replaced, for as long as it is timed, by one that reads the clock before and after.

Torch has hooks of its own. They cost several times as much, part of it between the readings, and torch does without its
fused kernels where a module has any.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from netstat.measure.plan import Plan

if TYPE_CHECKING:
    from torch.nn import Module

Mark = Callable[[], Any]
Key = tuple[str, str]  # path of the module; operator of the function, "" for the module's whole call
Reading = tuple[Key, Any, Any]  # with the marks before and after
Call = Callable[..., Any]


class Hook(NamedTuple):
    """One module's: `attribute` of it is what a call runs through, `call` what takes its place."""

    module: "Module"
    attribute: str
    call: Call

    @classmethod
    def on(cls, module: "Module", hooked: Callable[[Call], Call]) -> "Hook":
        """The hook that makes `hooked` of the module's forward; of all the call where the model brings hooks along."""
        attribute = "forward"
        if module._compiled_call_impl is not None:
            attribute = "_compiled_call_impl"
        elif module._forward_pre_hooks or module._forward_hooks:
            attribute = "_call_impl"
        return cls(module, attribute, hooked(getattr(module, attribute)))


@contextmanager
def installed(hooks: Sequence[Hook]) -> Iterator[None]:
    """While it lasts, calls go through `hooks`. Afterwards the modules are as they were, however it ends."""
    before: list[tuple[Hook, Call | None]] = []
    try:
        for hook in hooks:
            place = hook.module.__dict__
            own = place.get(hook.attribute)
            place[hook.attribute] = hook.call
            before.append((hook, own))
        yield
    finally:
        for hook, own in before:
            if own is None:
                del hook.module.__dict__[hook.attribute]
            else:
                hook.module.__dict__[hook.attribute] = own


def timed(key: Key, call: Call, mark: Mark, readings: list[Reading]) -> Call:
    """`call`, with a reading for each time it returns."""
    append = readings.append

    def reading(*args: Any, **kwargs: Any) -> Any:
        start = mark()
        result = call(*args, **kwargs)
        stop = mark()
        append((key, start, stop))
        return result

    return reading


def container_hooks(modules: "Mapping[str, Module]", mark: Mark, readings: list[Reading]) -> list[Hook]:
    """Hooks that time every call of `modules`, whatever is inside it."""
    return [_timing(path, module, mark, readings) for path, module in modules.items()]


def _timing(path: str, module: "Module", mark: Mark, readings: list[Reading]) -> Hook:
    return Hook.on(module, lambda forward: timed((path, ""), forward, mark, readings))


class LayerHooks:
    """Hooks that time what a plan says, and nothing inside of what is timed already.

    Args:
        plan: what is timed.
        mark: a point in time.
        readings: where they go.
    """

    def __init__(self, plan: Plan, mark: Mark, readings: list[Reading]) -> None:
        from netstat.frontends.own_functions import OwnFunctions

        self._mark, self._readings = mark, readings
        self._inside = False
        self._functions = OwnFunctions(plan.functions, self.called)
        self.hooks = [self._unit(path, module) for path, module in plan.units.items()]
        if plan.functions:
            self.hooks += [self._container(path, module) for path, module in plan.containers.items()]

    def _unit(self, path: str, module: "Module") -> Hook:
        functions = self._functions

        def hooked(forward: Call) -> Call:
            reading = timed((path, ""), forward, self._mark, self._readings)

            def unit(*args: Any, **kwargs: Any) -> Any:
                if self._inside:
                    return forward(*args, **kwargs)
                before = functions.enter(path)
                self._inside = True
                try:
                    return reading(*args, **kwargs)
                finally:
                    self._inside = False
                    functions.leave(before)

            return unit

        return Hook.on(module, hooked)

    def _container(self, path: str, module: "Module") -> Hook:
        functions = self._functions

        def hooked(forward: Call) -> Call:
            def container(*args: Any, **kwargs: Any) -> Any:
                if self._inside:
                    return forward(*args, **kwargs)
                before = functions.enter(path)
                try:
                    return forward(*args, **kwargs)
                finally:
                    functions.leave(before)

            return container

        return Hook.on(module, hooked)

    def called(self, path: str, op: str, func: Call, args: Any, kwargs: Any) -> Any:
        """Call a function, with a reading."""
        start = self._mark()
        result = func(*args, **kwargs)
        stop = self._mark()
        self._readings.append(((path, op), start, stop))
        return result
