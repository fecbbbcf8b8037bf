"""Torch's sums, means, products and variances."""

from collections.abc import Callable
from typing import Any

import torch

from oracle.reference import REFERENCES


def with_dtype(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with a dtype by its name."""

    def called(input: Any, dim: Any, dtype: str | None = None, **chosen: Any) -> Any:
        return function(input, dim, **chosen, dtype=getattr(torch, dtype) if dtype else None)

    return called


def prod(input: Any, dim: Any, **chosen: Any) -> Any:
    return torch.prod(input) if dim is None else torch.prod(input, dim, **chosen)


REFERENCES |= {name: with_dtype(getattr(torch, name)) for name in ("sum", "nansum", "mean", "nanmean")}
REFERENCES |= {name: getattr(torch, name) for name in ("var", "std", "var_mean", "std_mean", "logsumexp", "trace")}
REFERENCES["prod"] = prod
