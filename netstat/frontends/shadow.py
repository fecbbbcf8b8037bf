"""A copy of a module on the meta device: the same structure, no data, nothing of the original touched."""

import copy
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from netstat.errors import ModelError

T = TypeVar("T", bound=nn.Module)


def meta_like(tensor: Tensor) -> Tensor:
    """A tensor of the same shape, strides and dtype that holds no data."""
    return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="meta")


class _CopyToMeta(TorchFunctionMode):
    """Tensors met by deepcopy that no register of the module names: copied without their data."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is Tensor.__deepcopy__:
            tensor, memo = args
            return memo.setdefault(id(tensor), meta_like(tensor.detach()))
        return func(*args, **(kwargs or {}))


def shadow(module: T) -> T:
    """A deep copy of `module` whose parameters and buffers are on the meta device.

    Raises:
        ModelError: the module cannot be copied.
    """
    if isinstance(module, torch.jit.ScriptModule):
        raise ModelError("a scripted module hides its operators; give netstat the module it was scripted from")
    memo: dict[int, Any] = {}
    for parameter in module.parameters():
        if isinstance(parameter, nn.parameter.UninitializedParameter):
            raise ModelError("a lazy module has no shapes yet; run it once on an example input, then profile it")
        memo[id(parameter)] = nn.Parameter(meta_like(parameter.detach()), requires_grad=parameter.requires_grad)
    for buffer in module.buffers():
        memo[id(buffer)] = meta_like(buffer.detach())
    try:
        with _CopyToMeta():
            return copy.deepcopy(module, memo)
    except Exception as error:  # whatever a user's __deepcopy__ raises
        raise ModelError(
            f"the model cannot be copied ({type(error).__name__}: {error}); netstat never runs the original"
        ) from error
