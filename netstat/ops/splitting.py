"""Operators that take a tensor apart along a dimension. The pieces are views: nothing is computed, nothing moves."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar

from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import ceil_div
from netstat.ops.base import Specs, operator
from netstat.ops.layout import View
from netstat.ops.sight import Sight, beside
from netstat.ops.spelling import is_tensor, renamed
from netstat.ops.views import without_axis


def pieces(input: TensorSpec, sizes: Sequence[int], dim: int) -> Specs:
    """The input with each of the sizes along `dim`."""
    at = dim % len(input.shape)
    before, after = input.shape[:at], input.shape[at + 1 :]
    return tuple(TensorSpec((*before, size, *after), input.dtype) for size in sizes)


@operator
class Split(View):
    """Pieces of `split_size` along `dim`, the last one smaller where they do not fill it; or of the sizes in a list.

    Source: torch.split.
    """

    name = "split"
    torch = (
        *("torch.split", "torch.Tensor.split", "torch._VF.split", "torch.unsafe_split", "torch.Tensor.unsafe_split"),
        *("torch.split_with_sizes", "torch.Tensor.split_with_sizes"),
        *("torch.unsafe_split_with_sizes", "torch.Tensor.unsafe_split_with_sizes"),
    )

    @staticmethod
    def shape(input: TensorSpec, split_size: int | Sequence[int], dim: int = 0) -> Specs:
        size = input.shape[dim]
        if isinstance(split_size, int):
            return pieces(input, _filled(size, split_size), dim)
        if sum(split_size) != size:
            raise ShapeError(f"pieces of {tuple(split_size)} do not make up a size of {size}")
        return pieces(input, split_size, dim)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        size = "split_size"
        return super().bind(args, renamed(kwargs, tensor="input", split_size_or_sections=size, split_sizes=size))

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        size = attributes["split_size"]
        return {**attributes, "split_size": size if isinstance(size, int) else tuple(size)}

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return beside(node.input.shape, node.attributes["dim"])


def _filled(size: int, piece: int) -> list[int]:
    """Pieces of one size, and what is left; a size of 0 is one piece of 0."""
    if piece < 1 and size:
        raise ShapeError(f"split size must be at least 1, got {piece}")
    whole, rest = divmod(size, piece) if size else (0, 0)
    return [piece] * whole + ([rest] if rest or not size else [])


@operator
class Chunk(View):
    """At most `chunks` pieces of ⌈size / chunks⌉ along `dim`, the last one smaller. Source: torch.chunk."""

    name = "chunk"
    torch = ("torch.chunk", "torch.Tensor.chunk", "torch.unsafe_chunk", "torch.Tensor.unsafe_chunk")

    @staticmethod
    def shape(input: TensorSpec, chunks: int, dim: int = 0) -> Specs:
        if chunks < 1:
            raise ShapeError(f"chunks must be at least 1, got {chunks}")
        size = input.shape[dim]
        return pieces(input, _filled(size, ceil_div(size, chunks)) if size else [0] * chunks, dim)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return beside(node.input.shape, node.attributes["dim"])


@operator
class TensorSplit(View):
    """So many pieces along `dim`, the first ones larger by one where they cannot be equal; or cut at given indices.

    Source: torch.tensor_split.
    """

    name = "tensor_split"
    torch: ClassVar[tuple[str, ...]] = ("torch.tensor_split", "torch.Tensor.tensor_split")

    @staticmethod
    def shape(input: TensorSpec, sections: int | Sequence[int], dim: int = 0) -> Specs:
        return pieces(input, _sections(input.shape[dim], sections), dim)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        bound = super().bind(args, renamed(kwargs, indices_or_sections="sections", indices="sections"))
        if is_tensor(bound["sections"]):
            raise TypeError("where a tensor says to split is not known without its values")
        return bound

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        sections = attributes["sections"]
        return {**attributes, "sections": sections if isinstance(sections, int) else tuple(sections)}

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return beside(node.input.shape, cls.dim(node))

    @classmethod
    def dim(cls, node: Node) -> int:
        """The dimension that is split."""
        return int(node.attributes["dim"])


def _sections(size: int, sections: int | Sequence[int]) -> list[int]:
    if isinstance(sections, int):
        if sections < 1:
            raise ShapeError(f"sections must be at least 1, got {sections}")
        return [size // sections + (i < size % sections) for i in range(sections)]
    cuts = [0, *sections, size]
    return [len(range(size)[start:end]) for start, end in pairwise(cuts)]


class _EqualSplit(TensorSplit):
    """A tensor split along a fixed dimension, into equal pieces where a number is given."""

    rank: ClassVar[int]

    @staticmethod
    def along(input: TensorSpec) -> int:
        raise NotImplementedError

    @classmethod
    def dim(cls, node: Node) -> int:
        return cls.along(node.input)

    @classmethod
    def shape(cls, input: TensorSpec, sections: int | Sequence[int]) -> Specs:  # type: ignore[override]
        if len(input.shape) < cls.rank:
            raise ShapeError(f"needs at least {cls.rank} dimensions, got {len(input.shape)}")
        dim = cls.along(input)
        if isinstance(sections, int) and sections > 0 and input.shape[dim] % sections:
            raise ShapeError(f"a size of {input.shape[dim]} has no {sections} equal pieces")
        return pieces(input, _sections(input.shape[dim], sections), dim)


@operator
class HSplit(_EqualSplit):
    """`tensor_split` along the second dimension, the only one of a vector. Source: torch.hsplit."""

    name = "hsplit"
    torch = ("torch.hsplit", "torch.Tensor.hsplit")
    rank = 1

    @staticmethod
    def along(input: TensorSpec) -> int:
        return min(len(input.shape) - 1, 1)


@operator
class VSplit(_EqualSplit):
    """`tensor_split` along the first dimension. Source: torch.vsplit."""

    name = "vsplit"
    torch = ("torch.vsplit", "torch.Tensor.vsplit")
    rank = 2

    @staticmethod
    def along(input: TensorSpec) -> int:
        return 0


@operator
class DSplit(_EqualSplit):
    """`tensor_split` along the third dimension. Source: torch.dsplit."""

    name = "dsplit"
    torch = ("torch.dsplit", "torch.Tensor.dsplit")
    rank = 3

    @staticmethod
    def along(input: TensorSpec) -> int:
        return 2


@operator
class Unbind(View):
    """The slices along `dim`, without that dimension. Source: torch.unbind."""

    name = "unbind"
    torch = ("torch.unbind", "torch.Tensor.unbind")

    @staticmethod
    def shape(input: TensorSpec, dim: int = 0) -> Specs:
        at = dim % len(input.shape)
        left = TensorSpec(input.shape[:at] + input.shape[at + 1 :], input.dtype)
        return (left,) * input.shape[at]

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return without_axis(len(node.input.shape), node.attributes["dim"])
