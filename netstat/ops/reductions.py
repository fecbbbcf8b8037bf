"""Sums, means, products and variances of many values."""

from collections.abc import Mapping
from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import Size, least
from netstat.ops.base import Operator, Specs, operator, spellings, traffic
from netstat.ops.dtypes import floating_dtype, is_inexact, real_dtype
from netstat.ops.rows import axes, between, reduced, refuse_integers, rows
from netstat.ops.sight import Sight, gathered


class RowWise(Operator):
    """Rows of F values. A row is what differs in `dim` alone: one dimension, several, all for None."""

    family = "reduction"

    @classmethod
    def cost(cls, input: TensorSpec, dim: Any = None, *args: Any, **chosen: Any) -> Cost:
        outputs = cls.shape(input, dim, *args, **chosen)
        many, length = rows(input.shape, dim)
        work: Cost = cls.row(length) * many
        return work + Cost(**traffic((input,), outputs))

    @classmethod
    def row(cls, length: Size) -> Cost:
        """What one row of so many values costs."""
        raise NotImplementedError

    @classmethod
    def result(cls, input: TensorSpec) -> str:
        """The dtype of the results, where none is asked for."""
        return input.dtype

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        dim = attributes.get("dim")
        return {**attributes, "dim": tuple(dim) if isinstance(dim, (list, tuple)) else dim}

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        """All of a row, where one value is made of each."""
        shape, dim, kept = node.input.shape, node.attributes.get("dim"), bool(node.attributes.get("keepdim"))
        if operand.name != "input" or reduced(shape, dim, kept) != node.output.shape:
            return None
        return gathered(shape, axes(shape, dim), kept=kept)


class Reduction(RowWise):
    """Rows of F values, one result each."""

    @classmethod
    def shape(cls, input: TensorSpec, dim: Any = None, keepdim: bool = False) -> Specs:
        return (TensorSpec(reduced(input.shape, dim, keepdim), cls.result(input)),)


class Total(RowWise):
    """Sums and products: those of integers and truth values are int64, unless another dtype is asked for."""

    @classmethod
    def shape(cls, input: TensorSpec, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Specs:
        return (TensorSpec(reduced(input.shape, dim, keepdim), dtype or cls.result(input)),)

    @classmethod
    def result(cls, input: TensorSpec) -> str:
        return input.dtype if is_inexact(input.dtype) else "int64"


class Average(RowWise):
    """Means: of floating-point numbers alone, unless such a dtype is asked for."""

    @classmethod
    def shape(cls, input: TensorSpec, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Specs:
        kind = dtype or input.dtype
        refuse_integers(kind)
        return (TensorSpec(reduced(input.shape, dim, keepdim), kind),)


@operator
class Sum(Total):
    """y = Σ x over a row of F values. F − 1 additions. Source: torch.sum."""

    name = "sum"
    torch = spellings("sum")

    @classmethod
    def row(cls, length: Size) -> Cost:
        return Cost(adds=between(length))


@operator
class NanSum(Total):
    """y = Σ x over those of a row's F values that are numbers.

    F comparisons (a number or not), F − 1 additions (of zero for what is none). Source: torch.nansum.
    """

    name = "nansum"
    torch = spellings("nansum")

    @classmethod
    def row(cls, length: Size) -> Cost:
        return Cost(compares=length, adds=between(length))


@operator
class Prod(Total):
    """y = Π x over a row of F values. F − 1 multiplications. Source: torch.prod."""

    name = "prod"
    torch = spellings("prod")

    @classmethod
    def row(cls, length: Size) -> Cost:
        return Cost(multiplies=between(length))


@operator
class Mean(Average):
    """y = (Σ x) / F over a row of F values. F − 1 additions, one division. Source: torch.mean."""

    name = "mean"
    torch = spellings("mean")

    @classmethod
    def row(cls, length: Size) -> Cost:
        return Cost(adds=between(length), divides=1)


@operator
class NanMean(Average):
    """y = (Σ x) / m over the m of a row's F values that are numbers.

    F comparisons (a number or not), F − 1 additions for the sum, as many to count m, one division. Source:
    torch.nanmean.
    """

    name = "nanmean"
    torch = spellings("nanmean")

    @classmethod
    def row(cls, length: Size) -> Cost:
        return Cost(compares=length, adds=2 * between(length), divides=1)


class Spread(RowWise):
    """V = Σ (x − E)² / (F − correction) and E = (Σ x) / F over a row of F values.

    E takes F − 1 additions and a division; V F subtractions, F multiplications, F − 1 additions and a division.
    `unbiased` is a correction of 1, its opposite one of 0; the divisor does not change the work.
    """

    @classmethod
    def shape(cls, input: TensorSpec, dim: Any = None, keepdim: bool = False, *, correction: float = 1) -> Specs:
        refuse_integers(input.dtype)
        return (TensorSpec(reduced(input.shape, dim, keepdim), real_dtype(input.dtype)),)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        names = ("input", "unbiased") if len(args) == 2 and isinstance(args[1], bool) else _SPREAD
        if len(args) > len(names):
            raise TypeError(f"{cls.name} does not take these arguments")
        named = {**dict(zip(names, args, strict=False)), **kwargs}
        unbiased = named.pop("unbiased", None)
        if unbiased is not None:
            named["correction"] = int(unbiased)
        elif named.get("correction", 1) is None:
            named["correction"] = 1
        return super().bind((), named)

    @classmethod
    def row(cls, length: Size) -> Cost:
        return Cost(multiplies=length, adds=2 * between(length) + length, divides=2)


# The older of torch's two signatures; in the newer one all but the first two are named.
_SPREAD = ("input", "dim", "unbiased", "keepdim")


@operator
class Var(Spread):
    """y = V = Σ (x − E)² / (F − correction), as in every `Spread`. Source: torch.var."""

    name = "var"
    torch = spellings("var")


@operator
class Std(Spread):
    """y = √V, V = Σ (x − E)² / (F − correction): one root per row more than V. Source: torch.std."""

    name = "std"
    torch = spellings("std")

    @classmethod
    def row(cls, length: Size) -> Cost:
        return super().row(length) + Cost(specials=1)


@operator
class VarMean(Var):
    """V = Σ (x − E)² / (F − correction) and E = (Σ x) / F, for what V alone takes. Source: torch.var_mean."""

    name = "var_mean"
    torch = spellings("var_mean")

    @classmethod
    def shape(cls, input: TensorSpec, dim: Any = None, keepdim: bool = False, *, correction: float = 1) -> Specs:
        (output,) = super().shape(input, dim, keepdim, correction=correction)
        return output, output._replace(dtype=input.dtype)


@operator
class StdMean(Std):
    """√V, V = Σ (x − E)² / (F − correction), and E = (Σ x) / F, for what √V alone takes. Source: torch.std_mean."""

    name = "std_mean"
    torch = spellings("std_mean")

    @classmethod
    def shape(cls, input: TensorSpec, dim: Any = None, keepdim: bool = False, *, correction: float = 1) -> Specs:
        (output,) = super().shape(input, dim, keepdim, correction=correction)
        return output, output._replace(dtype=input.dtype)


@operator
class LogSumExp(Reduction):
    """y = log Σ e^x over a row of F values.

    F exponentials, F − 1 additions, one logarithm. Taking the row's maximum off first guards against overflow: not
    counted. Source: torch.logsumexp.
    """

    name = "logsumexp"
    torch = spellings("logsumexp")

    @classmethod
    def result(cls, input: TensorSpec) -> str:
        return floating_dtype(input)

    @classmethod
    def row(cls, length: Size) -> Cost:
        return Cost(specials=length + 1, adds=between(length))


@operator
class Trace(Operator):
    """y = Σ x[i, i] over the m = min(H, W) values of a diagonal. m − 1 additions. Source: torch.trace."""

    name = "trace"
    family = "reduction"
    torch = spellings("trace")

    @staticmethod
    def shape(input: TensorSpec) -> Specs:
        if len(input.shape) != 2:
            raise ShapeError(f"needs a matrix, got {len(input.shape)} dimensions")
        return (TensorSpec((), Total.result(input)),)

    @staticmethod
    def cost(input: TensorSpec) -> Cost:
        outputs = Trace.shape(input)
        return Cost(adds=between(least(*input.shape)), **traffic((input,), outputs))
