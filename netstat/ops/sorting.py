"""Order: sorting, the k largest, medians, places in a sorted list.

The rule all counts follow: values are taken one by one and inserted into the sorted list of those that count so far, of
which the best k are kept. The place in a list of m values is found by halving, in ⌈log₂(m + 1)⌉ comparisons, which is
what tells m + 1 places apart at worst. Moving values takes no arithmetic.
"""

from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size, certainly, least
from netstat.ops.base import Operator, Specs, operator, spellings, traffic
from netstat.ops.rows import axes, reduced, rows


def ceil_log2(number: Size) -> Size:
    """⌈log₂ number⌉."""
    if isinstance(number, int):
        return (number - 1).bit_length()
    from sympy import ceiling, log

    return ceiling(log(number, 2))


def insertions(values: Size, kept: Size) -> Size:
    """Comparisons to insert so many values, one by one, into a sorted list of which the best `kept` are kept.

    Value i finds its place among min(i − 1, kept). While the list grows, Σ ⌈log₂ i⌉ = m·⌈log₂ m⌉ − 2^⌈log₂ m⌉ + 1 for
    the first m values; from then on ⌈log₂(kept + 1)⌉ each.
    """
    if kept == 0 or values == 0:
        return 0
    growing = least(values, kept + 1)
    levels = ceil_log2(growing)
    return growing * levels - 2**levels + 1 + (values - growing) * ceil_log2(kept + 1)


def _places(input: TensorSpec, dim: Any, kept: Size | None = None) -> Size:
    """Comparisons to have the best `kept`, or all, of each row in order."""
    many, length = rows(input.shape, dim)
    return many * insertions(length, length if kept is None else kept)


class Sorting(Operator):
    """Rows of F values along `dim`, sorted by insertion, where a place among m values takes ⌈log₂(m + 1)⌉ comparisons.

    Per row: Σ_i ⌈log₂ i⌉ comparisons, i from 1 to F.
    """

    family = "sorting"

    @classmethod
    def cost(cls, input: TensorSpec, dim: int = -1, *args: Any, **chosen: Any) -> Cost:
        outputs = cls.shape(input, dim, *args, **chosen)
        return Cost(compares=_places(input, dim), **traffic((input,), outputs))


@operator
class Sort(Sorting):
    """The values of each row in order, and where they stood; Σ_i ⌈log₂ i⌉ comparisons per row. Source: torch.sort."""

    name = "sort"
    torch = spellings("sort")

    @staticmethod
    def shape(input: TensorSpec, dim: int = -1, descending: bool = False, *, stable: bool = False) -> Specs:
        axes(input.shape, dim)
        return input, input._replace(dtype="int64")


@operator
class ArgSort(Sorting):
    """Where the values of each row in order stood; Σ_i ⌈log₂ i⌉ comparisons per row. Source: torch.argsort."""

    name = "argsort"
    torch = spellings("argsort")

    @staticmethod
    def shape(input: TensorSpec, dim: int = -1, descending: bool = False, *, stable: bool = False) -> Specs:
        axes(input.shape, dim)
        return (input._replace(dtype="int64"),)


@operator
class MSort(Operator):
    """The values along the first dimension in order; Σ_i ⌈log₂ i⌉ comparisons per row. Source: torch.msort."""

    name = "msort"
    family = "sorting"
    torch = spellings("msort")

    @staticmethod
    def shape(input: TensorSpec) -> Specs:
        return (input,)

    @staticmethod
    def cost(input: TensorSpec) -> Cost:
        return Cost(compares=_places(input, 0), **traffic((input,), (input,)))


@operator
class TopK(Operator):
    """The k largest (or smallest) of each row of F values in order, and where they stood.

    Per row: Σ_i ⌈log₂(min(i − 1, k) + 1)⌉ comparisons, i from 1 to F: sorting for k = F, F − 1 for k = 1. Source:
    torch.topk.
    """

    name = "topk"
    family = "sorting"
    torch = spellings("topk")

    @staticmethod
    def shape(input: TensorSpec, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Specs:
        _refuse_beyond(input, k, dim)
        along = axes(input.shape, dim)
        values = input._replace(shape=tuple(k if at in along else size for at, size in enumerate(input.shape)))
        return values, values._replace(dtype="int64")

    @staticmethod
    def cost(input: TensorSpec, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Cost:
        outputs = TopK.shape(input, k, dim)
        return Cost(compares=_places(input, dim, k), **traffic((input,), outputs))


def _refuse_beyond(input: TensorSpec, k: int, dim: int) -> None:
    """Raise ShapeError where a row has fewer than k values."""
    _, length = rows(input.shape, dim)
    if certainly(length < k) or k < 0:
        raise ShapeError(f"there is no value {k} among {length}", too_small=k > 0)


@operator
class KthValue(Operator):
    """The k-th smallest of each row of F values, and where it stood; comparisons as of `topk`.

    Source: torch.kthvalue.
    """

    name = "kthvalue"
    family = "sorting"
    torch = spellings("kthvalue")

    @staticmethod
    def shape(input: TensorSpec, k: int, dim: int = -1, keepdim: bool = False) -> Specs:
        _refuse_beyond(input, k, dim)
        values = input._replace(shape=reduced(input.shape, dim, keepdim))
        return values, values._replace(dtype="int64")

    @staticmethod
    def cost(input: TensorSpec, k: int, dim: int = -1, keepdim: bool = False) -> Cost:
        outputs = KthValue.shape(input, k, dim, keepdim)
        return Cost(compares=_places(input, dim, k), **traffic((input,), outputs))


@operator
class Median(Operator):
    """The smallest ⌈F/2⌉ of each row of F values end in its (lower) median; where it stood with a dimension.

    Comparisons as of `topk` for k = ⌈F/2⌉. Source: torch.median.
    """

    name = "median"
    family = "sorting"
    torch = spellings("median")

    @classmethod
    def shape(cls, input: TensorSpec, dim: int | None = None, keepdim: bool = False) -> Specs:
        values = input._replace(shape=reduced(input.shape, dim, keepdim))
        return (values,) if dim is None else (values, values._replace(dtype="int64"))

    @classmethod
    def cost(cls, input: TensorSpec, dim: int | None = None, keepdim: bool = False) -> Cost:
        outputs = cls.shape(input, dim, keepdim)
        _, length = rows(input.shape, dim)
        return Cost(compares=_places(input, dim, (length + 1) // 2), **traffic((input,), outputs))


@operator
class NanMedian(Median):
    """The lower median of those values of a row that are numbers: F comparisons more than `median`, F values in a row.

    Counted as if all were numbers. Source: torch.nanmedian.
    """

    name = "nanmedian"
    torch = spellings("nanmedian")

    @classmethod
    def cost(cls, input: TensorSpec, dim: int | None = None, keepdim: bool = False) -> Cost:
        return super().cost(input, dim, keepdim) + Cost(compares=input.numel)


class Search(Operator):
    """The place of each value x in a sorted list of F: ⌈log₂(F + 1)⌉ comparisons per value."""

    family = "sorting"

    @staticmethod
    def placed(input: Any, out_int32: bool) -> TensorSpec:
        """An index per value; a plain number is one value."""
        return TensorSpec(input.shape if isinstance(input, TensorSpec) else (), "int32" if out_int32 else "int64")


@operator
class SearchSorted(Search):
    """The place of each x in its row of F sorted values: ⌈log₂(F + 1)⌉ comparisons each. Source: torch.searchsorted."""

    name = "searchsorted"
    torch = spellings("searchsorted")
    tensors = ("sorted_sequence", "input", "sorter")

    @staticmethod
    def shape(
        sorted_sequence: TensorSpec,
        input: Any,
        *,
        out_int32: bool = False,
        right: bool = False,
        side: str | None = None,
        sorter: TensorSpec | None = None,
    ) -> Specs:
        return (Search.placed(input, out_int32),)

    @staticmethod
    def cost(
        sorted_sequence: TensorSpec,
        input: Any,
        *,
        out_int32: bool = False,
        sorter: TensorSpec | None = None,
        **side: Any,
    ) -> Cost:
        (output,) = SearchSorted.shape(sorted_sequence, input, out_int32=out_int32)
        read = (sorted_sequence, input if isinstance(input, TensorSpec) else None, sorter)
        return Cost(compares=output.numel * ceil_log2(sorted_sequence.shape[-1] + 1), **traffic(read, (output,)))


@operator
class Bucketize(Search):
    """The place of each x among F sorted boundaries: ⌈log₂(F + 1)⌉ comparisons each. Source: torch.bucketize."""

    name = "bucketize"
    torch = spellings("bucketize")
    tensors = ("input", "boundaries")

    @staticmethod
    def shape(input: Any, boundaries: TensorSpec, *, out_int32: bool = False, right: bool = False) -> Specs:
        return (Search.placed(input, out_int32),)

    @staticmethod
    def cost(input: Any, boundaries: TensorSpec, *, out_int32: bool = False, right: bool = False) -> Cost:
        (output,) = Bucketize.shape(input, boundaries, out_int32=out_int32)
        read = (input if isinstance(input, TensorSpec) else None, boundaries)
        return Cost(compares=output.numel * ceil_log2(boundaries.shape[-1] + 1), **traffic(read, (output,)))
