"""Functions of one value."""

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

from hypothesis import strategies as st

from oracle.broadcasting import SPECS, absolute, chosen, compared, inputs, mapped, parts, unary
from oracle.cases import ORACLES, Oracle
from oracle.counted import Counted
from oracle.tensors import Tensor

Real = Callable[[float], float]


def attempted(function: Real) -> Real:
    """`function` where it is defined, NaN elsewhere."""

    def attempt(value: float) -> float:
        try:
            return function(value)
        except ValueError:
            return math.nan

    return attempt


def erfinv(value: float) -> float:
    return NormalDist().inv_cdf((value + 1) / 2) / math.sqrt(2) if -1 < value < 1 else math.nan


def digamma(value: float) -> float:
    """By ψ(x) = ψ(x + 1) − 1/x up to where the asymptotic series is exact to the last digit."""
    shifted, numerators, denominators = 0.0, (1, -1, 1, -1, 1), (12, 120, 252, 240, 132)
    while value < 20:
        shifted, value = shifted - 1 / value, value + 1
    terms = (a / b / value ** (2 * n) for n, (a, b) in enumerate(zip(numerators, denominators, strict=True), 1))
    return shifted + math.log(value) - 1 / (2 * value) - sum(terms)


SPECIAL: dict[str, Real] = {
    name: attempted(getattr(math, name))
    for name in (
        *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan"),
        *("sinh", "cosh", "asinh", "acosh", "atanh", "erf", "erfc", "lgamma"),
    )
} | {"erfinv": erfinv, "digamma": digamma}


def absolute_value(input: Counted) -> Counted:
    a, b = parts(input)
    return absolute(a) if b is None else (a * a + b * b).sqrt()


def sign(input: Counted) -> Counted:
    above, below = input > 0, input < 0
    return Counted(float(above - below), input.tally)


def sinc(input: Counted) -> Counted:
    at_zero, angle = compared(input, lambda value: value == 0), input * math.pi
    return Counted(1.0, input.tally) if at_zero else angle.special(math.sin) / angle


def logit(input: Counted, eps: float | None = None) -> Counted:
    if eps is not None:
        above, below = input > 1 - eps, input < eps
        input = Counted(1 - eps if above else eps if below else input.value, input.tally)
    return (input / (1 - input)).special(attempted(math.log))


def nan_to_num(input: Counted, nan: Any = None, posinf: Any = None, neginf: Any = None) -> Counted:
    for stands_in, holds in ((nan, math.isnan), (posinf, lambda v: v == math.inf), (neginf, lambda v: v == -math.inf)):
        if compared(input, holds):
            input = Counted(stands_in, input.tally)
    return input


def ndtr(input: Counted) -> Counted:
    return 0.5 * (1 + (input / math.sqrt(2)).special(math.erf))


def entr(input: Counted) -> Counted:
    below = input < 0
    at_zero = compared(input, lambda value: value == 0)
    product = -input * input.special(attempted(math.log))
    return Counted(-math.inf if below else 0.0, input.tally) if below or at_zero else product


def positive(input: Tensor) -> tuple[Tensor]:
    return (input,)


FUNCTIONS: dict[str, Any] = {
    "neg": lambda input: -input,
    "sign": sign,
    "square": lambda input: input * input,
    "reciprocal": lambda input: 1 / input,
    "rsqrt": lambda input: 1 / input.special(attempted(math.sqrt)),
    "sinc": sinc,
    "deg2rad": lambda input: input * (math.pi / 180),
    "rad2deg": lambda input: input * (180 / math.pi),
}
ORACLES |= {name: Oracle(mapped(lambda input, f=f: input.special(f)), unary()) for name, f in SPECIAL.items()}
ORACLES |= {name: Oracle(mapped(function), unary()) for name, function in FUNCTIONS.items()}
NEW = chosen(inputs())
IN_PLACE = [False, True]
OTHERS = {
    "ndtr": Oracle(mapped(ndtr), st.sampled_from(NEW)),
    "entr": Oracle(mapped(entr), st.sampled_from(NEW)),
    "positive": Oracle(positive, st.sampled_from(NEW)),
    "logit": Oracle(
        mapped(logit), st.sampled_from(chosen(inputs(SPECS[1:3]), inplace=IN_PLACE, eps=[None, 0.1, 1e-6]))
    ),
    "nan_to_num": Oracle(mapped(nan_to_num), st.sampled_from(chosen(inputs(), nan=[None, 1.0], inplace=IN_PLACE))),
}
ORACLES |= OTHERS
