"""Torch's functions for the operators that arrange values."""

from collections.abc import Callable
from typing import Any

import torch

from oracle.reference import REFERENCES


def of_list(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of tensors in a row, given them in a list."""
    return lambda tensors, **chosen: function(*tensors, **chosen)


REFERENCES |= {
    "split": lambda input, split_size, dim: torch.split(input, split_size, dim),
    "chunk": torch.chunk,
    "tensor_split": lambda input, sections, dim: torch.tensor_split(input, sections, dim),
    "hsplit": lambda input, sections: torch.hsplit(input, sections),
    "vsplit": lambda input, sections: torch.vsplit(input, sections),
    "dsplit": lambda input, sections: torch.dsplit(input, sections),
    "expand": lambda input, size: input.expand(size),
    "expand_as": lambda input, other: input.expand_as(other),
    "view_as": lambda input, other: input.view_as(other),
    "broadcast_tensors": of_list(torch.broadcast_tensors),
    "meshgrid": of_list(torch.meshgrid),
    "atleast_1d": of_list(torch.atleast_1d),
    "atleast_2d": of_list(torch.atleast_2d),
    "atleast_3d": of_list(torch.atleast_3d),
    "alias": lambda input: input.requires_grad_(False),
    "tensor_unfold": lambda input, **chosen: input.unfold(**chosen),
    "repeat": lambda input, repeats: input.repeat(repeats),
    "tril": lambda input, diagonal, inplace: input.tril_(diagonal) if inplace else input.tril(diagonal),
    "triu": lambda input, diagonal, inplace: input.triu_(diagonal) if inplace else input.triu(diagonal),
    "block_diag": of_list(torch.block_diag),
    "cartesian_prod": of_list(torch.cartesian_prod),
}
SAME = (
    *("unbind", "select", "narrow", "movedim", "swapdims", "t", "adjoint", "unflatten", "diagonal", "ravel"),
    *("as_strided", "tile", "repeat_interleave", "flip", "fliplr", "flipud", "roll", "rot90", "diag", "diag_embed"),
    *("stack", "hstack", "vstack", "dstack", "column_stack"),
)
REFERENCES |= {name: getattr(torch, name) for name in SAME}
