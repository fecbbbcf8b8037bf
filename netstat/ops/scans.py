"""Running sums, products and extremes, and differences of neighbours."""

from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size, most
from netstat.ops.base import Operator, Specs, operator, spellings, traffic
from netstat.ops.dtypes import result_dtype
from netstat.ops.reductions import RowWise, Total
from netstat.ops.rows import axes, between, rows


class Scan(RowWise):
    """Rows of F values along `dim`; result i is made of the values up to i, and of result i − 1 where it can."""

    family = "scan"


class Running(Scan):
    """Sums and products: those of integers and truth values are int64, unless they are written over their input."""

    @classmethod
    def shape(cls, input: TensorSpec, dim: int, *, dtype: Any = None, inplace: bool = False) -> Specs:
        axes(input.shape, dim)
        return (input._replace(dtype=dtype or (input.dtype if inplace else Total.result(input))),)


@operator
class CumSum(Running):
    """y[i] = y[i − 1] + x[i] in rows of F values. F − 1 additions per row. Source: torch.cumsum."""

    name = "cumsum"
    torch = spellings("cumsum")

    @classmethod
    def row(cls, length: Size) -> Cost:
        return Cost(adds=between(length))


@operator
class CumProd(Running):
    """y[i] = y[i − 1] · x[i] in rows of F values. F − 1 multiplications per row. Source: torch.cumprod."""

    name = "cumprod"
    torch = spellings("cumprod")

    @classmethod
    def row(cls, length: Size) -> Cost:
        return Cost(multiplies=between(length))


class RunningExtreme(Scan):
    """The extreme of the values up to each, and where it stands. F − 1 comparisons per row of F values."""

    @classmethod
    def shape(cls, input: TensorSpec, dim: int) -> Specs:
        axes(input.shape, dim)
        return input, input._replace(dtype="int64")

    @classmethod
    def row(cls, length: Size) -> Cost:
        return Cost(compares=between(length))


@operator
class CumMax(RunningExtreme):
    """y[i] = max(y[i − 1], x[i]), and where it stands, in rows of F values. F − 1 comparisons. Source: torch.cummax."""

    name = "cummax"
    torch = spellings("cummax")


@operator
class CumMin(RunningExtreme):
    """y[i] = min(y[i − 1], x[i]), and where it stands, in rows of F values. F − 1 comparisons. Source: torch.cummin."""

    name = "cummin"
    torch = spellings("cummin")


@operator
class LogCumSumExp(Scan):
    """y[i] = log Σ_j e^x[j], j ≤ i, in rows of F values.

    Per row: F exponentials, F − 1 additions, F logarithms. The guard against overflow is not counted. Source:
    torch.logcumsumexp.
    """

    name = "logcumsumexp"
    torch = spellings("logcumsumexp")

    @classmethod
    def shape(cls, input: TensorSpec, dim: int) -> Specs:
        axes(input.shape, dim)
        return (input,)

    @classmethod
    def row(cls, length: Size) -> Cost:
        return Cost(specials=2 * length, adds=between(length))


@operator
class Diff(Operator):
    """y[i] = x[i + 1] − x[i] in rows of F values, n times over; `prepend` and `append` lengthen the rows first.

    Time t of the n takes max(F − t, 0) subtractions per row; those of truth values are logic, and none. Source:
    torch.diff.
    """

    name = "diff"
    family = "scan"
    torch = spellings("diff")
    tensors = ("input", "prepend", "append")

    @staticmethod
    def shape(
        input: TensorSpec,
        n: int = 1,
        dim: int = -1,
        prepend: TensorSpec | None = None,
        append: TensorSpec | None = None,
    ) -> Specs:
        if not input.shape:
            raise ShapeError("needs at least 1 dimension, got 0")
        (at,), (longer, dtype) = axes(input.shape, dim), _lengthened(input, dim, prepend, append)
        return (TensorSpec((*input.shape[:at], most(longer - n, 0), *input.shape[at + 1 :]), dtype),)

    @staticmethod
    def cost(
        input: TensorSpec,
        n: int = 1,
        dim: int = -1,
        prepend: TensorSpec | None = None,
        append: TensorSpec | None = None,
    ) -> Cost:
        (output,) = Diff.shape(input, n, dim, prepend, append)
        many, _ = rows(input.shape, dim)
        length, dtype = _lengthened(input, dim, prepend, append)
        taken = 0 if dtype == "bool" else many * sum(most(length - time, 0) for time in range(1, n + 1))
        return Cost(adds=taken, **traffic((input, prepend, append), (output,)))


def _lengthened(input: TensorSpec, dim: int, prepend: TensorSpec | None, append: TensorSpec | None) -> tuple[Size, str]:
    """Values per row and their dtype with what is laid before and after; a single number is one value per row."""
    specs = [spec for spec in (input, prepend, append) if spec is not None]
    return sum(spec.shape[dim] if spec.shape else 1 for spec in specs), result_dtype(*specs)
