"""Names of a call's inputs."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import nn

from netstat.frontends.recorder import tensors_in


def input_names(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[str]:
    """A name per input tensor: "input" for the only one, else the parameter's, indexed where it holds several."""
    if len(tensors_in((tuple(args), dict(kwargs)))) == 1:
        return ["input"]
    names: list[str] = []
    parameters = _parameters(function)
    for i, (name, value) in enumerate([*zip(_padded(parameters, len(args)), args, strict=False), *kwargs.items()]):
        tensors = tensors_in(value)
        name = name or f"input{i}"
        names += [name] if tensors == [value] or value is tensors else [f"{name}.{j}" for j in range(len(tensors))]
    return names


def _parameters(function: Callable[..., Any]) -> list[str]:
    try:
        return list(inspect.signature(function.forward if isinstance(function, nn.Module) else function).parameters)
    except ValueError:  # written in C
        return []


def _padded(names: list[str], length: int) -> list[str]:
    return [*names[:length], *[""] * (length - len(names))]
