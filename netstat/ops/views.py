"""Operators that look at a tensor another way: other dimensions, or fewer or more of the same values; nothing moves."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.base import Specs, operator
from netstat.ops.layout import Renaming, Transpose, View
from netstat.ops.sight import Sight, permuted, swapped, window
from netstat.ops.spelling import is_tensor
from netstat.ops.windows import refuse_below
from netstat.units import shape as shape_text


def without_axis(rank: int, dim: int) -> Sight:
    """What one slice along `dim` shows."""
    return Sight(tuple((at, None) for at in range(rank) if at != dim % rank))


@operator
class Narrow(View):
    """`length` positions from `start` on along `dim`. Source: torch.narrow."""

    name = "narrow"
    torch = ("torch.narrow", "torch.Tensor.narrow")

    @staticmethod
    def shape(input: TensorSpec, dim: int, start: int, length: int) -> Specs:
        sizes = list(input.shape)
        if not -sizes[dim] <= start <= sizes[dim] or start % max(sizes[dim], 1) + length > sizes[dim]:
            raise ShapeError(f"{length} positions from {start} on do not lie in a size of {sizes[dim]}")
        sizes[dim] = length
        return (TensorSpec(tuple(sizes), input.dtype),)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        shape, dim, start = node.input.shape, *(node.attributes[name] for name in ("dim", "start"))
        cut = window(start % max(shape[dim], 1))
        return Sight(tuple((at, cut if at == dim % len(shape) else None) for at in range(len(shape))))

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        bound = super().bind(args, kwargs)
        if is_tensor(bound["start"]):
            raise TypeError("where a tensor says to start is not known without its values")
        return bound


@operator
class Select(View):
    """The slice at one index of `dim`, without that dimension. Source: torch.select."""

    name = "select"
    torch = ("torch.select", "torch.Tensor.select")

    @staticmethod
    def shape(input: TensorSpec, dim: int, index: int) -> Specs:
        sizes = list(input.shape)
        if not -sizes[dim] <= index < sizes[dim]:
            raise ShapeError(f"index {index} is outside a size of {sizes[dim]}")
        del sizes[dim]
        return (TensorSpec(tuple(sizes), input.dtype),)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return without_axis(len(node.input.shape), node.attributes["dim"])


@operator
class MoveDim(View):
    """Dimensions moved to other places, the rest in their order. Source: torch.movedim."""

    name = "movedim"
    torch = ("torch.movedim", "torch.Tensor.movedim", "torch.moveaxis", "torch.Tensor.moveaxis")

    @staticmethod
    def shape(input: TensorSpec, source: int | Sequence[int], destination: int | Sequence[int]) -> Specs:
        order = _moved(len(input.shape), source, destination)
        return (TensorSpec(tuple(input.shape[dim] for dim in order), input.dtype),)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return permuted(_moved(rank := len(node.input.shape), **node.attributes), rank)

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        return {name: tuple(_row(dims)) for name, dims in attributes.items()}


def _moved(rank: int, source: int | Sequence[int], destination: int | Sequence[int]) -> list[int]:
    """The order of the dimensions afterwards."""
    moved, places = ([dim % rank for dim in _row(dims)] for dims in (source, destination))
    if len(moved) != len(places):
        raise ShapeError(f"{len(moved)} dimensions do not go to {len(places)} places")
    rest = iter(dim for dim in range(rank) if dim not in moved)
    to = dict(zip(places, moved, strict=True))
    return [to[place] if place in to else next(rest) for place in range(rank)]


def _row(dims: int | Sequence[int]) -> Sequence[int]:
    return (dims,) if isinstance(dims, int) else dims


@operator
class SwapDims(View):
    """Two dimensions change places, as in `transpose`. Source: torch.swapdims."""

    name = "swapdims"
    torch = ("torch.swapdims", "torch.Tensor.swapdims")
    shape = staticmethod(Transpose.shape)
    sees = Transpose.sees


@operator
class Turn(View):
    """A matrix transposed; vectors and numbers stay as they are. Source: torch.t."""

    name = "t"
    torch = ("torch.t", "torch.Tensor.t")

    @staticmethod
    def shape(input: TensorSpec) -> Specs:
        if len(input.shape) > 2:
            raise ShapeError(f"needs at most 2 dimensions, got {len(input.shape)}")
        return (TensorSpec(input.shape[::-1], input.dtype),)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return permuted(reversed(range(rank := len(node.input.shape))), rank)


@operator
class Adjoint(View):
    """The last two dimensions change places; that complex numbers are conjugated is a mark on the view.

    Source: torch.adjoint.
    """

    name = "adjoint"
    torch = ("torch.adjoint", "torch.Tensor.adjoint")

    @staticmethod
    def shape(input: TensorSpec) -> Specs:
        if len(input.shape) < 2:
            raise ShapeError(f"needs at least 2 dimensions, got {len(input.shape)}")
        return (TensorSpec((*input.shape[:-2], input.shape[-1], input.shape[-2]), input.dtype),)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return swapped(len(node.input.shape), -2, -1)


@operator
class TensorUnfold(View):
    """Windows of `size` positions, `step` apart along a dimension; a window's positions are the new last dimension.

    Source: torch.Tensor.unfold.
    """

    name = "tensor_unfold"
    torch = ("torch.Tensor.unfold",)

    @staticmethod
    def shape(input: TensorSpec, dimension: int, size: int, step: int) -> Specs:
        sizes = list(input.shape) or [1]
        refuse_below(1, "step", (step,))
        if size > sizes[dimension]:
            raise ShapeError(f"needs an input size of at least {size}, got {sizes[dimension]}", too_small=True)
        sizes[dimension] = (sizes[dimension] - size) // step + 1
        return (TensorSpec((*(sizes if input.shape else []), size), input.dtype),)


@operator
class Unflatten(Renaming):
    """One dimension becomes several; one size may be −1 and follows from the others. Source: torch.unflatten."""

    name = "unflatten"
    torch = ("torch.unflatten", "torch.Tensor.unflatten")

    @staticmethod
    def shape(input: TensorSpec, dim: int, sizes: Sequence[int]) -> Specs:
        at = dim % len(input.shape)
        whole, known = input.shape[at], prod(size for size in sizes if size != -1)
        split = tuple(whole // max(known, 1) if size == -1 else size for size in sizes)
        if prod(split) != whole:
            raise ShapeError(f"a size of {whole} does not become {shape_text(tuple(sizes))}")
        return (TensorSpec((*input.shape[:at], *split, *input.shape[at + 1 :]), input.dtype),)

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        return {**attributes, "sizes": tuple(attributes["sizes"])}


@operator
class Diagonal(View):
    """The values at which two dimensions have one index, `offset` apart: the new last dimension.

    Source: torch.diagonal.
    """

    name = "diagonal"
    torch = ("torch.diagonal", "torch.Tensor.diagonal")

    @staticmethod
    def shape(input: TensorSpec, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Specs:
        rank = len(input.shape)
        rows, columns = dim1 % rank, dim2 % rank
        if rows == columns:
            raise ShapeError("a diagonal runs along two dimensions")
        rest = tuple(size for dim, size in enumerate(input.shape) if dim not in (rows, columns))
        return (TensorSpec((*rest, diagonal_length(input.shape[rows], input.shape[columns], offset)), input.dtype),)


def diagonal_length(rows: int, columns: int, offset: int) -> int:
    """Values on the diagonal `offset` to the right of the main one."""
    return max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)


@operator
class Ravel(Renaming):
    """All values in one row; a copy where they did not lie so, counted as none. Source: torch.ravel."""

    name = "ravel"
    torch = ("torch.ravel", "torch.Tensor.ravel")

    @staticmethod
    def shape(input: TensorSpec) -> Specs:
        return (TensorSpec((input.numel,), input.dtype),)


@operator
class AsStrided(View):
    """Of the values in memory, those at storage_offset + Σ stride·index. Source: torch.as_strided."""

    name = "as_strided"
    torch = ("torch.as_strided", "torch.Tensor.as_strided")

    @staticmethod
    def shape(
        input: TensorSpec, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
    ) -> Specs:
        return (TensorSpec(tuple(size), input.dtype),)

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        return {**attributes, "size": tuple(attributes["size"]), "stride": tuple(attributes["stride"])}


@operator
class Alias(Renaming):
    """The tensor itself: what changes is what is remembered about it. Source: torch.Tensor.requires_grad_, detach_."""

    name = "alias"
    torch = ("torch.Tensor.requires_grad_", "torch.Tensor.detach_", "torch.detach_")

    @staticmethod
    def shape(input: TensorSpec, requires_grad: bool = True) -> Specs:
        return (input,)
