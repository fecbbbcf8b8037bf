"""A training step on tensors that hold nothing: which storages it makes, what they are for, and how long they live.

The step is torch's own, autograd and optimizer included, so what is saved for the backward pass, what gradients replace
and which temporaries an optimizer takes is not modelled but seen. Nothing is computed and nothing allocated.
"""

import weakref
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd import _get_sequence_nr  # type: ignore[attr-defined]
from torch.autograd.graph import saved_tensors_hooks
from torch.nn.modules import module as torch_module
from torch.optim import Optimizer
from torch.utils._python_dispatch import TorchDispatchMode

from netstat.errors import ModelError, NetstatError, said
from netstat.frontends.guards import quiet, random_state_kept, uncollected
from netstat.frontends.lifetimes import BEFORE, Event, Lifetimes, Span
from netstat.frontends.shadow import shadow
from netstat.frontends.specs import tensors_in
from netstat.frontends.stages import Fake
from netstat.frontends.training_step import Criterion, differentiate, optimizer_of
from netstat.graph import TensorSpec

aten = torch.ops.aten
_UNSHARED = (4, 2)  # holders of a tensor and its storage that is on its way through the dispatcher and nobody else has
LOSS = "(loss)"  # in place of a path, of what the loss saves
_AFTER_EVERY_OTHER = 2**63  # the sequence number of what accumulates gradients


class Rehearsed(NamedTuple):
    """A training step that was gone through: its lifetimes, the loss it differentiated, and the outputs that is of."""

    lifetimes: Lifetimes
    loss: str
    places: tuple[int, ...] = ()


def rehearse(
    module: nn.Module,
    inputs: Sequence[tuple[str, TensorSpec]],
    optimizer: str,
    *,
    dtype: str = "",
    amp: str = "",
) -> Rehearsed:
    """One training step of a copy of `module`, not the first one: the optimizer has its state already.

    Args:
        module: only its structure is used; it may be on the meta device.
        inputs: name and spec of each positional input.
        optimizer: a key of `OPTIMIZERS`.
        dtype: of floating-point parameters and buffers; "" for the one they have.
        amp: dtype of autocast, "" for none.

    Raises:
        UsageError: no such optimizer.
        ModelError: the model cannot be trained, or not without values.
    """
    stage = Fake()
    wanted = getattr(torch, dtype) if dtype else None

    def like(tensor: Tensor) -> Tensor:
        made = stage.like(tensor)
        return made.to(wanted) if wanted and made.is_floating_point() else made

    with random_state_kept(), quiet(), uncollected():
        copied = shadow(module, like).train()
        given = [stage.empty(spec.shape, getattr(torch, spec.dtype)) for _, spec in inputs]
        trainer = optimizer_of(optimizer, copied)
        _give_state(trainer, stage)
        try:
            return _followed(copied, given, trainer, stage, amp)
        except NetstatError:
            raise
        except Exception as error:
            raise ModelError(f"training cannot be predicted: a step without values raised {said(error)}") from error


def _give_state(optimizer: Optimizer, stage: Fake) -> None:
    """A step on gradients of nothing, after which the optimizer has the state it keeps."""
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    for parameter in parameters:
        parameter.grad = stage.like(parameter)
    optimizer.step()
    optimizer.zero_grad()


def _followed(module: nn.Module, given: Sequence[Tensor], optimizer: Optimizer, stage: Fake, amp: str) -> Rehearsed:
    criterion, watch = Criterion(), Watch(module)
    watch.adopt("params", module.parameters())
    watch.adopt("buffers", module.buffers())
    watch.adopt("inputs", given)
    watch.adopt("optimizer", (tensor for state in optimizer.state.values() for tensor in tensors_in(dict(state))))

    def enter(phase: str) -> None:
        watch.phase = phase

    with stage.active(), watch.watching():
        held = differentiate(module, given, criterion, enter, amp)
    if criterion.wanted is not None:
        watch.given(criterion.wanted)
    idle = (state for parameter, state in optimizer.state.items() if parameter.grad is None)
    watch.forget(tensor for state in idle for tensor in tensors_in(dict(state)))
    enter("optimizer")
    watch.adopt("gradients", (p.grad for p in module.parameters() if p.grad is not None))
    with watch.watching():  # off the stage: optimizers count their steps in tensors that have a value
        optimizer.step()
    del held
    return Rehearsed(watch.lifetimes(), criterion.loss, criterion.places)


class _Piece:
    """A storage: how large, since which event, until which, and what it is."""

    __slots__ = ("born", "kind", "last", "nbytes", "path")

    def __init__(self, nbytes: int, born: int, kind: str) -> None:
        self.nbytes, self.born, self.kind = nbytes, born, kind
        self.last: int | None = None
        self.path = ""


class Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Sees every operator that reaches the dispatcher, and every storage that comes out of one come and go.

    Attributes:
        phase: of the step; said by whoever runs it.
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.phase = "forward"
        self._events: list[Event] = []
        self._pieces: list[_Piece] = []
        self._alive: dict[int, tuple[Any, _Piece]] = {}  # by storage, with the weak reference that tells of its end
        self._paths = {id(child): path for path, child in module.named_modules()}
        self._names = {id(tensor): name for name, tensor in module.named_parameters()}
        self._running: list[str] = [""]
        self._origin: dict[int, str] = {}  # path by the sequence number of the node that the backward pass runs
        self._calls: Counter[tuple[str, str, str]] = Counter()

    def adopt(self, kind: str, tensors: Iterable[Tensor]) -> None:
        """Know these as what they are; what is not known yet has been there from the beginning."""
        for tensor in tensors:
            self._piece(tensor, kind).kind = kind

    def given(self, tensor: Tensor) -> None:
        """Know this as an input, whenever it was made: who trains has it from the beginning."""
        piece = self._piece(tensor, "inputs")
        piece.kind, piece.path, piece.born = "inputs", "", BEFORE

    def forget(self, tensors: Iterable[Tensor]) -> None:
        """Know these as what is not there: an optimizer makes a parameter's state with its first gradient."""
        for tensor in tensors:
            self._piece(tensor, "optimizer").nbytes = 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Follow what runs."""
        enter = torch_module.register_module_forward_pre_hook(self._enter)
        leave = torch_module.register_module_forward_hook(self._leave, always_call=True)
        with ExitStack() as stack:
            stack.callback(enter.remove)
            stack.callback(leave.remove)
            stack.enter_context(saved_tensors_hooks(self._pack, _unpack))
            stack.enter_context(self)
            yield

    def lifetimes(self) -> Lifetimes:
        """What was seen."""
        end = len(self._events) - 1
        spans = (
            Span(piece.nbytes, piece.kind, piece.born, end if piece.last is None else piece.last, piece.path)
            for piece in self._pieces
        )
        return Lifetimes(tuple(self._events), tuple(spans))

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.namespace == "profiler":  # marks that optimizers leave
            return func(*args, **(kwargs or {}))
        path = self._path()
        function = aten.add_.Tensor if func is aten.add.Tensor and self._accumulates(*args[:2]) else func
        result = function(*args, **(kwargs or {}))
        name = func.__name__.removesuffix(".default").partition(".")[0]
        key = self.phase, path, name
        self._events.append(Event(*key, self._calls[key]))
        self._calls[key] += 1
        for tensor in tensors_in(result):
            self._piece(tensor, "activations")
        return result

    def _accumulates(self, gradient: Any, more: Any) -> bool:
        """Whether autograd adds up two gradients of one activation, and would write the sum over the first one.

        It does so where nobody else has that one, but for tensors that somebody looks on at, as here. Source:
        `InputBuffer::accumulate` of torch.
        """
        if self.phase != "backward" or torch.is_grad_enabled() or not isinstance(more, Tensor):
            return False
        holders = gradient._use_count(), torch._C._storage_Use_Count(gradient.untyped_storage()._cdata)
        return holders <= _UNSHARED and bool(gradient.shape == more.shape)

    def _piece(self, tensor: Tensor, kind: str) -> _Piece:
        storage = tensor.untyped_storage()
        key = storage._cdata
        if key not in self._alive:
            piece = _Piece(storage.nbytes(), len(self._events) - 1, kind)  # -1 is BEFORE
            self._pieces.append(piece)
            self._alive[key] = weakref.ref(storage, lambda _: self._gone(key)), piece
        return self._alive[key][1]

    def _gone(self, key: int) -> None:
        self._alive.pop(key)[1].last = max(len(self._events) - 1, BEFORE)

    def _pack(self, tensor: Tensor) -> Tensor:
        piece = self._piece(tensor, "activations")
        if piece.kind == "activations" and self.phase in ("forward", "loss"):
            piece.kind, piece.path = "saved", self._running[-1] if self.phase == "forward" else LOSS
        return tensor

    def _path(self) -> str:
        """Of the module that runs, or whose forward made what the backward pass is at."""
        node: Any = torch._C._current_autograd_node()
        if node is None:
            if self.phase in ("forward", "loss"):
                self._origin.setdefault(_get_sequence_nr() - 1, self._running[-1])
            return self._running[-1]
        number = node._sequence_nr()
        if number >= _AFTER_EVERY_OTHER:
            return self._names.get(id(node.variable), "").rpartition(".")[0]
        return self._origin.get(number, "")

    def _enter(self, module: nn.Module, args: Any) -> None:
        self._running.append(self._paths.get(id(module), self._running[-1]))

    def _leave(self, module: nn.Module, args: Any, output: Any) -> None:
        self._running.pop()


def _unpack(tensor: Tensor) -> Tensor:
    return tensor
