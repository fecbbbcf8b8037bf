"""Smooth activations, gated units, and the softmax family's further members."""

import math
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from netstat.graph import TensorSpec
from oracle.broadcasting import absolute, chosen, inputs, mapped, unary
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted
from oracle.pointwise import shared, sigmoid
from oracle.tensors import Tensor, positions

SCALE, ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717


def gelu(input: Counted, approximate: str = "none") -> Counted:
    if approximate == "none":
        return input * (0.5 * (1 + (input / math.sqrt(2)).special(math.erf)))
    return 0.5 * input * (1 + (math.sqrt(2 / math.pi) * (input + 0.044715 * input**3)).tanh())


def log(x: Counted) -> Counted:
    return x.special(math.log)


def mish(input: Counted) -> Counted:
    return input * log(1 + input.exp()).tanh()


def softplus(input: Counted, beta: float = 1.0, threshold: float = 20.0) -> Counted:
    if beta == 1:
        return log(1 + input.exp())
    return (1 / beta) * log(1 + (beta * input).exp())


def elu(input: Counted, alpha: float = 1.0) -> Counted:
    bent = input.exp() - 1
    below = bent if alpha == 1 else alpha * bent
    return input if input > 0 else below


def celu(input: Counted, alpha: float = 1.0) -> Counted:
    below = input.exp() - 1 if alpha == 1 else alpha * ((input / alpha).exp() - 1)
    return input if input > 0 else below


def selu(input: Counted) -> Counted:
    above, below = SCALE * input, SCALE * ALPHA * (input.exp() - 1)
    return above if input > 0 else below


def glu(input: Tensor, dim: int = -1) -> tuple[Tensor]:
    along, shape = range(len(input.shape))[dim], list(input.shape)
    shape[along] //= 2
    output = input.like(tuple(shape))
    for at in positions(output.shape):
        gate = (*at[:along], at[along] + shape[along], *at[along + 1 :])
        output[at] = input[at] * sigmoid(input[gate])
    return (output,)


def log_softmax(input: Tensor, dim: int | None = None, dtype: str | None = None) -> tuple[Tensor]:
    return shared(input, dim, dtype, Counted.exp, log)


def softmin(input: Tensor, dim: int | None = None, dtype: str | None = None) -> tuple[Tensor]:
    return shared(input, dim, dtype, lambda x: (-x).exp())


def parametric(function: Callable[..., Counted], **attributes: Any) -> Oracle:
    return Oracle(mapped(function), st.sampled_from(chosen(inputs(), **attributes)))


ROWS = chosen(inputs(), dim=[None, 0, -1], dtype=[None, "float64"])
GATED = [((4,), 0), ((4,), -1), ((2, 6), 1), ((2, 3), 0), ((1, 4, 3), 1), ((1, 4, 3), -2)]
ORACLES |= {
    "gelu": parametric(gelu, approximate=["none", "tanh"]),
    "silu": Oracle(mapped(lambda input: input * sigmoid(input)), unary()),
    "mish": Oracle(mapped(mish), unary()),
    "softplus": parametric(softplus, beta=[1, 2.0, 0.5]),
    "logsigmoid": Oracle(mapped(lambda input: log(sigmoid(input))), st.sampled_from(chosen(inputs()))),
    "softsign": Oracle(mapped(lambda input: input / (1 + absolute(input))), st.sampled_from(chosen(inputs()))),
    "tanhshrink": Oracle(mapped(lambda input: input - input.tanh()), st.sampled_from(chosen(inputs()))),
    "elu": parametric(elu, alpha=[1, 0.5], inplace=[False, True]),
    "celu": parametric(celu, alpha=[1, 0.5], inplace=[False, True]),
    "selu": Oracle(mapped(selu), unary()),
    "glu": Oracle(glu, st.sampled_from([Call({"input": TensorSpec(shape)}, {"dim": dim}) for shape, dim in GATED])),
    "log_softmax": Oracle(log_softmax, st.sampled_from(ROWS)),
    "softmin": Oracle(softmin, st.sampled_from(ROWS)),
}
