"""Operators that write values over others: fills, copies, choices by a mask. No arithmetic, bytes only."""

from collections.abc import Iterable, Mapping
from typing import Any

from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arranging import Copy
from netstat.ops.base import Specs, operator
from netstat.ops.broadcasting import broadcast
from netstat.ops.dtypes import result_dtype
from netstat.ops.sight import NOTHING, Sight, in_place
from netstat.ops.spelling import is_tensor
from netstat.units import shape as shape_text


def fits(what: TensorSpec, place: tuple[int, ...]) -> None:
    """Raise ShapeError unless a tensor can be stretched to the shape it is to be written over."""
    if broadcast(what.shape, place) != place:
        raise ShapeError(f"{shape_text(what.shape)} does not fit into {shape_text(place)}")


class _Local(Copy):
    """An output value depends on what stands at the same position."""

    family = "elementwise"

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return in_place(operand.spec.shape, node.output.shape)


@operator
class Fill(_Local):
    """Every value becomes one number; nothing is read but the number, where it is a tensor. Source: torch.fill."""

    name = "fill"
    torch = ("torch.Tensor.fill_", "torch.fill", "torch.fill_")
    tensors = ("input", "value")

    @staticmethod
    def shape(input: TensorSpec, value: "TensorSpec | float", inplace: bool = False) -> Specs:
        return (input,)

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Iterable[TensorSpec]:
        return (arguments["value"],) if is_tensor(arguments["value"]) else ()

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return NOTHING if operand.name == "input" else super().sees(node, operand)


@operator
class Zero(_Local):
    """Every value becomes zero; nothing is read. Source: torch.Tensor.zero_."""

    name = "zero"
    torch = ("torch.Tensor.zero_", "torch.zero_")

    @staticmethod
    def shape(input: TensorSpec, inplace: bool = False) -> Specs:
        return (input,)

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Iterable[TensorSpec]:
        return ()

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return NOTHING


@operator
class CopyOver(_Local):
    """Another tensor's values, stretched where they have to be, written over all of the input; only those are read.

    Source: torch.Tensor.copy_.
    """

    name = "copy"
    torch = ("torch.Tensor.copy_",)
    tensors = ("input", "src")

    @staticmethod
    def shape(input: TensorSpec, src: TensorSpec, non_blocking: bool = False, inplace: bool = False) -> Specs:
        fits(src, input.shape)
        return (input,)

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Iterable[TensorSpec]:
        return (arguments["src"],)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return NOTHING if operand.name == "input" else super().sees(node, operand)


@operator
class MaskedFill(_Local):
    """A number where the mask holds, else the input. Source: torch.Tensor.masked_fill."""

    name = "masked_fill"
    torch = ("torch.masked_fill", "torch.Tensor.masked_fill", "torch.Tensor.masked_fill_")
    tensors = ("input", "mask", "value")

    @staticmethod
    def shape(input: TensorSpec, mask: TensorSpec, value: "TensorSpec | float", inplace: bool = False) -> Specs:
        if inplace:
            fits(mask, input.shape)
        return (TensorSpec(broadcast(input.shape, mask.shape), input.dtype),)


@operator
class MaskedScatter(_Local):
    """Where the mask holds, the values of `source` one after the other, else the input.

    How many are taken depends on the mask: counted as if all of `source` were. Source: torch.Tensor.masked_scatter.
    """

    name = "masked_scatter"
    torch = ("torch.masked_scatter", "torch.Tensor.masked_scatter", "torch.Tensor.masked_scatter_")
    tensors = ("input", "mask", "source")

    @staticmethod
    def shape(input: TensorSpec, mask: TensorSpec, source: TensorSpec, inplace: bool = False) -> Specs:
        if inplace:
            fits(mask, input.shape)
        return (TensorSpec(broadcast(input.shape, mask.shape), input.dtype),)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return super().sees(node, operand) if operand.name == "input" else None  # the mask says which goes where


@operator
class Where(_Local):
    """`input` where the condition holds, else `other`. The condition alone asks for indices: none known without values.

    Source: torch.where.
    """

    name = "where"
    torch = ("torch.where", "torch.Tensor.where")
    tensors = ("condition", "input", "other")

    @staticmethod
    def shape(condition: TensorSpec, input: "TensorSpec | float", other: "TensorSpec | float") -> Specs:
        sizes = condition.shape
        for one in (input, other):
            sizes = broadcast(sizes, one.shape) if isinstance(one, TensorSpec) else sizes
        return (TensorSpec(sizes, result_dtype(input, other)),)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        first, *rest = args or (None,)
        if rest and is_tensor(rest[0]) and not str(first.dtype).endswith("bool"):  # input.where(condition, other)
            args = (rest[0], first, *rest[1:])
        bound = super().bind(args, kwargs)
        if bound["other"] is None:
            raise TypeError("how many indices a condition gives is not known without its values")
        return bound
