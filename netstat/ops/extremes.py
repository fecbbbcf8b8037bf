"""The largest and smallest of many values, and which of them hold."""

from collections.abc import Mapping
from typing import Any

from netstat.cost import ZERO, Cost
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size
from netstat.ops.base import Operator, Specs, operator, spellings, traffic
from netstat.ops.broadcasting import broadcast
from netstat.ops.dtypes import result_dtype
from netstat.ops.reductions import Reduction, RowWise
from netstat.ops.rows import between, reduced, rows


class Extreme(Operator):
    """F values x per row, the whole tensor where no dimension is given; or two tensors, value by value.

    The extreme of F values takes F − 1 comparisons, that of two values one. Where it stands takes no arithmetic: it
    is a second result where a dimension is given.
    """

    family = "reduction"
    tensors = ("input", "other")

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        if len(args) == 2 and hasattr(args[1], "shape"):
            return super().bind(args[:1], {**kwargs, "other": args[1]})
        return super().bind(args, kwargs)

    @classmethod
    def shape(
        cls, input: TensorSpec, dim: int | None = None, keepdim: bool = False, *, other: TensorSpec | None = None
    ) -> Specs:
        if other is not None:
            return (TensorSpec(broadcast(input.shape, other.shape), result_dtype(input, other)),)
        values = TensorSpec(reduced(input.shape, dim, keepdim), input.dtype)
        return (values,) if dim is None else (values, values._replace(dtype="int64"))

    @classmethod
    def cost(
        cls, input: TensorSpec, dim: int | None = None, keepdim: bool = False, *, other: TensorSpec | None = None
    ) -> Cost:
        outputs = cls.shape(input, dim, keepdim, other=other)
        many, length = (outputs[0].numel, 2) if other is not None else rows(input.shape, dim)
        return Cost(compares=many * between(length), **traffic((input, other), outputs))


@operator
class Max(Extreme):
    """y = max x of a row of F values, or of two values: F − 1 comparisons, or one. Source: torch.max."""

    name = "max"
    torch = spellings("max")


@operator
class Min(Extreme):
    """y = min x of a row of F values, or of two values: F − 1 comparisons, or one. Source: torch.min."""

    name = "min"
    torch = spellings("min")


class Largest(Reduction):
    """One extreme per row of F values: F − 1 comparisons."""

    @classmethod
    def row(cls, length: Size) -> Cost:
        return Cost(compares=between(length))


@operator
class AMax(Largest):
    """y = max x over a row of F values. F − 1 comparisons. Source: torch.amax."""

    name = "amax"
    torch = spellings("amax")


@operator
class AMin(Largest):
    """y = min x over a row of F values. F − 1 comparisons. Source: torch.amin."""

    name = "amin"
    torch = spellings("amin")


@operator
class AMinMax(RowWise):
    """min x and max x over a row of F values. F − 1 comparisons each. Source: torch.aminmax."""

    name = "aminmax"
    torch = spellings("aminmax")

    @classmethod
    def shape(cls, input: TensorSpec, dim: int | None = None, keepdim: bool = False) -> Specs:
        output = TensorSpec(reduced(input.shape, dim, keepdim), input.dtype)
        return output, output

    @classmethod
    def row(cls, length: Size) -> Cost:
        return Cost(compares=2 * between(length))


class Place(Largest):
    """Where the extreme of a row of F values stands: F − 1 comparisons."""

    @classmethod
    def result(cls, input: TensorSpec) -> str:
        return "int64"


@operator
class ArgMax(Place):
    """y = the i of the largest x[i] in a row of F values. F − 1 comparisons. Source: torch.argmax."""

    name = "argmax"
    torch = spellings("argmax")


@operator
class ArgMin(Place):
    """y = the i of the smallest x[i] in a row of F values. F − 1 comparisons. Source: torch.argmin."""

    name = "argmin"
    torch = spellings("argmin")


class Truth(RowWise):
    """What is true of a row of F values: one comparison with zero per value, none where they are truth values.

    Logic on truth values is no arithmetic.
    """

    @classmethod
    def shape(cls, input: TensorSpec, dim: Any = None, keepdim: bool = False) -> Specs:
        kind = "uint8" if input.dtype == "uint8" else "bool"
        return (TensorSpec(reduced(input.shape, dim, keepdim), kind),)

    @classmethod
    def cost(cls, input: TensorSpec, dim: Any = None, keepdim: bool = False) -> Cost:
        return _asked(input) + Cost(**traffic((input,), cls.shape(input, dim, keepdim)))


def _asked(input: TensorSpec) -> Cost:
    """Which values are not zero: truth values say so themselves."""
    return ZERO if input.dtype == "bool" else Cost(compares=input.numel)


@operator
class AllTrue(Truth):
    """y = no x of a row is zero. One comparison per value, none for truth values. Source: torch.all."""

    name = "all"
    torch = spellings("all")


@operator
class AnyTrue(Truth):
    """y = some x of a row is not zero. One comparison per value, none for truth values. Source: torch.any."""

    name = "any"
    torch = spellings("any")


@operator
class CountNonzero(RowWise):
    """y = how many x of a row of F values are not zero.

    One comparison per value, none for truth values, and F − 1 additions. Source: torch.count_nonzero.
    """

    name = "count_nonzero"
    torch = spellings("count_nonzero")

    @classmethod
    def shape(cls, input: TensorSpec, dim: Any = None) -> Specs:
        return (TensorSpec(reduced(input.shape, dim, keepdim=False), "int64"),)

    @classmethod
    def cost(cls, input: TensorSpec, dim: Any = None, *args: Any, **chosen: Any) -> Cost:
        return _asked(input) + super().cost(input, dim)

    @classmethod
    def row(cls, length: Size) -> Cost:
        return Cost(adds=between(length))
