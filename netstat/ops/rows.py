"""Rows of a tensor: the values that differ only in some of its dimensions."""

from collections.abc import Iterable
from math import prod
from typing import Any

from netstat.errors import ShapeError
from netstat.ops.arithmetic import Size, most
from netstat.ops.dtypes import is_inexact


def axes(shape: tuple[Size, ...], dim: Any) -> tuple[int, ...]:
    """The dimensions that `dim` names, counted from the front: a number, several, or all for None and ().

    Raises:
        ShapeError: a tensor of this shape has no such dimension, or it is named twice.
    """
    rank = len(shape)
    if dim is None or dim == () or dim == []:
        return tuple(range(rank))
    named = tuple(dim) if isinstance(dim, Iterable) else (dim,)
    for one in named:
        if not -max(rank, 1) <= one < max(rank, 1):
            raise ShapeError(f"there is no dimension {one} among {rank}")
    found = tuple(one % rank for one in named) if rank else ()
    if len(set(found)) < len(found):
        raise ShapeError(f"a dimension is named twice in {', '.join(map(str, named))}")
    return found


def rows(shape: tuple[Size, ...], dim: Any) -> tuple[Size, Size]:
    """How many rows run along `dim`, and how many values each holds."""
    along = axes(shape, dim)
    return prod(size for at, size in enumerate(shape) if at not in along), prod(shape[at] for at in along)


def reduced(shape: tuple[Size, ...], dim: Any, keepdim: bool) -> tuple[Size, ...]:
    """The shape with one value left of each row, its dimensions gone or of size 1."""
    along = axes(shape, dim)
    return tuple(1 if at in along else size for at, size in enumerate(shape) if keepdim or at not in along)


def between(values: Size) -> Size:
    """How often two neighbours meet in a row: one time less than there are values."""
    return most(values - 1, 0)


def refuse_integers(dtype: str) -> None:
    """Raise ShapeError unless values of this dtype are floating-point or complex numbers."""
    if not is_inexact(dtype):
        raise ShapeError(f"needs floating-point numbers, got {dtype}")
