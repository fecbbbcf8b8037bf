"""Torch's arithmetic of two operands."""

from collections.abc import Callable
from typing import Any

import torch

from oracle.elementwise import CASES
from oracle.reference import REFERENCES


def new(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, its result always in memory of its own; a number that comes first has no name in torch."""

    def call(inplace: bool = False, **arguments: Any) -> Any:
        first = [arguments.pop("input")] if "input" in arguments else []
        return function(*first, **arguments)

    return call


REFERENCES |= {name: new(getattr(torch, name)) for name in CASES}
REFERENCES["add"] = new(torch.add)
