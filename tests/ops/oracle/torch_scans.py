"""Torch's running figures."""

from collections.abc import Callable
from typing import Any

import torch

from oracle.reference import REFERENCES


def with_dtype(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with a dtype by its name."""

    def called(input: Any, dim: int, dtype: str | None) -> Any:
        return function(input, dim, dtype=getattr(torch, dtype) if dtype else None)

    return called


REFERENCES |= {name: with_dtype(getattr(torch, name)) for name in ("cumsum", "cumprod")}
REFERENCES |= {name: getattr(torch, name) for name in ("cummax", "cummin", "logcumsumexp", "diff")}
