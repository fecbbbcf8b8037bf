"""Which module is running."""

import inspect
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from torch import Tensor, nn
from torch._C import DisableTorchFunction
from torch.nn.modules import module as torch_module

from netstat.frontends.specs import spec_of, tensors_in
from netstat.graph import TORCH, Module, ModuleCall, Node, Source

NamedTensor = tuple[str, Tensor, bool]  # path, tensor, whether it is a buffer


class Owner(NamedTuple):
    """The module whose forward is running."""

    path: str
    module: str
    stock: bool
    leaf: bool


def owner_of_parameter(name: str) -> Owner:
    """The module a parameter belongs to, where its forward cannot be followed: inside a scripted one."""
    return Owner(name.rpartition(".")[0], "", stock=False, leaf=True)


class Owners:
    """Follows a forward pass through the modules, by global hooks, which leave the modules themselves alone.

    Attributes:
        training: whether a module that is none of ours ran in training mode.
        modules: the model's modules.
        calls: the calls of modules that have ended.
    """

    def __init__(
        self,
        module: nn.Module | None,
        adopt: Callable[[Iterable[NamedTensor]], None],
        nodes: Sequence[Node],
        source: Callable[[Tensor], Source],
    ) -> None:
        """Args: the module, who takes in the tensors of others that run, what is written down, who knows sources."""
        self.training = False
        self.calls: list[ModuleCall] = []
        self._adopt, self._nodes, self._source = adopt, nodes, source
        self._modules = {id(child): described(child, path) for path, child in module.named_modules()} if module else {}
        self.modules = tuple(self._modules.values())
        self._known = {key: _owner(child) for key, child in self._modules.items()}
        self._running = [self._known[id(module)]._replace(leaf=False) if module else Owner("", "", False, False)]
        self._started: list[tuple[int, tuple[Source, ...]]] = []
        self._failures: dict[int, str] = {}
        self._kept: list[nn.Module] = []  # what is gone could lend its id to another
        self._thread = threading.get_ident()

    @property
    def current(self) -> Owner:
        """The innermost module that is running; the model itself outside all others."""
        return self._running[-1]

    def of(self, module: nn.Module) -> Owner:
        """What is known of a module of the model."""
        return self._known[id(module)]

    @property
    def scripted(self) -> bool:
        """Whether that is a scripted module, whose children run unseen."""
        return self.current.module in ("RecursiveScriptModule", "TopLevelTracedModule")

    def place_of(self, error: BaseException) -> str:
        """Path of the innermost module that `error` came through."""
        return self._failures.get(id(error), "")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Follow which module is running."""
        handles = (
            torch_module.register_module_forward_pre_hook(self._enter),
            torch_module.register_module_forward_hook(self._leave, always_call=True),
        )
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _enter(self, module: nn.Module, inputs: Any) -> None:
        if threading.get_ident() == self._thread:
            self._running.append(self._known.get(id(module)) or self._foreign(module))
            with DisableTorchFunction():  # to look at a tensor is a call that the recorder would be asked about
                self._started.append((len(self._nodes), tuple(map(self._source, tensors_in(inputs)))))

    def _foreign(self, module: nn.Module) -> Owner:
        """A module that came in by a closure: its path is its class, told apart by number."""
        stem = f"{self.current.path}.{type(module).__name__}".lstrip(".")
        taken = {owner.path for owner in self._known.values()}
        path = next(name for name in (stem, *(f"{stem}_{i}" for i in range(1, len(taken) + 2))) if name not in taken)
        # At home nowhere, and no leaf of the model's tree: counters that walk it do not come here.
        self._modules[id(module)] = described(module, path)._replace(home="", leaf=False)
        self._known[id(module)] = _owner(self._modules[id(module)])
        self._kept.append(module)
        own = ((module._parameters, False), (module._buffers, True))
        self._adopt((f"{path}.{n}", t, buffer) for held, buffer in own for n, t in held.items() if t is not None)
        self.training |= module.training
        return self._known[id(module)]

    def _leave(self, module: nn.Module, inputs: Any, output: Any) -> None:
        if threading.get_ident() == self._thread:
            owner, error, (start, sources) = self._running.pop(), sys.exc_info()[1], self._started.pop()
            if error is not None:
                self._failures.setdefault(id(error), owner.path)
            with DisableTorchFunction():
                given, returned = (tuple(map(spec_of, tensors_in(value))) for value in (inputs, output))
            self.calls.append(ModuleCall(self._modules[id(module)], given, returned, start, len(self._nodes), sources))


def tensors_of(module: nn.Module) -> Iterator[NamedTensor]:
    """Path, tensor, whether a buffer: all parameters in torch's order, then all buffers, under all their names."""
    modules = list(module.named_modules(remove_duplicate=False))
    for buffer in (False, True):
        for prefix, child in modules:
            for name, tensor in (child._buffers if buffer else child._parameters).items():
                if tensor is not None:
                    yield f"{prefix}.{name}" if prefix else name, tensor, buffer


def module_arguments(module: nn.Module, args: Any, kwargs: Any) -> dict[str, Any]:
    """What a module works on, by name: the arguments of its forward, its parameters and its buffers."""
    bound = inspect.signature(module.forward).bind(*args, **kwargs)
    bound.apply_defaults()
    own = (*module.named_parameters(), *module.named_buffers())
    return {**bound.arguments, **{name.replace(".", "_"): tensor for name, tensor in own}}


def described(module: nn.Module, path: str) -> Module:
    """What is known of a module beside its tensors."""
    kind = type(module)
    base = next(parent for parent in kind.__mro__ if _of_torch(parent))
    home = TORCH if base is kind else kind.__module__
    return Module(path, kind.__name__, home, base.__name__, not module._modules)


def _of_torch(kind: type) -> bool:
    return kind.__module__.startswith("torch.nn.modules.")


def _owner(module: Module) -> Owner:
    return Owner(module.path, module.kind, module.home == TORCH, module.leaf)
