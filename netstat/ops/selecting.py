"""Operators whose result is as large as the values say: what a mask holds, what differs, what a sequence's length is.

How many values come out is an attribute, learned from the result.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.graph import TensorSpec
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.sorting import insertions
from netstat.ops.spelling import is_tensor, renamed


class Selection(Operator):
    """Values are picked or written; no arithmetic."""

    family = "indexing"
    free = True
    by_values: ClassVar[bool] = True


@operator
class Nonzero(Operator):
    """Places of the m values that are not zero, in d dimensions, of n.

    n comparisons with zero, none of truth values. Output (m, d), or d vectors of m. Source: torch.nonzero.
    """

    name = "nonzero"
    family = "indexing"
    torch: ClassVar[tuple[str, ...]] = (
        "torch.nonzero",
        "torch.Tensor.nonzero",
        "torch.argwhere",
        "torch.Tensor.argwhere",
    )
    by_values = True

    @staticmethod
    def shape(input: TensorSpec, *, as_tuple: bool = False, found: int = 0) -> Specs:
        rank = len(input.shape)
        if as_tuple:
            return (TensorSpec((found,), "int64"),) * max(rank, 1)
        return (TensorSpec((found, rank), "int64"),)

    @classmethod
    def cost(cls, input: TensorSpec, *, as_tuple: bool = False, found: int = 0) -> Cost:
        compares = 0 if input.dtype == "bool" else input.numel
        return Cost(compares=compares, **traffic((input,), cls.shape(input, as_tuple=as_tuple, found=found)))

    @classmethod
    def learned(cls, outputs: Specs) -> dict[str, Any]:
        return {"found": outputs[0].shape[0]}


@operator
class WhereIndices(Nonzero):
    """`torch.where(condition)`: as many vectors as there are dimensions, with the places where it holds.

    n comparisons with zero, none of truth values. Source: torch.where.
    """

    name = "where_indices"
    torch = ("torch.where", "torch.Tensor.where")

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().bind(args, renamed(kwargs, condition="input")), "as_tuple": True}


@operator
class MaskedSelect(Selection):
    """The values of the input where the mask holds, both stretched to one shape. Source: torch.masked_select."""

    name = "masked_select"
    torch = ("torch.masked_select", "torch.Tensor.masked_select")
    tensors = ("input", "mask")

    @staticmethod
    def shape(input: TensorSpec, mask: TensorSpec, found: int = 0) -> Specs:
        return (TensorSpec((found,), input.dtype),)

    @classmethod
    def cost(cls, input: TensorSpec, mask: TensorSpec, found: int = 0) -> Cost:
        outputs = cls.shape(input, mask, found)
        return Cost(**traffic((*outputs, mask), outputs))

    @classmethod
    def learned(cls, outputs: Specs) -> dict[str, Any]:
        return {"found": outputs[0].shape[0]}


@operator
class GetItemMasked(Selection):
    """`x[mask]`, alone or among other indices: a copy of what the mask holds. Source: torch.Tensor.__getitem__."""

    name = "getitem_masked"
    torch = ("torch.Tensor.__getitem__",)
    tensors = ("input", "indices")

    @staticmethod
    def shape(input: TensorSpec, indices: Sequence[TensorSpec], found: Sequence[int] = ()) -> Specs:
        return (TensorSpec(tuple(found), input.dtype),)

    @classmethod
    def cost(cls, input: TensorSpec, indices: Sequence[TensorSpec], found: Sequence[int] = ()) -> Cost:
        outputs = cls.shape(input, indices, found)
        return Cost(**traffic((*outputs, *indices), outputs))

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return {"input": args[0], "indices": _masks(args[1]) if len(args) > 1 else kwargs["indices"]} | {
            name: value for name, value in kwargs.items() if name == "found"
        }

    @classmethod
    def learned(cls, outputs: Specs) -> dict[str, Any]:
        return {"found": outputs[0].shape}


@operator
class SetItemMasked(Selection):
    """`x[mask] = y`: written where the mask holds; how much that is its result does not tell: taken as all of x.

    Source: torch.Tensor.__setitem__.
    """

    name = "setitem_masked"
    torch = ("torch.Tensor.__setitem__",)
    tensors = ("input", "indices", "value")

    @staticmethod
    def shape(input: TensorSpec, indices: Sequence[TensorSpec], value: "TensorSpec | float") -> Specs:
        return (input,)

    @classmethod
    def cost(cls, input: TensorSpec, indices: Sequence[TensorSpec], value: "TensorSpec | float") -> Cost:
        return Cost(**traffic((*indices, value if isinstance(value, TensorSpec) else None), (input,)))

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        indices = _masks(args[1]) if len(args) > 1 else kwargs["indices"]
        return {"input": args[0], "indices": indices, "value": args[2] if len(args) > 2 else kwargs["value"]}

    @classmethod
    def makes_tensor(cls, **attributes: Any) -> bool:
        return False


def _masks(index: Any) -> list[Any]:
    """The tensors of an index.

    Raises:
        TypeError: none of them is a mask.
    """
    items = [item for item in (index if isinstance(index, tuple) else (index,)) if is_tensor(item)]
    if not any("bool" in str(item.dtype) for item in items):
        raise TypeError("no mask among the indices")
    return items


@operator
class Unique(Operator):
    """The m different values among n, or among slices along `dim`; where each went and how often it came.

    Counted by the rule of sorting: each value is looked for in the sorted list of the different ones so far, which
    takes ⌈log₂(k + 1)⌉ comparisons among k, and one to see whether it is there; those that differ come first, the worst
    order there is. A comparison of slices of s values takes s. Source: torch.unique.
    """

    name = "unique"
    family = "sorting"
    torch = ("torch.unique", "torch.Tensor.unique")
    by_values = True

    @staticmethod
    def shape(
        input: TensorSpec,
        sorted: bool = True,
        return_inverse: bool = False,
        return_counts: bool = False,
        dim: int | None = None,
        found: Sequence[int] = (0,),
    ) -> Specs:
        values = TensorSpec(tuple(found), input.dtype)
        inverse = TensorSpec(input.shape if dim is None else (input.shape[dim],), "int64")
        counts = TensorSpec((found[dim or 0],), "int64")
        return (values, *((inverse,) if return_inverse else ()), *((counts,) if return_counts else ()))

    @classmethod
    def cost(cls, input: TensorSpec, *args: Any, **chosen: Any) -> Cost:
        bound = cls.bind((input, *args), chosen)
        dim, found = bound["dim"], bound["found"]
        many = input.numel if dim is None else input.shape[dim]
        each = input.numel // many if many else 0
        compares = each * (insertions(many, found[dim or 0]) + max(many - 1, 0))
        return Cost(compares=compares, **traffic((input,), cls.shape(**bound)))

    @classmethod
    def learned(cls, outputs: Specs) -> dict[str, Any]:
        return {"found": outputs[0].shape}


@operator
class RepeatInterleaveEach(Selection):
    """Each slice along `dim` as often as its own number says. Source: torch.repeat_interleave."""

    name = "repeat_interleave_each"
    torch = ("torch.repeat_interleave", "torch.Tensor.repeat_interleave")
    tensors = ("input", "repeats")

    @staticmethod
    def shape(
        input: TensorSpec,
        repeats: TensorSpec,
        dim: int | None = None,
        *,
        output_size: int | None = None,
        found: Sequence[int] = (),
    ) -> Specs:
        return (TensorSpec(tuple(found), input.dtype),)

    @classmethod
    def cost(cls, input: TensorSpec, repeats: TensorSpec, *args: Any, **chosen: Any) -> Cost:
        outputs = cls.shape(input, repeats, *args, **chosen)
        return Cost(**traffic((input, repeats), outputs))

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        bound = super().bind(args, kwargs)
        if bound["repeats"] is None or isinstance(bound["repeats"], int):
            raise TypeError("one number for all is no tensor of numbers")
        return bound

    @classmethod
    def learned(cls, outputs: Specs) -> dict[str, Any]:
        return {"found": outputs[0].shape}


@operator
class PackSequence(Selection):
    """Sequences of different lengths, in all `found` steps, one behind the other without their padding.

    Input (T, N, *) or (N, T, *); output (found, *) and the number of sequences at each step. Source:
    torch.nn.utils.rnn.pack_padded_sequence.
    """

    name = "pack_padded_sequence"
    torch = ("torch._pack_padded_sequence",)
    tensors = ("input", "lengths")

    @staticmethod
    def shape(
        input: TensorSpec, lengths: TensorSpec, batch_first: bool = False, found: int = 0, steps: int = 0
    ) -> Specs:
        return (TensorSpec((found, *input.shape[2:]), input.dtype), TensorSpec((steps,), "int64"))

    @classmethod
    def cost(
        cls, input: TensorSpec, lengths: TensorSpec, batch_first: bool = False, found: int = 0, steps: int = 0
    ) -> Cost:
        outputs = cls.shape(input, lengths, batch_first, found, steps)
        return Cost(**traffic((outputs[0], lengths), outputs))

    @classmethod
    def learned(cls, outputs: Specs) -> dict[str, Any]:
        return {"found": outputs[0].shape[0], "steps": outputs[1].shape[0]}


@operator
class PadSequence(Selection):
    """Packed sequences with padding again, to T steps. Source: torch.nn.utils.rnn.pad_packed_sequence."""

    name = "pad_packed_sequence"
    torch = ("torch._pad_packed_sequence",)
    tensors = ("data", "batch_sizes")

    @staticmethod
    def shape(
        data: TensorSpec,
        batch_sizes: TensorSpec,
        batch_first: bool = False,
        padding_value: float = 0.0,
        total_length: int = 0,
        found: Sequence[int] = (0, 0),
    ) -> Specs:
        sequences = found[0 if batch_first else 1]
        return (TensorSpec((*found, *data.shape[1:]), data.dtype), TensorSpec((sequences,), "int64"))

    @classmethod
    def cost(cls, data: TensorSpec, batch_sizes: TensorSpec, *args: Any, **chosen: Any) -> Cost:
        return Cost(**traffic((data, batch_sizes), cls.shape(data, batch_sizes, *args, **chosen)))

    @classmethod
    def learned(cls, outputs: Specs) -> dict[str, Any]:
        return {"found": outputs[0].shape[:2]}


@operator
class BinCount(Operator):
    """How often each number comes among n, or the sum of its weights: one addition each. Source: torch.bincount."""

    name = "bincount"
    family = "reduction"
    torch = ("torch.bincount", "torch.Tensor.bincount")
    tensors = ("input", "weights")
    by_values = True

    @staticmethod
    def shape(input: TensorSpec, weights: TensorSpec | None = None, minlength: int = 0, found: int = 0) -> Specs:
        dtype = "int64" if weights is None else weights.dtype if weights.dtype == "float32" else "float64"
        return (TensorSpec((found,), dtype),)

    @classmethod
    def cost(cls, input: TensorSpec, weights: TensorSpec | None = None, minlength: int = 0, found: int = 0) -> Cost:
        outputs = cls.shape(input, weights, minlength, found)
        return Cost(adds=input.numel, **traffic((input, weights), outputs))

    @classmethod
    def learned(cls, outputs: Specs) -> dict[str, Any]:
        return {"found": outputs[0].shape[0]}
