"""Torch's sorting."""

from collections.abc import Callable
from typing import Any

import torch

from oracle.reference import REFERENCES


def whole_or_rows(function: Callable[..., Any]) -> Callable[..., Any]:
    """Its two signatures."""

    def called(input: Any, dim: int | None, **chosen: Any) -> Any:
        return function(input) if dim is None else function(input, dim, **chosen)

    return called


def searchsorted(sorted_sequence: Any, input: Any, **chosen: Any) -> Any:
    return torch.searchsorted(sorted_sequence.sort(-1).values, input, **chosen)


def bucketize(input: Any, boundaries: Any, **chosen: Any) -> Any:
    return torch.bucketize(input, boundaries.sort().values, **chosen)


REFERENCES |= {name: getattr(torch, name) for name in ("sort", "argsort", "msort", "topk", "kthvalue")}
REFERENCES |= {"median": whole_or_rows(torch.median), "nanmedian": whole_or_rows(torch.nanmedian)}
REFERENCES |= {"searchsorted": searchsorted, "bucketize": bucketize}
