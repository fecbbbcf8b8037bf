"""Comparisons and tests of values; logic and bit operations."""

import math
import operator
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from netstat.graph import TensorSpec
from oracle.broadcasting import Number, absolute, binary, chosen, compared, inputs, mapped, pairs, whole, with_numbers
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, plain

NEW = chosen(inputs())
COMPARED = [call for call in binary() if not call.attributes] + with_numbers() + whole()
TRUTHS = [call for call in binary() if not call.attributes] + whole(high=1, dtype="bool")
NUMBERS = [Call({"input": TensorSpec((4,), "int64")}, {"other": number}, {"input": (0, 7)}) for number in (1, 3)]
REFLECTED = [Call({"other": TensorSpec((4,), "int64")}, {"input": 5}, {"other": (0, 3)})]
WHOLE = whole(high=7) + NUMBERS + [Call(call.tensors, {"inplace": True}, call.ranges) for call in whole(high=7)[:1]]
SHIFTS = whole(high=3) + NUMBERS + REFLECTED


def comparison(holds: Callable[[float, float], bool]) -> Callable[..., int]:
    return lambda input, other: compared(input, lambda value: holds(value, plain(other)))


def tested(holds: Callable[[float], bool]) -> Callable[..., int]:
    return lambda input: compared(input, holds)


def logic(holds: Callable[[bool, bool], bool]) -> Callable[..., int]:
    return lambda input, other: int(holds(bool(plain(input)), bool(plain(other))))


def bits(function: Callable[[int, int], int]) -> Callable[..., Any]:
    return lambda input, other: function(plain(input), plain(other))


def isclose(input: Counted, other: Number, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> int:
    far, near = absolute(input - other), atol + rtol * absolute(other)
    return int(not far > near)


COMPARISONS = {name: getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")}
TESTS: dict[str, Callable[[float], bool]] = {
    "isnan": math.isnan,
    "isinf": math.isinf,
    "isposinf": lambda value: value == math.inf,
    "isneginf": lambda value: value == -math.inf,
    "isfinite": math.isfinite,
    "signbit": lambda value: math.copysign(1, value) < 0,
}
LOGIC = {"logical_and": operator.and_, "logical_or": operator.or_, "logical_xor": operator.xor}
BITS = {"bitwise_and": operator.and_, "bitwise_or": operator.or_, "bitwise_xor": operator.xor}
PLACES = {"bitwise_left_shift": operator.lshift, "bitwise_right_shift": operator.rshift}

ORACLES |= {name: Oracle(mapped(comparison(f), "bool"), st.sampled_from(COMPARED)) for name, f in COMPARISONS.items()}
ORACLES |= {name: Oracle(mapped(tested(f), "bool"), st.sampled_from(NEW)) for name, f in TESTS.items()}
ORACLES |= {name: Oracle(mapped(logic(f), "bool"), st.sampled_from(TRUTHS)) for name, f in LOGIC.items()}
ORACLES |= {name: Oracle(mapped(bits(f)), st.sampled_from(WHOLE)) for name, f in BITS.items()}
ORACLES |= {name: Oracle(mapped(bits(f)), st.sampled_from(SHIFTS)) for name, f in PLACES.items()}
ORACLES |= {
    "logical_not": Oracle(mapped(lambda input: int(not plain(input)), "bool"), st.sampled_from(NEW)),
    "bitwise_not": Oracle(
        mapped(lambda input: ~plain(input)),
        st.sampled_from([Call({"input": TensorSpec((4,), "int64")}, {}, {"input": (0, 7)})]),
    ),
    "isclose": Oracle(mapped(isclose, "bool"), st.sampled_from(chosen(pairs(), rtol=[1e-5, 0.5], atol=[1e-8, 1.0]))),
}
