"""Which module is running."""

import inspect
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from torch import Tensor, nn
from torch.nn.modules import module as torch_module

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
    """

    def __init__(self, module: nn.Module | None, adopt: Callable[[Iterable[NamedTensor]], None]) -> None:
        self.training = False
        self._adopt = adopt
        self._running = [_owner(module, "", leaf=False) if module else Owner("", "", False, False)]
        self._known = {id(child): _owner(child, path) for path, child in module.named_modules()} if module else {}
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

    def _foreign(self, module: nn.Module) -> Owner:
        """A module that came in by a closure: its path is its class, told apart by number."""
        stem = f"{self.current.path}.{type(module).__name__}".lstrip(".")
        taken = {owner.path for owner in self._known.values()}
        path = next(name for name in (stem, *(f"{stem}_{i}" for i in range(1, len(taken) + 2))) if name not in taken)
        self._known[id(module)] = _owner(module, path)
        self._kept.append(module)
        own = ((module._parameters, False), (module._buffers, True))
        self._adopt((f"{path}.{n}", t, buffer) for held, buffer in own for n, t in held.items() if t is not None)
        self.training |= module.training
        return self._known[id(module)]

    def _leave(self, module: nn.Module, inputs: Any, output: Any) -> None:
        if threading.get_ident() == self._thread:
            owner, error = self._running.pop(), sys.exc_info()[1]
            if error is not None:
                self._failures.setdefault(id(error), owner.path)


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


def _owner(module: nn.Module, path: str, leaf: bool | None = None) -> Owner:
    stock = type(module).__module__.startswith("torch.nn.modules.")
    return Owner(path, type(module).__name__, stock, not module._modules if leaf is None else leaf)
