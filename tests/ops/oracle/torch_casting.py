"""Torch's functions for the operators that cast and fill."""

from typing import Any

import torch

from oracle.reference import REFERENCES


def to(input: Any, dtype: str | None, copy: bool) -> torch.Tensor:
    return input.to(dtype=getattr(torch, dtype) if dtype else None, copy=copy)


REFERENCES |= {
    "to": to,
    "type": lambda input, dtype: input.type(getattr(torch, dtype)),
    "type_as": lambda input, other: input.type_as(other),
    "fill": lambda input, value, inplace: input.fill_(value) if inplace else torch.fill(input, value),
    "zero": lambda input, inplace: input.zero_(),
    "copy": lambda input, src, inplace: input.copy_(src),
    "where": lambda condition, input, other: torch.where(condition, input, other),
}
for name in ("double", "float", "half", "bfloat16", "long", "int", "short", "char", "byte", "bool"):
    REFERENCES[name] = lambda input, name=name: getattr(input, name)()
for name in ("masked_fill", "masked_scatter"):
    REFERENCES[name] = lambda input, inplace, name=name, **given: getattr(input, name + "_" * inplace)(**given)
