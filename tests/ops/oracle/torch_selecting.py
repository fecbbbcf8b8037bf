"""Torch's own of what values decide."""

from typing import Any

import torch

from oracle.reference import REFERENCES


def setitem(input: Any, indices: Any, value: float) -> Any:
    input[indices[0]] = value
    return input


def without_found(function: Any) -> Any:
    """`found` is what the result tells; torch is not told."""
    return lambda found=None, steps=None, **arguments: function(**arguments)


REFERENCES |= {
    "nonzero": without_found(torch.nonzero),
    "where_indices": without_found(lambda input, as_tuple: torch.where(input)),
    "masked_select": without_found(torch.masked_select),
    "getitem_masked": without_found(lambda input, indices: input[indices[0]]),
    "setitem_masked": setitem,
    "unique": without_found(torch.unique),
    "repeat_interleave_each": without_found(torch.repeat_interleave),
    "pack_padded_sequence": without_found(lambda **given: torch._pack_padded_sequence(*given.values())),
    "pad_packed_sequence": without_found(lambda **given: torch._pad_packed_sequence(*given.values())),
    "bincount": without_found(torch.bincount),
}
