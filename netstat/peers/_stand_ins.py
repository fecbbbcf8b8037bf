"""Copies of a model for a peer to spoil."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.overrides import TorchFunctionMode

from netstat.frontends.values import highest_index
from netstat.graph import TensorSpec
from netstat.peers._inputs import example_inputs

Substitute = Callable[[Tensor], Tensor]
Model = tuple[nn.Module, tuple[Tensor, ...]]


def without_values(module: nn.Module, inputs: tuple[Tensor, ...]) -> Model:
    """A copy whose tensors have shapes and no values, and whose arithmetic is not done.

    They are not meta tensors: torch picks other kernels for the meta device (an LSTM falls apart into matrix products
    there), and a counter that sees kernels must see those of a CPU.
    """
    fake = FakeTensorMode(allow_non_fake_inputs=True)

    def shape_of(tensor: Tensor) -> Tensor:
        with fake:
            return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype)

    return _copied(module, shape_of), tuple(shape_of(tensor) for tensor in inputs)


def with_values(module: nn.Module, inputs: tuple[Tensor, ...]) -> Model:
    """A copy on the CPU that computes. What holds no data becomes zeros, and inputs without data are drawn."""
    zeros = _Zeros(module)

    def value_of(tensor: Tensor) -> Tensor:
        return zeros.like(tensor) if tensor.is_meta else tensor.detach().to("cpu", copy=True)

    if any(tensor.is_meta for tensor in inputs):
        return _copied(module, value_of), example_inputs(_specs(inputs), highest=highest_index(module))
    return _copied(module, value_of), tuple(map(value_of, inputs))


def off_devices(module: nn.Module, inputs: tuple[Tensor, ...]) -> Model:
    """The same model, or a copy on the CPU where a copy of this process could not reach its tensors."""
    tensors = (*module.parameters(), *module.buffers(), *inputs)
    reached = not torch.cuda.is_initialized() and {t.device.type for t in tensors} <= {"cpu", "meta"}  # type: ignore[no-untyped-call]
    return (module, inputs) if reached else with_values(module, inputs)


def _specs(inputs: tuple[Tensor, ...]) -> Iterator[tuple[str, TensorSpec]]:
    return (("", TensorSpec(tuple(t.shape), str(t.dtype).removeprefix("torch."))) for t in inputs)


class _Zeros:
    """Weights that take no memory: views of one block of zeros, whose pages the system provides to writers only."""

    def __init__(self, module: nn.Module) -> None:
        tensors = [tensor for tensor in (*module.parameters(), *module.buffers()) if tensor.is_meta]
        size = max((tensor.numel() * tensor.element_size() for tensor in tensors), default=0)
        self._block = torch.from_numpy(np.zeros(size, dtype=np.uint8))

    def like(self, tensor: Tensor) -> Tensor:
        """Zeros of the same shape and dtype; buffers get memory of their own, for forward may write to them."""
        if not isinstance(tensor, nn.Parameter):
            return torch.zeros(tensor.shape, dtype=tensor.dtype)
        return self._block[: tensor.numel() * tensor.element_size()].view(tensor.dtype).view(tensor.shape)


class _Substituting(TorchFunctionMode):
    """Every tensor that deepcopy meets is substituted, wherever the module keeps it."""

    def __init__(self, substitute: Substitute) -> None:
        super().__init__()
        self._substitute = substitute

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is not Tensor.__deepcopy__:
            return func(*args, **(kwargs or {}))
        tensor, memo = args
        return memo.setdefault(id(tensor), self._substitute(tensor))


def _copied(module: nn.Module, substitute: Substitute) -> nn.Module:
    """A deep copy in evaluation mode, its tensors substituted."""
    memo: dict[int, Any] = {
        id(parameter): nn.Parameter(substitute(parameter), parameter.requires_grad) for parameter in module.parameters()
    }
    with _Substituting(substitute):
        return copy.deepcopy(module, memo).eval()
