"""A copy of a module on other tensors: the same structure, nothing of the original touched."""

import copy
import io
from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from netstat.errors import ModelError, said

T = TypeVar("T", bound=nn.Module)
Like = Callable[[Tensor], Tensor]
CONTAINERS = frozenset({dict, OrderedDict, set, list})
COPY_PROTOCOL = ("__deepcopy__", "__getstate__", "__setstate__", "__reduce__", "__reduce_ex__")
ATOMS = frozenset({bool, int, float, str, type(None), torch.dtype, torch.device})


def shadow(module: T, like: Like) -> T:
    """A deep copy of `module` whose every tensor is replaced by what `like` makes of it.

    Where the module was compiled, the copy is of what was compiled.

    Raises:
        ModelError: the module cannot be copied.
    """
    try:
        return cast(T, _Copy(like).of_module(module))
    except ModelError:
        raise
    except Exception as error:  # whatever a user's __deepcopy__ raises
        raise ModelError(f"the model cannot be copied ({said(error)}); netstat never runs the original") from error


class _Copy:
    """What copy.deepcopy makes of a module that does not say how it wants to be copied, several times faster."""

    def __init__(self, like: Like) -> None:
        self.like = like
        self.memo: dict[int, Any] = {}

    def of_module(self, module: nn.Module) -> Any:
        """The copy of a module; the same one for the same module."""
        if id(module) in self.memo:
            return self.memo[id(module)]
        kind = type(module)
        if isinstance(module, torch.jit.ScriptModule):
            return self._scripted(module)
        if kind.__name__ == "OptimizedModule":  # named, for torch._dynamo is slow to import
            return self.of_module(cast(nn.Module, module._orig_mod))
        if _says_how(kind):  # type: ignore[arg-type]  # a class is hashable
            for tensor in (*module.parameters(), *module.buffers()):
                self.of_tensor(tensor)
            return self._deep(module)
        made = self.memo[id(module)] = kind.__new__(kind)
        made.__dict__.update({name: self.of_value(value) for name, value in module.__dict__.items()})
        return made

    def of_value(self, value: Any) -> Any:
        """The copy of an attribute."""
        kind = type(value)
        if kind in ATOMS:
            return value
        if kind is tuple and ATOMS.issuperset(map(type, value)):  # a kernel_size
            return value
        if id(value) in self.memo:
            return self.memo[id(value)]
        if kind in CONTAINERS and not value:  # most of what a module holds: its hooks
            return self.memo.setdefault(id(value), kind())
        if isinstance(value, Tensor):
            return self.of_tensor(value)
        if isinstance(value, nn.Module):
            return self.of_module(value)
        if kind in (dict, OrderedDict):
            made = self.memo[id(value)] = kind()
            made.update((self.of_value(key), self.of_value(item)) for key, item in value.items())
            return made
        if kind is list:
            items = self.memo[id(value)] = []
            items.extend(self.of_value(item) for item in value)
            return items
        return self._deep(value)

    def of_tensor(self, tensor: Tensor) -> Tensor:
        """What stands in for a tensor; the same for the same tensor, a parameter for a parameter."""
        if id(tensor) not in self.memo:
            self.memo[id(tensor)] = self._lazy(tensor) if nn.parameter.is_lazy(tensor) else self._stand_in(tensor)
        return cast(Tensor, self.memo[id(tensor)])

    def _stand_in(self, tensor: Tensor) -> Tensor:
        made = self.like(tensor)
        return nn.Parameter(made, requires_grad=tensor.requires_grad) if isinstance(tensor, nn.Parameter) else made

    def _scripted(self, module: torch.jit.ScriptModule) -> Any:
        """A scripted or traced module, whose tensors only loading it can place elsewhere."""
        file = io.BytesIO()
        torch.jit.save(module, file)
        file.seek(0)
        outline = self.like(torch.empty(0))
        made: Any = torch.jit.load(file, map_location=outline.device)  # type: ignore[no-untyped-call]
        return self.memo.setdefault(id(module), made.to(outline.dtype) if outline.dtype != torch.float32 else made)

    def _lazy(self, tensor: Tensor) -> Tensor:
        """A parameter that has no shape yet gets one when the copy runs."""
        outline, kind = self.like(torch.empty(0, dtype=tensor.dtype)), cast(Any, type(tensor))
        return cast(Tensor, kind(requires_grad=tensor.requires_grad, device=outline.device, dtype=outline.dtype))

    def _deep(self, value: Any) -> Any:
        with _TensorsReplaced(self):
            return copy.deepcopy(value, self.memo)


class _TensorsReplaced(TorchFunctionMode):
    """Tensors that copy.deepcopy meets on its own, outside parameters and buffers."""

    def __init__(self, copies: _Copy) -> None:
        super().__init__()
        self._copies = copies

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return self._copies.of_tensor(args[0]) if func is Tensor.__deepcopy__ else func(*args, **(kwargs or {}))


@cache
def _says_how(kind: type[nn.Module]) -> bool:
    """Whether a class has a way of its own to be copied. Convolutions only mend states saved by older versions."""
    plain = (object, nn.Module, nn.modules.conv._ConvNd)
    return any(name in vars(base) for base in kind.__mro__ if base not in plain for name in COPY_PROTOCOL)
