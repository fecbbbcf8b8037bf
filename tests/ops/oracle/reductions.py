"""Figures of rows of values: each row gives one result, or one for each of its outputs."""

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, total
from oracle.draws import DTYPES, shapes
from oracle.tensors import Index, Tensor, positions

INTEGERS = ("bool", "uint8", "int32", "int64")
Row = list[Counted]


def along(shape: Index, dim: Any) -> list[int]:
    """The dimensions of a row: all, one or several."""
    rank = len(shape)
    if dim is None or dim == ():
        return list(range(rank))
    return [at % rank for at in ([dim] if isinstance(dim, int) else dim) if rank]


def each_row(shape: Index, dim: Any) -> Iterator[tuple[Index, list[Index]]]:
    """Index of a row (0 in its own dimensions) and where its values stand."""
    inside = along(shape, dim)
    outer = tuple(1 if at in inside else size for at, size in enumerate(shape))
    inner = tuple(size if at in inside else 1 for at, size in enumerate(shape))
    for start in positions(outer):
        yield start, [tuple(a + b for a, b in zip(start, step, strict=True)) for step in positions(inner)]


def by_row(
    input: Tensor, dim: Any, keepdim: bool, dtypes: tuple[str, ...], results: Callable[[Row], tuple[Any, ...]]
) -> tuple[Tensor, ...]:
    """One tensor per dtype, holding what `results` makes of each row."""
    inside = along(input.shape, dim)
    whole = [(at, 1 if at in inside else size) for at, size in enumerate(input.shape) if keepdim or at not in inside]
    outputs = tuple(input.like(tuple(size for _, size in whole), dtype) for dtype in dtypes)
    for start, places in each_row(input.shape, dim):
        found = results([input[at] for at in places])
        for output, value in zip(outputs, found, strict=True):
            output[tuple(start[at] for at, _ in whole)] = value
    return outputs


def summing(dtype: str) -> str:
    """Sums of whole numbers are int64."""
    return "int64" if dtype in INTEGERS else dtype


def reduction(
    result: Callable[[Row], Any], dtype_of: Callable[[str], str] = lambda dtype: dtype
) -> Callable[..., tuple[Tensor, ...]]:
    """The operator that makes one value of each row."""

    def loops(input: Tensor, dim: Any = None, keepdim: bool = False, dtype: str | None = None) -> tuple[Tensor, ...]:
        return by_row(input, dim, keepdim, (dtype or dtype_of(input.dtype),), lambda row: (result(row),))

    return loops


def product(row: Row) -> Counted:
    value, *rest = row
    for other in rest:
        value = value * other
    return value


def is_number(x: Counted) -> bool:
    """What is none differs from itself."""
    x.tally.compares += 1
    return x.value == x.value


def numbers(row: Row) -> Row:
    return [x if is_number(x) else Counted(0.0, x.tally) for x in row]


def mean(row: Row) -> Counted:
    return total(row) / len(row)


def mean_of_numbers(row: Row) -> Counted:
    there = [Counted(float(is_number(x)), x.tally) for x in row]
    values = [x if one.value else Counted(0.0, x.tally) for x, one in zip(row, there, strict=True)]
    return total(values) / total(there)


def moments(row: Row, correction: float) -> tuple[Counted, Counted]:
    """Variance and mean."""
    middle = mean(row)
    apart = [x - middle for x in row]
    squares = total(x * x for x in apart)
    return squares / (len(row) - correction), middle


def spread(root: bool, both: bool) -> Callable[..., tuple[Tensor, ...]]:
    """Variance or its root, with the mean or without."""

    def loops(input: Tensor, dim: Any = None, keepdim: bool = False, correction: float = 1) -> tuple[Tensor, ...]:
        def results(row: Row) -> tuple[Counted, ...]:
            variance, middle = moments(row, correction)
            variance = variance.sqrt() if root else variance
            return (variance, middle) if both else (variance,)

        return by_row(input, dim, keepdim, (input.dtype,) * (1 + both), results)

    return loops


def log_of_summed_powers(row: Row) -> Counted:
    from math import log

    return total(x.exp() for x in row).special(log)


def trace(input: Tensor) -> tuple[Tensor]:
    """The sum of a matrix's diagonal."""
    output = input.like((), summing(input.dtype))
    output[()] = total(input[i, i] for i in range(min(input.shape)))
    return (output,)


@st.composite
def some_dims(draw: DrawFn, rank: int) -> Any:
    """All dimensions, one, or several, counted from either end."""
    several = st.lists(st.integers(0, max(rank - 1, 0)), unique=True, min_size=1, max_size=max(rank, 1))
    one = st.integers(-max(rank, 1), max(rank, 1) - 1)
    return draw(st.none() | one | (several.map(tuple) if rank else st.just(())))


FLOATS_AND_INTEGERS = DTYPES | st.sampled_from(INTEGERS)
ONE_OR_ALL = "one or all"


@st.composite
def reductions(
    draw: DrawFn,
    dtypes: SearchStrategy[str] = DTYPES,
    dims: str = "any",
    keeps: bool = True,
    more: dict[str, SearchStrategy[Any]] | None = None,
) -> Call:
    """A tensor, the dimensions that go, and what else the operator takes."""
    shape = draw(shapes(0, 3))
    dim = draw(some_dims(len(shape)))
    if dims == ONE_OR_ALL and isinstance(dim, tuple):
        dim = dim[0] if dim else None
    chosen = {"keepdim": draw(st.booleans())} if keeps and (dims != ONE_OR_ALL or dim is not None) else {}
    chosen |= {name: draw(value) for name, value in (more or {}).items()}
    return Call({"input": TensorSpec(shape, draw(dtypes))}, {"dim": dim, **chosen})


@st.composite
def spreads(draw: DrawFn) -> Call:
    call = draw(reductions())
    input, dim = call.tensors["input"], call.attributes["dim"]
    longer = TensorSpec(tuple(max(size, 2) for size in input.shape) or (), input.dtype)
    correction = draw(st.sampled_from([0, 1]) if longer.shape else st.just(0))
    return Call({"input": longer}, call.attributes | {"dim": dim, "correction": correction})


@st.composite
def matrices(draw: DrawFn) -> Call:
    return Call({"input": TensorSpec(draw(shapes(2, 2)), draw(FLOATS_AND_INTEGERS.filter(lambda d: d != "bool")))}, {})


OTHER_DTYPE = {"dtype": st.none() | st.sampled_from(["float64", "float32"])}
ORACLES["sum"] = Oracle(reduction(total, summing), reductions(FLOATS_AND_INTEGERS, more=OTHER_DTYPE))
ORACLES["nansum"] = Oracle(
    reduction(lambda row: total(numbers(row)), summing), reductions(FLOATS_AND_INTEGERS, more=OTHER_DTYPE)
)
ORACLES["prod"] = Oracle(reduction(product, summing), reductions(FLOATS_AND_INTEGERS, ONE_OR_ALL))
ORACLES["mean"] = Oracle(reduction(mean), reductions(more=OTHER_DTYPE))
ORACLES["nanmean"] = Oracle(reduction(mean_of_numbers), reductions(more=OTHER_DTYPE))
for name, root, both in (
    ("var", False, False),
    ("std", True, False),
    ("var_mean", False, True),
    ("std_mean", True, True),
):
    ORACLES[name] = Oracle(spread(root, both), spreads())
ORACLES["logsumexp"] = Oracle(
    reduction(log_of_summed_powers, lambda dtype: "float32" if dtype in INTEGERS else dtype),
    reductions(FLOATS_AND_INTEGERS).filter(lambda call: call.attributes["dim"] not in (None, ())),
)
ORACLES["trace"] = Oracle(trace, matrices())
