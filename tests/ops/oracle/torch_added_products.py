"""What torch makes of a product added to a tensor."""

from functools import partial
from typing import Any

import torch

from oracle.reference import REFERENCES


def added(name: str, inplace: bool, **arguments: Any) -> torch.Tensor:
    """By the function or, in place, by its other spelling."""
    if not inplace:
        return getattr(torch, name)(**arguments)
    return getattr(arguments.pop("input"), f"{name}_")(**arguments)


for name in ("addmm", "addmv", "addr", "baddbmm", "addbmm"):
    REFERENCES[name] = partial(added, name)
