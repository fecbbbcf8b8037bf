"""Torch's extremes."""

from collections.abc import Callable
from typing import Any

import torch

from oracle.reference import REFERENCES


def extreme(function: Callable[..., Any]) -> Callable[..., Any]:
    """Its three signatures."""

    def called(input: Any, other: Any = None, dim: int | None = None, **chosen: Any) -> Any:
        if other is not None:
            return function(input, other)
        return function(input) if dim is None else function(input, dim, **chosen)

    return called


def aminmax(input: Any, dim: int | None, **chosen: Any) -> Any:
    return torch.aminmax(input, dim=dim, **chosen)


def over_dimensions(function: Callable[..., Any]) -> Callable[..., Any]:
    """No dimension at all stands for all of them in netstat, and for none in torch.any."""

    def called(input: Any, dim: Any, **chosen: Any) -> Any:
        return function(input, None if dim == () else dim, **chosen)

    return called


REFERENCES |= {name: extreme(getattr(torch, name)) for name in ("max", "min")}
REFERENCES |= {name: getattr(torch, name) for name in ("amax", "amin", "argmax", "argmin", "count_nonzero")}
REFERENCES |= {name: over_dimensions(getattr(torch, name)) for name in ("all", "any")}
REFERENCES["amax"] = lambda input, dim, keepdim: torch.amax(input, () if dim is None else dim, keepdim)
REFERENCES["amin"] = lambda input, dim, keepdim: torch.amin(input, () if dim is None else dim, keepdim)
REFERENCES["aminmax"] = aminmax
