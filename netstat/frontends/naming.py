"""Names of a call's inputs."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import nn

from netstat.frontends.nesting import named_tensors


def input_names(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[str]:
    """A name per input tensor: "input" for the only one, else the parameter's, with the place of each among several."""
    names: list[str] = []
    parameters = _parameters(function)
    for i, (name, value) in enumerate([*zip(_padded(parameters, len(args)), args, strict=False), *kwargs.items()]):
        names += [place for place, _ in named_tensors(name or f"input{i}", value)]
    return ["input"] if len(names) == 1 else names


def _parameters(function: Callable[..., Any]) -> list[str]:
    try:
        return list(inspect.signature(function.forward if isinstance(function, nn.Module) else function).parameters)
    except ValueError:  # written in C
        return []


def _padded(names: list[str], length: int) -> list[str]:
    return [*names[:length], *[""] * (length - len(names))]
