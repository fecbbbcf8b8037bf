"""By which name a function of torch's was called."""

from collections.abc import Callable
from functools import cache
from opcode import opmap
from types import CodeType, FrameType
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload, OpOverloadPacket

from netstat.frontends.dispatched import qualified_name

_SIGNS = ("add", "sub", "mul", "div", "matmul", "pow", "remainder", "and", "or", "xor")
_IN_CODE = {"div": "truediv", "remainder": "mod"}
_OLDER = {"dsmm", "hsmm"}  # names of torch.mm


def spelling(function: Callable[..., Any], caller: FrameType) -> str:
    """The name of `function`, which the code that runs in `caller` calls: "torch.nn.functional.relu".

    `x + y` and `x.add(y)` reach a mode as the same function; which of the two it was, the caller's code says.
    """
    name = _name(function)
    signed = _AS_SIGNS.get(name)
    return signed if signed and _code(caller.f_code)[caller.f_lasti] == opmap["BINARY_OP"] else name


def _signed() -> dict[str, str]:
    made: dict[str, str] = {}
    for name in _SIGNS:
        sign, method = _IN_CODE.get(name, name), f"torch.Tensor.{name}"
        made |= {method: f"torch.Tensor.__{sign}__", f"{method}_": f"torch.Tensor.__i{sign}__"}
    return made


_AS_SIGNS = _signed()


@cache
def _name(function: Callable[..., Any]) -> str:
    """A function's public name; of several, that of torch.nn.functional before torch's and a method's."""
    if isinstance(function, (OpOverload, OpOverloadPacket)):
        return qualified_name(function)
    return _public().get(function) or f"{getattr(function, '__module__', None) or 'torch'}.{function.__name__}"


@cache
def _public() -> dict[Any, str]:
    names: dict[Any, str] = {}
    for place, holder in (("torch.nn.functional", torch.nn.functional), ("torch", torch), ("torch.Tensor", Tensor)):
        for name in sorted(set(dir(holder)) - _OLDER):
            value = getattr(holder, name, None)
            if callable(value) and getattr(value, "__hash__", None):
                names.setdefault(value, f"{place}.{name}")
    return names


@cache
def _code(code: CodeType) -> bytes:
    return code.co_code  # made anew each time it is asked for
