"""Operators that put values elsewhere or repeat them: no arithmetic, bytes only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, cast

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import Size
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.sight import Reach, Sight
from netstat.ops.spelling import is_tensor, one_row
from netstat.ops.views import diagonal_length


class Copy(Operator):
    """Values put elsewhere: what is read is read once, what is written written once."""

    family = "layout"
    free = True

    @classmethod
    def cost(cls, **arguments: Any) -> Cost:
        return Cost(**traffic(cls.read(arguments), cls.written(arguments)))

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Iterable[TensorSpec]:
        """What is read: all tensors there are, unless said otherwise."""
        return tensors_of(cls, arguments)

    @classmethod
    def written(cls, arguments: Mapping[str, Any]) -> Iterable[TensorSpec]:
        """What is written: the outputs, unless said otherwise."""
        return cls.shape(**arguments)


def tensors_of(kind: type[Operator], arguments: Mapping[str, Any]) -> Iterator[TensorSpec]:
    """The tensors among the arguments of an operator, those in lists too."""
    for name in kind.tensors:
        given = arguments.get(name)
        if is_tensor(given):
            yield cast(TensorSpec, given)
        elif isinstance(given, (list, tuple)):
            yield from given


@operator
class Repeat(Copy):
    """The tensor so many times along each dimension; new dimensions come in front. Source: torch.Tensor.repeat."""

    name = "repeat"
    torch = ("torch.Tensor.repeat",)

    @staticmethod
    def shape(input: TensorSpec, repeats: Sequence[int]) -> Specs:
        if len(repeats) < len(input.shape):
            raise ShapeError(f"needs at least {len(input.shape)} numbers of repeats, got {len(repeats)}")
        sizes = (1,) * (len(repeats) - len(input.shape)) + input.shape
        return (TensorSpec(tuple(n * size for n, size in zip(repeats, sizes, strict=True)), input.dtype),)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(*one_row(args, kwargs, "repeats"))


@operator
class Tile(Copy):
    """`repeat`, once along the first dimensions where numbers are missing. Source: torch.tile."""

    name = "tile"
    torch = ("torch.tile", "torch.Tensor.tile")

    @staticmethod
    def shape(input: TensorSpec, dims: Sequence[int]) -> Specs:
        return Repeat.shape(input, (1,) * (len(input.shape) - len(dims)) + tuple(dims))

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(*one_row(args, kwargs, "dims"))


@operator
class RepeatInterleave(Copy):
    """Each value `repeats` times in a row along `dim`; without a `dim`, of all values in one row.

    A tensor of repeats is not known without its values. Source: torch.repeat_interleave.
    """

    name = "repeat_interleave"
    torch = ("torch.repeat_interleave", "torch.Tensor.repeat_interleave")

    @staticmethod
    def shape(input: TensorSpec, repeats: int, dim: int | None = None, output_size: int | None = None) -> Specs:
        sizes = [input.numel] if dim is None else list(input.shape)
        sizes[dim or 0] *= repeats
        return (TensorSpec(tuple(sizes), input.dtype),)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        bound = super().bind(args, kwargs)
        if not isinstance(bound["repeats"], int):
            raise TypeError("how often a tensor says to repeat is not known without its values")
        return bound


def flipped(shape: tuple[int, ...], dims: Iterable[int]) -> Sight:
    """What a flip along `dims` shows: position L − 1 − o."""
    turned = {dim % max(len(shape), 1) for dim in dims}
    reaches = (Reach(1, -1, (range(size - 1, size),)) if at in turned else None for at, size in enumerate(shape))
    return Sight(tuple(enumerate(reaches)))


@operator
class Flip(Copy):
    """Values in reverse along some dimensions. Source: torch.flip."""

    name = "flip"
    torch = ("torch.flip", "torch.Tensor.flip")

    @staticmethod
    def shape(input: TensorSpec, dims: Sequence[int]) -> Specs:
        return (input,)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(*one_row(args, kwargs, "dims"))

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return flipped(node.input.shape, node.attributes["dims"])


class _Flipped(Copy):
    """`flip` along a fixed dimension."""

    dim: ClassVar[int]

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return flipped(node.input.shape, [cls.dim])

    @staticmethod
    def shape(input: TensorSpec) -> Specs:
        return (input,)


@operator
class FlipLR(_Flipped):
    """Columns in reverse, the second dimension. Source: torch.fliplr."""

    name, torch, dim = "fliplr", ("torch.fliplr", "torch.Tensor.fliplr"), 1


@operator
class FlipUD(_Flipped):
    """Rows in reverse, the first dimension. Source: torch.flipud."""

    name, torch, dim = "flipud", ("torch.flipud", "torch.Tensor.flipud"), 0


@operator
class Roll(Copy):
    """Values moved by `shifts` along `dims`, what leaves coming in at the other side; without dims, all in one row.

    Source: torch.roll.
    """

    name = "roll"
    torch = ("torch.roll", "torch.Tensor.roll")

    @staticmethod
    def shape(input: TensorSpec, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None) -> Specs:
        return (input,)

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        return {
            name: (value,) if isinstance(value, int) else value and tuple(value) for name, value in attributes.items()
        }


@operator
class Rot90(Copy):
    """k quarter turns in the plane of two dimensions, from the first towards the second. Source: torch.rot90."""

    name = "rot90"
    torch = ("torch.rot90", "torch.Tensor.rot90")

    @staticmethod
    def shape(input: TensorSpec, k: int = 1, dims: Sequence[int] = (0, 1)) -> Specs:
        sizes = list(input.shape)
        a, b = dims
        if k % 2:
            sizes[a], sizes[b] = sizes[b], sizes[a]
        return (TensorSpec(tuple(sizes), input.dtype),)

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        return {**attributes, "dims": tuple(attributes["dims"])}


class _Triangle(Copy):
    """One side of a diagonal of the last two dimensions; the rest is zero."""

    @classmethod
    def shape(cls, input: TensorSpec, diagonal: int = 0, inplace: bool = False) -> Specs:
        if len(input.shape) < 2:
            raise ShapeError(f"needs at least 2 dimensions, got {len(input.shape)}")
        return (input,)


@operator
class Tril(_Triangle):
    """The values on and below a diagonal, else zero. Source: torch.tril."""

    name = "tril"
    torch = ("torch.tril", "torch.Tensor.tril", "torch.Tensor.tril_")


@operator
class Triu(_Triangle):
    """The values on and above a diagonal, else zero. Source: torch.triu."""

    name = "triu"
    torch = ("torch.triu", "torch.Tensor.triu", "torch.Tensor.triu_")


@operator
class Diag(Copy):
    """A matrix with a vector on its diagonal, else zero; or the diagonal of a matrix, of which no more is read.

    Source: torch.diag.
    """

    name = "diag"
    torch = ("torch.diag", "torch.Tensor.diag")

    @staticmethod
    def shape(input: TensorSpec, diagonal: int = 0) -> Specs:
        if len(input.shape) not in (1, 2):
            raise ShapeError(f"needs a vector or a matrix, got {len(input.shape)} dimensions")
        if len(input.shape) == 1:
            return DiagEmbed.shape(input, diagonal)
        return (TensorSpec((diagonal_length(input.shape[0], input.shape[1], diagonal),), input.dtype),)

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Iterable[TensorSpec]:
        input: TensorSpec = arguments["input"]
        return (input,) if len(input.shape) == 1 else cls.shape(**arguments)


@operator
class DiagEmbed(Copy):
    """Matrices with the last dimension on their diagonal, `offset` to the right, else zero.

    Source: torch.diag_embed.
    """

    name = "diag_embed"
    torch = ("torch.diag_embed", "torch.Tensor.diag_embed")

    @staticmethod
    def shape(input: TensorSpec, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Specs:
        rank = len(input.shape) + 1
        size: Size = input.shape[-1] + abs(offset)
        rest = iter(input.shape[:-1])
        places = (dim1 % rank, dim2 % rank)
        return (TensorSpec(tuple(size if dim in places else next(rest) for dim in range(rank)), input.dtype),)
