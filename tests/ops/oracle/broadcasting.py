"""Operators that work value by value, on operands repeated to the shape they have together."""

from collections.abc import Callable, Iterable
from functools import reduce
from itertools import product
from typing import Any

from hypothesis import strategies as st

from netstat.graph import TensorSpec
from oracle.cases import Call
from oracle.counted import Counted
from oracle.tensors import Index, Tensor, positions

Number = Counted | float
SPECS = [TensorSpec((), "float32"), TensorSpec((5,), "float64"), TensorSpec((2, 3), "float16")]
SPECS += [TensorSpec((2, 1, 3), "bfloat16")]
PAIRS = [((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 1)), ((), (4,)), ((2, 1, 2), (3, 1)), ((), ())]
COMPLEX = TensorSpec((2,), "complex128")


def mapped(function: Callable[..., Any], dtype: str | None = None) -> Callable[..., tuple[Tensor]]:
    """The operator that does `function` to the values at the same place; the tensors have one dtype, and so has it."""

    def loops(inplace: bool = False, **operands: Any) -> tuple[Tensor]:
        tensors = [operand for operand in operands.values() if isinstance(operand, Tensor)]
        shape = reduce(stretched, (tensor.shape for tensor in tensors))
        one = next((tensor for tensor in tensors if "complex" in tensor.dtype), tensors[0])
        output = one.like(shape, dtype)
        for at in positions(shape):
            output[at] = function(**{name: value_at(operand, at) for name, operand in operands.items()})
        return (output,)

    return loops


def value_at(operand: Any, at: Index) -> Any:
    """The value that stands at `at` once the operand is repeated; a number is the same everywhere."""
    return operand[within(operand.shape, at)] if isinstance(operand, Tensor) else operand


def chosen(tensors: Iterable[dict[str, TensorSpec]], **attributes: Iterable[Any]) -> list[Call]:
    """Every combination."""
    combined = (dict(zip(attributes, values, strict=True)) for values in product(*attributes.values()))
    return [Call(specs, others) for specs, others in product(tensors, combined)]


def inputs(specs: Iterable[TensorSpec] = SPECS) -> list[dict[str, TensorSpec]]:
    return [{"input": spec} for spec in specs]


def unary() -> st.SearchStrategy[Call]:
    """One tensor, the result new or in place."""
    return st.sampled_from(chosen(inputs(), inplace=[False, True]))


def pairs(first: str = "input", second: str = "other", dtype: str | None = None) -> list[dict[str, TensorSpec]]:
    """Two tensors that stretch to a shape they have together."""
    dtypes = [dtype] * len(PAIRS) if dtype else ["float32", "float64", "float16", "bfloat16", "float32", "float32"]
    return [
        {first: TensorSpec(a, kind), second: TensorSpec(b, kind)} for (a, b), kind in zip(PAIRS, dtypes, strict=True)
    ]


def binary(first: str = "input", second: str = "other") -> list[Call]:
    """Two tensors; where one does not stretch, the result in place too."""
    unstretched = [
        pair for pair in pairs(first, second) if stretched(pair[first].shape, pair[second].shape) == pair[first].shape
    ]
    return chosen(pairs(first, second)) + chosen(unstretched, inplace=[True])


def with_numbers(second: str = "other", numbers: Iterable[Any] = (2, 0.5, -1.5)) -> list[Call]:
    """A tensor and a number."""
    return chosen(inputs(SPECS[:3]), **{second: numbers})


def of_numbers(second: str = "other", numbers: Iterable[Any] = (2, 0.5)) -> list[Call]:
    """A number and a tensor."""
    return chosen([{second: spec} for spec in SPECS[:2]], input=numbers)


def whole(high: int = 3, dtype: str = "int64") -> list[Call]:
    """Two tensors of whole numbers from 0 to `high`."""
    return [Call(pair, {}, dict.fromkeys(pair, (0, high))) for pair in pairs(dtype=dtype)[:3]]


def compared(x: Counted, holds: Callable[[Any], bool]) -> int:
    """One comparison, whatever is asked."""
    x.tally.compares += 1
    return int(holds(x.value))


def absolute(x: Counted) -> Counted:
    return x if x > 0 else -x


def parts(x: Any) -> tuple[Any, Any]:
    """a and b of a + bi, off the books; None for the imaginary part of a real number."""
    if not isinstance(x, Counted) or not isinstance(x.value, complex):
        return x, None
    return Counted(x.value.real, x.tally), Counted(x.value.imag, x.tally)


def joined(a: Counted, b: Counted) -> Counted:
    """The complex number of two parts, off the books."""
    return Counted(complex(a.value, b.value), a.tally)


def stretched(a: Index, b: Index) -> Index:
    """The shape that holds both, lined up at the last dimension."""
    rank = max(len(a), len(b))
    a, b = (1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b
    return tuple(y if x == 1 else x for x, y in zip(a, b, strict=True))


def within(shape: Index, at: Index) -> Index:
    """The index that stands at `at` once a tensor of `shape` is repeated."""
    return tuple(0 if size == 1 else i for size, i in zip(shape, at[len(at) - len(shape) :], strict=True))
