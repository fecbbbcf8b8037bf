"""Shapes and dtypes of torch's tensors, wherever they are."""

from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_leaves

from netstat.graph import TensorSpec


def spec_of(tensor: Tensor) -> TensorSpec:
    """Shape and dtype of a torch tensor."""
    return TensorSpec(tuple(tensor.shape), _dtype_name(tensor.dtype))


@cache
def _dtype_name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def tensors_in(value: Any) -> list[Tensor]:
    """The tensors in nested lists, tuples, dicts and whatever else torch knows as a tree."""
    if isinstance(value, Tensor):
        return [value]
    if type(value) in (tuple, list):
        return [tensor for item in value for tensor in tensors_in(item)]
    if type(value) is dict:
        return [tensor for item in value.values() for tensor in tensors_in(item)]
    if type(value) in (int, float, bool, str, type(None), torch.Size, torch.dtype, torch.device):
        return []
    return [leaf for leaf in tree_leaves(value) if isinstance(leaf, Tensor)]
