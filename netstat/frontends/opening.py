"""Torch functions written in Python, opened so that the functions they call are seen one by one."""

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

CHECKS = ("has_torch_function", "has_torch_function_unary", "has_torch_function_variadic")


@cache
def opened(function: Callable[..., Any]) -> Callable[..., Any] | None:
    """The same function without its question whether a mode wants to take the call over; None where it is no Python.

    With that question, a function called while a mode is active goes back to the mode and never to its own body. The
    copy shares code, defaults and closure; the original is left alone.
    """
    if not isinstance(function, FunctionType):
        return None
    scope = {**function.__globals__, **dict.fromkeys(CHECKS, _nobody)}
    copy = FunctionType(function.__code__, scope, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def _nobody(*tensors: Any) -> bool:
    return False
