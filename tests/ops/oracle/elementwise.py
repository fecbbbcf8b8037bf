"""Arithmetic of two operands."""

import math
import operator
from typing import Any

from hypothesis import strategies as st

from netstat.graph import TensorSpec
from oracle.broadcasting import (
    COMPLEX,
    SPECS,
    Number,
    binary,
    chosen,
    inputs,
    joined,
    mapped,
    of_numbers,
    pairs,
    parts,
    with_numbers,
)
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, plain
from oracle.pointwise import summed

DOUBLE = TensorSpec((2,), "float64")
COMPLEX_PAIRS = [
    Call({"input": a, "other": b}, {}) for a, b in [(COMPLEX, COMPLEX), (COMPLEX, DOUBLE), (DOUBLE, COMPLEX)]
]
ARITHMETIC = binary() + with_numbers(numbers=(2, -0.5)) + of_numbers(numbers=(2,))


def minus(input: Any, other: Any) -> Counted:
    (a, b), (c, d) = parts(input), parts(other)
    if b is None and d is None:
        return a - c
    return joined(a - c, -d if b is None else b if d is None else b - d)


def times(input: Any, other: Any) -> Counted:
    (a, b), (c, d) = parts(input), parts(other)
    if b is None and d is None:
        return a * c
    if b is None or d is None:
        return joined(a * c, a * d if b is None else b * c)
    return joined(a * c - b * d, a * d + b * c)


def over(input: Any, other: Any) -> Counted:
    (a, b), (c, d) = parts(input), parts(other)
    if d is None:
        return a / c if b is None else joined(a / c, b / c)
    size, above = c * c + d * d, times(input, joined(c, -d))
    a, b = parts(above)
    return joined(a / size, b / size)


def rounded(quotient: Counted, rounding_mode: str | None) -> Counted:
    ways: dict[str | None, Any] = {"floor": math.floor, "trunc": math.trunc}
    return quotient.special(ways[rounding_mode]) if rounding_mode else quotient


def remainder(input: Number, other: Number, rounding_mode: str = "floor") -> Counted:
    return input - rounded(input / other, rounding_mode) * other


def power(input: Number, exponent: Number) -> Counted:
    if not isinstance(exponent, Counted) and exponent == 2:
        return input * input
    base = input if isinstance(input, Counted) else Counted(input, exponent.tally)
    return base.special(lambda value: real_power(value, plain(exponent)))


def real_power(base: float, exponent: float) -> float:
    return math.nan if base < 0 and exponent != int(exponent) else base**exponent


def larger(input: Counted, other: Counted) -> Counted:
    return input if input > other else other


def smaller(input: Counted, other: Counted) -> Counted:
    return input if input < other else other


def clamp(input: Counted, min: Number | None = None, max: Number | None = None) -> Counted:
    for limit, is_beyond in ((min, operator.lt), (max, operator.gt)):
        if limit is not None and is_beyond(input, limit):
            input = Counted(plain(limit), input.tally)
    return input


def clamps() -> list[Call]:
    """Bounds that are numbers, tensors, or not there."""
    numbers = chosen(inputs(SPECS[:2]), min=[None, -1, -0.5], max=[0.5])
    several = chosen(inputs(SPECS[2:3]), min=[-0.5], inplace=[False, True])
    shapes: list[dict[str, Any]] = [{"min": (3,)}, {"max": (2, 1)}, {"min": (2, 3), "max": (1, 3)}]
    tensors = [{name: TensorSpec(shape) for name, shape in bounds.items()} for bounds in shapes]
    return numbers + several + [Call({"input": TensorSpec((2, 3)), **bounds}, {}) for bounds in tensors]


def bounds(name: str) -> list[Call]:
    return binary(second=name) + with_numbers(name)


scales = chosen(pairs()[:2], alpha=[2, -0.5])
divided = chosen(pairs()[:2], rounding_mode=["floor", "trunc"])
powers = binary(second="exponent") + with_numbers("exponent", (2, 2.0, 0.5, -1)) + of_numbers("exponent", (2,))

CASES: dict[str, tuple[Any, list[Call]]] = {
    "sub": (
        summed(minus),
        ARITHMETIC + scales + COMPLEX_PAIRS + chosen([{"input": COMPLEX, "other": COMPLEX}], alpha=[2]),
    ),
    "mul": (mapped(times), ARITHMETIC + COMPLEX_PAIRS),
    "div": (
        mapped(lambda input, other, rounding_mode=None: rounded(over(input, other), rounding_mode)),
        ARITHMETIC + divided + COMPLEX_PAIRS,
    ),
    "floor_divide": (mapped(lambda input, other: rounded(input / other, "floor")), ARITHMETIC),
    "remainder": (mapped(remainder), ARITHMETIC),
    "fmod": (mapped(lambda input, other: remainder(input, other, "trunc")), binary() + with_numbers()),
    "pow": (mapped(power), powers),
    "float_power": (mapped(power, "float64"), [call for call in powers if "inplace" not in call.attributes]),
    "maximum": (mapped(larger), binary()),
    "minimum": (mapped(smaller), binary()),
    "fmax": (mapped(larger), binary()),
    "fmin": (mapped(smaller), binary()),
    "clamp": (mapped(clamp), clamps()),
    "clamp_min": (mapped(clamp), bounds("min")),
    "clamp_max": (mapped(clamp), bounds("max")),
}
ORACLES |= {name: Oracle(loops, st.sampled_from(calls)) for name, (loops, calls) in CASES.items()}
