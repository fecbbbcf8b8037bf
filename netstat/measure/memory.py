"""Memory that one pass takes on the CPU, by the events of torch's allocator: every byte of it, none of anybody else's.

What is there when the pass begins (parameters, buffers, inputs; in training the optimizer's state and the target; no
gradients) is added up from its storages, and the running sum of the allocations and releases that torch's profiler
reports while the pass runs is added to it. One pass runs beforehand, so that what is made once is there already.

Workspace is what an operator takes and gives back before it returns: copies of its operands in another layout, the
columns of a convolution, indices that nobody asked for. It is the kernel's choice, and told apart from tensors.
"""

import os
import resource
import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from netstat.measure.devices import Device
from netstat.measure.isolation import isolated
from netstat.measure.precision import Precision
from netstat.measure.subject import Inputs, check_values, forward_of, prepared, tensors
from netstat.records.memory import PHASES, Measured, MeasuredCall

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

EVENTS = "allocator events"
_SCOPE = "netstat "  # before the names of our own ranges among the profiler's


def measure_inference(
    module: "Module", inputs: Inputs, device: Device, precision: Precision, *, owned: bool = False
) -> Measured:
    """The peak of one forward pass in evaluation and inference mode, and while each leaf module ran.

    Args:
        module: it is copied, and itself left alone, unless it is `owned`.
        inputs: name and spec of each positional input.

    Raises:
        ModelError: the model has no values, or its forward fails.
    """
    check_values(module)
    with isolated(device, precision):
        subject = prepared(module, device, precision, owned=owned)
        given = tensors(inputs, device, precision, subject)
        forward = forward_of(subject, given, f"{device.name} in {precision.name}")
        before = _bytes_of([*subject.parameters(), *subject.buffers(), *given])
        forward()
        with _scoped_leaves(subject) as scopes:
            followed = _follow(forward)
    calls = tuple(_call(path, call, before, followed.peaks(name)) for name, (path, call) in scopes.items())
    return _measured("inference", device, before, followed, calls)


def measure_training(
    module: "Module",
    inputs: Inputs,
    device: Device,
    precision: Precision,
    *,
    optimizer: str,
    amp: str = "",
    owned: bool = False,
) -> Measured:
    """The peak of a training step that is not the first one, and of each of its phases; arguments as above.

    Raises:
        UsageError: no such optimizer.
        ModelError: the model has no values or cannot be trained.
    """
    import torch

    from netstat.frontends.training_step import Criterion, optimizer_of, train_once

    check_values(module)
    with isolated(device, precision), torch.inference_mode(False), torch.enable_grad():
        subject = prepared(module, device, precision, owned=owned).train()
        given, criterion = tensors(inputs, device, precision, subject), Criterion()
        trainer, phases = optimizer_of(optimizer, subject), _Phases()
        train_once(subject, given, criterion, trainer, lambda phase: None, amp)
        trainer.zero_grad()
        state = [value for held in trainer.state.values() for value in held.values() if isinstance(value, torch.Tensor)]
        wanted = [] if criterion.wanted is None else [criterion.wanted]
        before = _bytes_of([*subject.parameters(), *subject.buffers(), *given, *wanted, *state])

        def step() -> None:
            with phases:
                train_once(subject, given, criterion, trainer, phases.enter, amp)

        followed = _follow(step)
    calls = tuple(_call(phase, 0, before, followed.peaks(phase)) for phase in PHASES)
    return _measured("training", device, before, followed, calls)


def _measured(
    passed: str, device: Device, before: int, followed: "_Followed", calls: tuple[MeasuredCall, ...]
) -> Measured:
    peak, lasting = followed.peaks()
    return Measured(
        passed=passed,
        device=device.name,
        how=EVENTS,
        before_bytes=before,
        peak_bytes=before + peak,
        tensor_peak_bytes=before + lasting,
        calls=calls,
        resident_set_bytes=followed.resident_set,
    )


def _call(path: str, call: int, before: int, peaks: tuple[int, int]) -> MeasuredCall:
    return MeasuredCall(path, call, before + peaks[0], before + peaks[1])


def _bytes_of(given: "Iterable[Tensor]") -> int:
    """Bytes of the storages behind these tensors, each once."""
    storages = {tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes() for tensor in given}
    return sum(storages.values())


class _Block(NamedTuple):
    """An allocation (positive) or release (negative): when, of what, and within which call of an operator."""

    time: int
    size: int
    pointer: int
    operator: int | None


class _Followed(NamedTuple):
    """What the allocator did while something ran, besides what was there before.

    Attributes:
        times: of the events, in nanoseconds, ascending.
        live: bytes alive after each, with 0 in front.
        lasting: the same without workspace: without blocks that an operator releases before it returns.
        ranges: start and end of each named range.
        resident_set: by how many bytes the process's peak grew.
    """

    times: list[int]
    live: list[int]
    lasting: list[int]
    ranges: dict[str, tuple[int, int]]
    resident_set: int

    def peaks(self, name: str = "") -> tuple[int, int]:
        """The most that was alive within a range (the whole of it by default), with workspace and without."""
        start, end = self.ranges[name] if name else (0, self.times[-1] if self.times else 0)
        within = slice(bisect_left(self.times, start), bisect_right(self.times, end) + 1)
        return max(self.live[within]), max(self.lasting[within])


def _follow(call: Callable[[], object]) -> _Followed:
    from torch.profiler import ProfilerActivity, profile

    before = _resident_set()
    with quiet_errors(), profile(activities=[ProfilerActivity.CPU], profile_memory=True, acc_events=True) as profiler:
        result = call()  # the outputs are the caller's
    after = _resident_set()
    del result
    found: Any = profiler.profiler
    blocks, ranges = _read(found.kineto_results.experimental_event_tree())
    blocks.sort(key=lambda block: block.time)
    workspace = set(_workspace(blocks))
    live = list(accumulate((block.size for block in blocks), initial=0))
    lasting = list(accumulate((0 if i in workspace else block.size for i, block in enumerate(blocks)), initial=0))
    return _Followed([block.time for block in blocks], live, lasting, ranges, after - before)


def _read(tree: Sequence[Any]) -> tuple[list[_Block], dict[str, tuple[int, int]]]:
    """The events of the CPU's allocator, each with the outermost operator it is in, and our own ranges."""
    from torch._C._profiler import _EventType

    blocks: list[_Block] = []
    ranges: dict[str, tuple[int, int]] = {}
    left: list[tuple[Any, int | None]] = [(event, None) for event in tree]
    while left:
        event, operator = left.pop()
        name = event.name
        if event.tag == _EventType.Allocation:
            fields = event.extra_fields
            if fields.device.type == "cpu":
                blocks.append(_Block(event.start_time_ns, fields.alloc_size, fields.ptr, operator))
        elif name.startswith(_SCOPE):
            ranges[name.removeprefix(_SCOPE)] = event.start_time_ns, event.end_time_ns
        elif operator is None and name.startswith("aten::"):
            operator = event.id
        left += ((child, operator) for child in event.children)
    return blocks, ranges


def _workspace(blocks: Sequence[_Block]) -> Iterator[int]:
    """The events of blocks that the operator that takes them gives back itself."""
    taken: dict[int, int] = {}
    for i, block in enumerate(blocks):
        if block.size > 0:
            taken[block.pointer] = i
        elif (start := taken.pop(block.pointer, None)) is not None:
            operator = blocks[start].operator
            if operator is not None and operator == block.operator:
                yield from (start, i)


@contextmanager
def quiet_errors() -> Iterator[None]:
    """What libraries write to the process's standard error goes nowhere: the profiler reports that there is no GPU."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _resident_set() -> int:
    """The most that the process ever held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class _Phases:
    """A range of the profiler's per phase of a step, each ending where the next one begins."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> "_Phases":
        return self

    def __exit__(self, *failure: object) -> None:
        self._stack.close()

    def enter(self, phase: str) -> None:
        """The next phase begins."""
        from torch.profiler import record_function

        self._stack.close()
        self._stack.enter_context(record_function(_SCOPE + phase))


@contextmanager
def _scoped_leaves(module: "Module") -> Iterator[dict[str, tuple[str, int]]]:
    """While it lasts, every call of a leaf module is a range of the profiler's; path and call by the range's name."""
    from torch.profiler import record_function

    scopes: dict[str, tuple[str, int]] = {}
    seen: Counter[str] = Counter()
    running: list[Any] = []

    def begin(path: str) -> None:
        name = str(len(scopes))
        scopes[name] = path, seen[path]
        seen[path] += 1
        running.append(record_function(_SCOPE + name))
        running[-1].__enter__()

    def hooks(path: str, part: "Module") -> Sequence[Any]:
        return (
            part.register_forward_pre_hook(lambda module, args: begin(path), prepend=True),
            part.register_forward_hook(lambda module, args, output: running.pop().__exit__(None, None, None)),
        )

    with ExitStack() as stack:
        for path, part in _leaves(module):
            for handle in hooks(path, part):
                stack.callback(handle.remove)
        yield scopes


def _leaves(module: "Module") -> "Iterator[tuple[str, Module]]":
    """The modules without children, by dotted path; one that stands at several paths by its first."""
    return ((path, part) for path, part in module.named_modules() if not part._modules)
