"""Complex numbers: taken apart, put together, and their polar form."""

import math
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from netstat.graph import TensorSpec
from oracle.broadcasting import COMPLEX, SPECS, chosen, inputs, joined, mapped, pairs, parts
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted
from oracle.functions import absolute_value
from oracle.tensors import Tensor, positions

NUMBERS = [COMPLEX, TensorSpec((), "complex128"), TensorSpec((2, 2), "complex128")]


def seen(input: Tensor, dtype: str, change: Callable[[Any], Any]) -> tuple[Tensor]:
    """A view: each value looked at in another way, off the books."""
    values = zip(positions(input.shape), input.plain(), strict=True)
    return (Tensor(input.shape, dtype, input.tally, {at: Counted(change(value), input.tally) for at, value in values}),)


def view_as_real(input: Tensor) -> tuple[Tensor]:
    sides = [part for value in input.plain() for part in (value.real, value.imag)]
    shape = (*input.shape, 2)
    values = {at: Counted(side, input.tally) for at, side in zip(positions(shape), sides, strict=True)}
    return (Tensor(shape, "float64", input.tally, values),)


def view_as_complex(input: Tensor) -> tuple[Tensor]:
    numbers = iter(input.plain())
    values = {at: Counted(complex(next(numbers), next(numbers)), input.tally) for at in positions(input.shape[:-1])}
    return (Tensor(input.shape[:-1], "complex128", input.tally, values),)


def polar(abs: Counted, angle: Counted) -> Counted:
    return joined(abs * angle.special(math.cos), abs * angle.special(math.sin))


def angle(input: Counted) -> Counted:
    a, b = parts(input)
    if b is None:
        return Counted(math.pi if a < 0 else 0.0, input.tally)
    return a.special(lambda value: math.atan2(b.value, value))


def to_real(function: Callable[..., Counted]) -> Callable[..., tuple[Tensor]]:
    """The operator whose result is real, also of complex numbers."""

    def loops(input: Tensor, inplace: bool = False) -> tuple[Tensor]:
        return mapped(function, "float64" if "complex" in input.dtype else None)(input=input)

    return loops


def doubles(*shapes: tuple[int, ...]) -> st.SearchStrategy[Call]:
    return st.sampled_from(chosen(inputs([TensorSpec(shape, "float64") for shape in shapes])))


NEW = st.sampled_from(chosen(inputs(NUMBERS)))
MIXED = st.sampled_from(chosen(inputs(NUMBERS + SPECS)))
ORACLES |= {
    "real": Oracle(lambda input: seen(input, "float64", lambda value: value.real), NEW),
    "imag": Oracle(lambda input: seen(input, "float64", lambda value: value.imag), NEW),
    "conj": Oracle(lambda input: seen(input, input.dtype, lambda value: value.conjugate()), NEW),
    "view_as_real": Oracle(view_as_real, NEW),
    "view_as_complex": Oracle(view_as_complex, doubles((2,), (3, 2))),
    "complex": Oracle(
        mapped(lambda real, imag: joined(real, imag), "complex128"),
        st.sampled_from(chosen(pairs("real", "imag", "float64"))),
    ),
    "polar": Oracle(mapped(polar, "complex128"), st.sampled_from(chosen(pairs("abs", "angle", "float64")))),
    "angle": Oracle(to_real(angle), MIXED),
    "abs": Oracle(to_real(absolute_value), MIXED),
}
