"""Activations made of straight lines: every value takes the comparisons and the arithmetic of all cases."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from netstat.graph import TensorSpec
from oracle.broadcasting import chosen, inputs, mapped, unary
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted
from oracle.tensors import Tensor, positions


def constant(value: float, like: Counted) -> Counted:
    return Counted(value, like.tally)


def hardtanh(input: Counted, min_val: float = -1.0, max_val: float = 1.0) -> Counted:
    y = input if input > min_val else constant(min_val, input)
    return y if y < max_val else constant(max_val, input)


def threshold(input: Counted, threshold: float, value: float) -> Counted:
    return input if input > threshold else constant(value, input)


def leaky_relu(input: Counted, negative_slope: Any = 0.01) -> Counted:
    below = input * negative_slope
    return input if input > 0 else below


def prelu(input: Tensor, weight: Tensor) -> tuple[Tensor]:
    output, one = input.like(), len(list(positions(weight.shape))) == 1
    for at in positions(input.shape):
        slope = weight[(0,) * len(weight.shape)] if one else weight[at[1],]
        output[at] = leaky_relu(input[at], slope)
    return (output,)


def rrelu(input: Counted, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False) -> Counted:
    """The slope that training draws is known where the two ends are one."""
    return leaky_relu(input, (lower + upper) / 2)


def between(input: Counted, inside: Callable[[Counted], Counted], above: float | Counted) -> Counted:
    low, high, line = input > -3, input < 3, inside(input)
    beyond = above if isinstance(above, Counted) else constant(above, input)
    return line if low and high else beyond if low else constant(0.0, input)


def hardsigmoid(input: Counted) -> Counted:
    return between(input, lambda x: x / 6 + 0.5, 1.0)


def hardswish(input: Counted) -> Counted:
    return between(input, lambda x: x * (x + 3) / 6, input)


def softshrink(input: Counted, lambd: float = 0.5) -> Counted:
    above, below, minus, plus = input > lambd, input < -lambd, input - lambd, input + lambd
    return minus if above else plus if below else constant(0.0, input)


def hardshrink(input: Counted, lambd: float = 0.5) -> Counted:
    above, below = input > lambd, input < -lambd
    return input if above or below else constant(0.0, input)


def wide(function: Callable[..., Counted]) -> Callable[..., Counted]:
    """`function` of twice the value, so that all of its cases come up; doubling is off the books."""
    return lambda input, **rest: function(Counted(2 * input.value, input.tally), **rest)


def slopes() -> list[Call]:
    cases = [((2, 3), (1,)), ((2, 3), (3,)), ((2, 3, 2), (3,)), ((4,), (1,)), ((), (1,)), ((2, 2), ())]
    return [Call({"input": TensorSpec(a), "weight": TensorSpec(b)}, {}) for a, b in cases]


IN_PLACE, SHRUNK = [False, True], st.sampled_from(chosen(inputs(), lambd=[0.5, 1.5]))
ORACLES |= {
    "relu6": Oracle(mapped(lambda input: hardtanh(input, 0.0, 6.0)), unary()),
    "hardtanh": Oracle(
        mapped(hardtanh), st.sampled_from(chosen(inputs(), min_val=[-1.0, 0], max_val=[1.0, 1.5], inplace=IN_PLACE))
    ),
    "threshold": Oracle(
        mapped(threshold), st.sampled_from(chosen(inputs(), threshold=[0.1], value=[20.0], inplace=IN_PLACE))
    ),
    "leaky_relu": Oracle(
        mapped(leaky_relu), st.sampled_from(chosen(inputs(), negative_slope=[0.01, 0.2], inplace=IN_PLACE))
    ),
    "prelu": Oracle(prelu, st.sampled_from(slopes())),
    "rrelu": Oracle(
        mapped(rrelu),
        st.sampled_from(
            chosen(inputs(), inplace=IN_PLACE)
            + chosen(inputs(), lower=[0.25], upper=[0.25], training=[True], inplace=IN_PLACE)
        ),
    ),
    "hardsigmoid": Oracle(mapped(wide(hardsigmoid)), unary()),
    "hardswish": Oracle(mapped(wide(hardswish)), unary()),
    "softshrink": Oracle(mapped(softshrink), SHRUNK),
    "hardshrink": Oracle(mapped(hardshrink), SHRUNK),
}
