"""Operators that move or rename values and compute nothing: free by declaration.

A view costs nothing at all; `cat`, `pad` and `clone` move bytes.
"""

from collections.abc import Sequence
from math import prod
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.dtypes import result_dtype
from netstat.ops.sight import Sight, beside, in_place, permuted, renamed, swapped, window
from netstat.ops.windows import refuse_below
from netstat.units import shape as shape_text


class View(Operator):
    """The same values under another shape; no arithmetic, no bytes."""

    family = "layout"
    free = True
    view = True

    @classmethod
    def cost(cls, input: TensorSpec, **attributes: Any) -> Cost:
        return Cost()


def _variadic(args: tuple[Any, ...], kwargs: dict[str, Any], name: str) -> dict[str, Any]:
    """`x.view(2, 3)` and `x.view((2, 3))` both name one attribute."""
    input, *values = args or (kwargs["input"],)
    if name in kwargs:
        values = kwargs[name]
    elif len(values) == 1 and isinstance(values[0], (tuple, list)):
        (values,) = values
    return {"input": input, name: tuple(values)}


class Renaming(View):
    """The same values in the same order."""

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return renamed(operand.spec.shape, node.output.shape)


@operator
class Flatten(Renaming):
    """Dimensions start_dim … end_dim become one. Source: torch.flatten."""

    name = "flatten"
    torch = ("torch.flatten", "torch.Tensor.flatten")

    @staticmethod
    def shape(input: TensorSpec, start_dim: int = 0, end_dim: int = -1) -> Specs:
        rank = len(input.shape)
        if not rank:
            return (TensorSpec((1,), input.dtype),)
        start, end = start_dim % rank, end_dim % rank
        merged = prod(input.shape[start : end + 1])
        return (TensorSpec((*input.shape[:start], merged, *input.shape[end + 1 :]), input.dtype),)


@operator
class Reshape(Renaming):
    """The same values in the same order; one size may be −1 and follows from the others. Source: torch.reshape."""

    name = "reshape"
    torch = ("torch.reshape", "torch.Tensor.reshape", "torch.Tensor.view")

    @staticmethod
    def shape(input: TensorSpec, shape: Sequence[int]) -> Specs:
        known = prod(size for size in shape if size != -1)
        sizes = tuple(input.numel // known if size == -1 else size for size in shape)
        if prod(sizes) != input.numel:
            raise ShapeError(f"{input.numel} values do not fill the shape {shape_text(tuple(shape))}")
        return (TensorSpec(sizes, input.dtype),)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Any) -> dict[str, Any]:
        return _variadic(args, kwargs, "shape")


@operator
class Permute(View):
    """Dimensions in another order. Source: torch.permute."""

    name = "permute"
    torch = ("torch.permute", "torch.Tensor.permute")

    @staticmethod
    def shape(input: TensorSpec, dims: Sequence[int]) -> Specs:
        return (TensorSpec(tuple(input.shape[dim] for dim in dims), input.dtype),)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Any) -> dict[str, Any]:
        return _variadic(args, kwargs, "dims")

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return permuted(node.attributes["dims"], len(node.input.shape))


@operator
class Transpose(View):
    """Two dimensions change places. Source: torch.transpose."""

    name = "transpose"
    torch = ("torch.transpose", "torch.Tensor.transpose", "torch.swapaxes", "torch.Tensor.swapaxes")

    @staticmethod
    def shape(input: TensorSpec, dim0: int, dim1: int) -> Specs:
        sizes = list(input.shape)
        sizes[dim0], sizes[dim1] = sizes[dim1], sizes[dim0]
        return (TensorSpec(tuple(sizes), input.dtype),)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return swapped(len(node.input.shape), node.attributes["dim0"], node.attributes["dim1"])


@operator
class Squeeze(Renaming):
    """Dimensions of size 1 go: `dim`, several, or all. Source: torch.squeeze."""

    name = "squeeze"
    torch = ("torch.squeeze", "torch.Tensor.squeeze")

    @staticmethod
    def shape(input: TensorSpec, dim: int | Sequence[int] | None = None) -> Specs:
        rank = len(input.shape)
        chosen = range(rank) if dim is None else [d % rank for d in ([dim] if isinstance(dim, int) else dim) if rank]
        kept = (size for i, size in enumerate(input.shape) if i not in chosen or size != 1)
        return (TensorSpec(tuple(kept), input.dtype),)


@operator
class Unsqueeze(Renaming):
    """A dimension of size 1 comes in. Source: torch.unsqueeze."""

    name = "unsqueeze"
    torch = ("torch.unsqueeze", "torch.Tensor.unsqueeze")

    @staticmethod
    def shape(input: TensorSpec, dim: int) -> Specs:
        at = dim % (len(input.shape) + 1)
        return (TensorSpec((*input.shape[:at], 1, *input.shape[at:]), input.dtype),)


@operator
class Cat(Operator):
    """Tensors one behind the other along `dim`; moves bytes, computes nothing. Source: torch.cat."""

    name = "cat"
    family = "layout"
    torch = ("torch.cat", "torch.concat", "torch.concatenate")
    tensors = ("tensors",)
    free = True

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return beside(operand.spec.shape, node.attributes["dim"])

    @staticmethod
    def shape(tensors: Sequence[TensorSpec], dim: int = 0) -> Specs:
        dtype = result_dtype(*tensors)
        tensors = [spec for spec in tensors if spec.shape != (0,)] or tensors[:1]  # an empty list of values fits any
        first = tensors[0].shape
        at = dim % len(first)
        for other in tensors[1:]:
            if other.shape[:at] + other.shape[at + 1 :] != first[:at] + first[at + 1 :]:
                raise ShapeError(f"{shape_text(first)} and {shape_text(other.shape)} differ outside dimension {at}")
        joined = sum(spec.shape[at] for spec in tensors)
        return (TensorSpec((*first[:at], joined, *first[at + 1 :]), dtype),)

    @staticmethod
    def cost(tensors: Sequence[TensorSpec], dim: int = 0) -> Cost:
        return Cost(**traffic(tensors, Cat.shape(tensors, dim)))


LONGER = {"reflect": 1, "circular": 0}  # than its padding an axis has to be by so much: that is filled with its values


@operator
class Pad(Operator):
    """Values around the border: `pad` holds (before, after) pairs from the last dimension on. Source: F.pad."""

    name = "pad"
    family = "layout"
    torch = ("torch.nn.functional.pad",)
    free = True

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        """Of the padding nothing is said: away from it values have only moved, whatever stands in it."""
        pad, shape = node.attributes["pad"], node.input.shape
        before = (*pad[::2], *[0] * (len(shape) - len(pad) // 2))[::-1]
        return Sight(tuple((at, window(-n) if n else None) for at, n in enumerate(before)))

    @staticmethod
    def shape(input: TensorSpec, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Specs:
        sizes = list(input.shape)
        for i, around in enumerate(zip(pad[::2], pad[1::2], strict=True)):
            for width in around if mode in LONGER else ():
                refuse_below(width + LONGER[mode], "input size", sizes[-1 - i : len(sizes) - i])
            sizes[-1 - i] += sum(around)
        return (TensorSpec(tuple(sizes), input.dtype),)

    @staticmethod
    def cost(input: TensorSpec, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Cost:
        return Cost(**traffic((input,), Pad.shape(input, pad, mode)))

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        value = attributes["value"]
        return {**attributes, "pad": tuple(attributes["pad"]), "value": 0.0 if value is None else float(value)}


@operator
class Clone(Operator):
    """A copy in memory of its own. Source: torch.clone."""

    name = "clone"
    family = "layout"
    torch: ClassVar[tuple[str, ...]] = ("torch.clone", "torch.Tensor.clone")
    free = True

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return in_place(operand.spec.shape, node.output.shape)

    @staticmethod
    def shape(input: TensorSpec) -> Specs:
        return (input,)

    @staticmethod
    def cost(input: TensorSpec) -> Cost:
        return Cost(**traffic((input,), (input,)))

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Any) -> dict[str, Any]:
        return {"input": args[0] if args else kwargs["input"]}


@operator
class Contiguous(View, Clone):
    """The same values, laid out in order; a copy where they were not, counted as none. Source: Tensor.contiguous."""

    name = "contiguous"
    torch = ("torch.Tensor.contiguous",)


@operator
class Detach(View, Clone):
    """The same values, through which no gradient goes back. Source: torch.Tensor.detach."""

    name = "detach"
    torch = ("torch.Tensor.detach", "torch.detach")
