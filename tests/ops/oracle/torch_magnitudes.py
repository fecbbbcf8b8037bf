"""Torch's norms."""

from collections.abc import Callable
from typing import Any

import torch

from oracle.reference import REFERENCES


def with_dtype(function: Callable[..., Any]) -> Callable[..., Any]:
    def called(input: Any, dtype: str | None = None, **chosen: Any) -> Any:
        return function(input, **chosen, dtype=getattr(torch, dtype) if dtype else None)

    return called


REFERENCES |= {name: with_dtype(getattr(torch.linalg, name)) for name in ("vector_norm", "matrix_norm", "norm")}
