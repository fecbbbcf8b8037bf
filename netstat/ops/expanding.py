"""Operators that show values more than once, or in the shape of another tensor: views, nothing moves."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.base import Specs, operator
from netstat.ops.broadcasting import broadcast
from netstat.ops.layout import View
from netstat.ops.sight import NOTHING, Sight, in_place, renamed
from netstat.ops.spelling import one_list, one_row, without
from netstat.units import shape as shape_text


@operator
class Expand(View):
    """Dimensions of size 1 stretched, and new ones in front; −1 keeps a size. Source: torch.Tensor.expand."""

    name = "expand"
    torch = ("torch.Tensor.expand", "torch.broadcast_to", "torch.Tensor.broadcast_to")

    @staticmethod
    def shape(input: TensorSpec, size: Sequence[int]) -> Specs:
        there = (1,) * (len(size) - len(input.shape)) + input.shape
        sizes = tuple(old if new == -1 else new for old, new in zip(there[-len(size) :], size, strict=False))
        if len(size) < len(input.shape) or any(old not in (1, new) for old, new in zip(there, sizes, strict=True)):
            raise ShapeError(f"{shape_text(input.shape)} cannot be expanded to {shape_text(tuple(size))}")
        return (TensorSpec(sizes, input.dtype),)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return in_place(operand.spec.shape, node.output.shape)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(*one_row(args, without(kwargs, "implicit"), "size"))


class _Like(View):
    """The input in the shape of another tensor, whose values do not matter."""

    tensors = ("input", "other")


@operator
class ExpandAs(_Like):
    """`expand` to the shape of another tensor. Source: torch.Tensor.expand_as."""

    name = "expand_as"
    torch = ("torch.Tensor.expand_as",)

    @staticmethod
    def shape(input: TensorSpec, other: TensorSpec) -> Specs:
        return Expand.shape(input, other.shape)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return NOTHING if operand.name == "other" else in_place(operand.spec.shape, node.output.shape)


@operator
class ViewAs(_Like):
    """The same values in the same order, in the shape of another tensor. Source: torch.Tensor.view_as, reshape_as."""

    name = "view_as"
    torch = ("torch.Tensor.view_as", "torch.Tensor.reshape_as")

    @staticmethod
    def shape(input: TensorSpec, other: TensorSpec) -> Specs:
        if input.numel != other.numel:
            raise ShapeError(f"{input.numel} values do not fill the shape {shape_text(other.shape)}")
        return (TensorSpec(other.shape, input.dtype),)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return NOTHING if operand.name == "other" else renamed(operand.spec.shape, node.output.shape)


class _Several(View):
    """Views of several tensors."""

    tensors = ("tensors",)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(*one_list(args, kwargs))

    @classmethod
    def cost(cls, tensors: Sequence[TensorSpec], **attributes: Any) -> Cost:  # type: ignore[override]
        return Cost()


@operator
class BroadcastTensors(_Several):
    """Each tensor expanded to the shape they have together. Source: torch.broadcast_tensors."""

    name = "broadcast_tensors"
    torch = ("torch.broadcast_tensors",)

    @staticmethod
    def shape(tensors: Sequence[TensorSpec]) -> Specs:
        together = reduce(broadcast, (spec.shape for spec in tensors))
        return tuple(TensorSpec(together, spec.dtype) for spec in tensors)


@operator
class Meshgrid(_Several):
    """Of n vectors, n tensors of n dimensions: the i-th varies along the i-th dimension.

    With indexing "xy" the first two dimensions change places. Source: torch.meshgrid.
    """

    name = "meshgrid"
    torch = ("torch.meshgrid",)

    @staticmethod
    def shape(tensors: Sequence[TensorSpec], indexing: str | None = None) -> Specs:
        if any(len(spec.shape) > 1 for spec in tensors):
            raise ShapeError("a grid is made of vectors")
        sizes = [spec.numel for spec in tensors]
        if indexing == "xy":
            sizes[:2] = reversed(sizes[:2])
        return tuple(TensorSpec(tuple(sizes), spec.dtype) for spec in tensors)


class _AtLeast(_Several):
    """Each tensor with dimensions of size 1 until it has so many."""

    rank: int

    @classmethod
    def shape(cls, tensors: Sequence[TensorSpec]) -> Specs:
        return tuple(TensorSpec(cls.sizes(spec.shape), spec.dtype) for spec in tensors)

    @classmethod
    def sizes(cls, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (1,) * (cls.rank - len(shape)) + shape


@operator
class AtLeast1d(_AtLeast):
    """A number becomes a vector of one value. Source: torch.atleast_1d."""

    name, torch, rank = "atleast_1d", ("torch.atleast_1d",), 1


@operator
class AtLeast2d(_AtLeast):
    """A vector becomes a matrix of one row. Source: torch.atleast_2d."""

    name, torch, rank = "atleast_2d", ("torch.atleast_2d",), 2


@operator
class AtLeast3d(_AtLeast):
    """A matrix becomes (H, W, 1), a vector (1, L, 1). Source: torch.atleast_3d."""

    name, torch, rank = "atleast_3d", ("torch.atleast_3d",), 3

    @classmethod
    def sizes(cls, shape: tuple[int, ...]) -> tuple[int, ...]:
        return shape if len(shape) > 2 else (*((1,) * (2 - len(shape)) + shape), 1)
