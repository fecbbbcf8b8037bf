"""Arithmetic of several operands that has a name of its own."""

import math
from typing import Any

from hypothesis import strategies as st

from netstat.graph import TensorSpec
from oracle.broadcasting import Number, binary, chosen, mapped, with_numbers
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, plain
from oracle.functions import attempted


def lerp(input: Counted, end: Counted, weight: Number) -> Counted:
    return input + weight * (end - input)


def addcmul(input: Counted, tensor1: Counted, tensor2: Counted, value: float = 1) -> Counted:
    return input + (tensor1 if value == 1 else value * tensor1) * tensor2


def addcdiv(input: Counted, tensor1: Counted, tensor2: Counted, value: float = 1) -> Counted:
    return input + (tensor1 if value == 1 else value * tensor1) / tensor2


def atan2(input: Counted, other: Counted) -> Counted:
    return input.special(lambda value: math.atan2(value, plain(other)))


def hypot(input: Counted, other: Counted) -> Counted:
    return (input * input + other * other).sqrt()


def logaddexp(input: Counted, other: Counted) -> Counted:
    return (input.exp() + other.exp()).special(math.log)


def logaddexp2(input: Counted, other: Counted) -> Counted:
    return (input.special(math.exp2) + other.special(math.exp2)).special(math.log2)


def xlogy(input: Number, other: Number, log: Any = math.log) -> Counted:
    tally = (input if isinstance(input, Counted) else other).tally
    x, y = Counted(plain(input), tally), Counted(plain(other), tally)
    tally.compares += 1  # is x zero?
    product = x * y.special(attempted(log))
    return Counted(0.0, tally) if x.value == 0 else product


def xlog1py(input: Number, other: Number) -> Counted:
    return xlogy(input, other, math.log1p)


def ldexp(input: Counted, other: Counted) -> Counted:
    return input * other.special(math.exp2)


def heaviside(input: Counted, values: Counted) -> Counted:
    below, above = input < 0, input > 0
    return Counted(float(above), input.tally) if below or above else values


def copysign(input: Counted, other: Number) -> Counted:
    return Counted(math.copysign(input.value, plain(other)), input.tally)


def three(names: tuple[str, str, str], **attributes: Any) -> list[Call]:
    """Three tensors that stretch to a shape they have together; the first one alone decides in place."""
    shapes = [((2, 3), (2, 3), (2, 3)), ((2, 1), (1, 3), (3,)), ((), (4,), ()), ((2, 3), (3,), ())]
    specs = [{name: TensorSpec(shape) for name, shape in zip(names, row, strict=True)} for row in shapes]
    return chosen(specs, **attributes) + chosen(specs[:1] + specs[3:], inplace=[True])


ADDED = three(("input", "tensor1", "tensor2"), value=[1, 1.0, 2, -0.5])

CASES: dict[str, tuple[Any, list[Call]]] = {
    "lerp": (
        lerp,
        three(("input", "end", "weight"))
        + chosen([{"input": TensorSpec((2, 3)), "end": TensorSpec((3,))}], weight=[0.3, 2]),
    ),
    "addcmul": (addcmul, ADDED),
    "addcdiv": (addcdiv, ADDED),
    "atan2": (atan2, binary()),
    "hypot": (hypot, binary()),
    "logaddexp": (logaddexp, binary()),
    "logaddexp2": (logaddexp2, binary()),
    "xlogy": (xlogy, binary() + with_numbers()),
    "xlog1py": (xlog1py, [call for call in binary() if not call.attributes] + with_numbers()),
    "ldexp": (ldexp, binary()),
    "heaviside": (heaviside, binary(second="values")),
    "copysign": (copysign, binary() + with_numbers()),
}
ORACLES |= {name: Oracle(mapped(function), st.sampled_from(calls)) for name, (function, calls) in CASES.items()}
