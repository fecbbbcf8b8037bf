"""Operators that put several tensors together into one: no arithmetic, bytes only."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, ClassVar

from netstat.cost import ZERO, Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arranging import Copy
from netstat.ops.base import Specs, operator
from netstat.ops.dtypes import result_dtype
from netstat.ops.expanding import AtLeast1d, AtLeast2d, AtLeast3d
from netstat.ops.layout import Cat
from netstat.ops.sight import Sight, Trace
from netstat.ops.spelling import one_list
from netstat.units import shape as shape_text


@operator
class Stack(Copy):
    """Tensors of one shape one behind the other along a new dimension. Source: torch.stack."""

    name = "stack"
    torch = ("torch.stack",)
    tensors = ("tensors",)

    @staticmethod
    def shape(tensors: Sequence[TensorSpec], dim: int = 0) -> Specs:
        first = tensors[0].shape
        for other in tensors[1:]:
            if other.shape != first:
                raise ShapeError(f"{shape_text(first)} and {shape_text(other.shape)} differ")
        at = dim % (len(first) + 1)
        return (TensorSpec((*first[:at], len(tensors), *first[at:]), result_dtype(*tensors)),)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        rank = len(operand.spec.shape)
        places: list[Trace] = [(at, None) for at in range(rank)]
        places.insert(node.attributes["dim"] % (rank + 1), None)
        return Sight(tuple(places))


class _Joined(Copy):
    """`cat` of tensors given the dimensions they need for it."""

    tensors = ("tensors",)
    dim: ClassVar[int]
    like: ClassVar[type[AtLeast1d | AtLeast2d | AtLeast3d]]

    @classmethod
    def shape(cls, tensors: Sequence[TensorSpec]) -> Specs:
        raised = [spec._replace(shape=cls.raised(spec.shape)) for spec in tensors]
        return Cat.shape(raised, min(cls.dim, len(raised[0].shape) - 1))

    @classmethod
    def raised(cls, shape: tuple[int, ...]) -> tuple[int, ...]:
        return cls.like.sizes(shape)


@operator
class HStack(_Joined):
    """Tensors one behind the other along the second dimension, vectors along their only one. Source: torch.hstack."""

    name, torch, dim, like = "hstack", ("torch.hstack",), 1, AtLeast1d


@operator
class VStack(_Joined):
    """Tensors one below the other, a vector being a row. Source: torch.vstack."""

    name, torch, dim, like = "vstack", ("torch.vstack", "torch.row_stack"), 0, AtLeast2d


@operator
class DStack(_Joined):
    """Tensors one behind the other along the third dimension, (H, W) being (H, W, 1). Source: torch.dstack."""

    name, torch, dim, like = "dstack", ("torch.dstack",), 2, AtLeast3d


@operator
class ColumnStack(_Joined):
    """Tensors side by side, a vector being a column. Source: torch.column_stack."""

    name, torch, dim = "column_stack", ("torch.column_stack",), 1

    @classmethod
    def raised(cls, shape: tuple[int, ...]) -> tuple[int, ...]:
        return shape if len(shape) > 1 else (prod(shape), 1)


@operator
class BlockDiag(Copy):
    """A matrix with matrices along its diagonal, else zero; a vector is a row. Source: torch.block_diag."""

    name = "block_diag"
    torch = ("torch.block_diag",)
    tensors = ("tensors",)

    @staticmethod
    def shape(tensors: Sequence[TensorSpec]) -> Specs:
        blocks = [(1, 1, *spec.shape)[-2:] for spec in tensors]
        return (TensorSpec((sum(h for h, _ in blocks), sum(w for _, w in blocks)), result_dtype(*tensors)),)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(*one_list(args, kwargs))


@operator
class CartesianProd(Copy):
    """A row for each choice of one value of each vector; of one vector, the vector itself.

    Source: torch.cartesian_prod.
    """

    name = "cartesian_prod"
    torch = ("torch.cartesian_prod",)
    tensors = ("tensors",)

    @staticmethod
    def shape(tensors: Sequence[TensorSpec]) -> Specs:
        sizes = tuple(spec.numel for spec in tensors)
        return (TensorSpec(sizes if len(sizes) == 1 else (prod(sizes), len(sizes)), tensors[0].dtype),)

    @classmethod
    def cost(cls, **arguments: Any) -> Cost:
        return super().cost(**arguments) if len(arguments["tensors"]) > 1 else ZERO

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(*one_list(args, kwargs))
