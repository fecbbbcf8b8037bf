"""Recurrent cells: one step, gate by gate."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, contraction
from oracle.draws import DTYPES
from oracle.pointwise import relu, sigmoid
from oracle.tensors import Tensor

Vector = list[Counted]
Weights = Sequence[Tensor | None]  # of the input, of the hidden state, and the biases of both
GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}


def affine(weight: Tensor, bias: Tensor | None, gate: int, hidden: int, x: Vector) -> Vector:
    """One gate's rows of the weights times x, and its bias."""
    rows = range(gate * hidden, (gate + 1) * hidden)
    sums = [contraction((weight[row, i], value) for i, value in enumerate(x)) for row in rows]
    return sums if bias is None else [value + bias[row,] for row, value in zip(rows, sums, strict=True)]


def both(weights: Weights, gate: int, hidden: int, x: Vector, h: Vector) -> Vector:
    """W x + b + U h + d."""
    w_ih, w_hh, b_ih, b_hh = weights
    sums = affine(w_ih, b_ih, gate, hidden, x), affine(w_hh, b_hh, gate, hidden, h)
    return [a + b for a, b in zip(*sums, strict=True)]


def lstm_step(weights: Weights, x: Vector, h: Vector, c: Vector) -> tuple[Vector, Vector]:
    i, f, g, o = (both(weights, gate, len(c), x, h) for gate in range(4))
    c = [sigmoid(keep) * old + sigmoid(take) * new.tanh() for keep, old, take, new in zip(f, c, i, g, strict=True)]
    return [sigmoid(show) * value.tanh() for show, value in zip(o, c, strict=True)], c


def gru_step(weights: Weights, x: Vector, h: Vector) -> tuple[Vector]:
    w_ih, w_hh, b_ih, b_hh = weights
    r, z = (list(map(sigmoid, both(weights, gate, len(h), x, h))) for gate in range(2))
    from_x, from_h = affine(w_ih, b_ih, 2, len(h), x), affine(w_hh, b_hh, 2, len(h), h)
    n = [(a + reset * b).tanh() for a, reset, b in zip(from_x, r, from_h, strict=True)]
    return ([(1 - keep) * new + keep * old for keep, new, old in zip(z, n, h, strict=True)],)


def rnn_tanh_step(weights: Weights, x: Vector, h: Vector) -> tuple[Vector]:
    return ([value.tanh() for value in both(weights, 0, len(h), x, h)],)


def rnn_relu_step(weights: Weights, x: Vector, h: Vector) -> tuple[Vector]:
    return ([relu(value) for value in both(weights, 0, len(h), x, h)],)


STEPS: dict[str, Callable[..., tuple[Vector, ...]]] = {
    "lstm": lstm_step,
    "gru": gru_step,
    "rnn_tanh": rnn_tanh_step,
    "rnn_relu": rnn_relu_step,
}


def row(tensor: Tensor, *at: int) -> Vector:
    return [tensor[*at, i] for i in range(tensor.shape[-1])]


def cell(kind: str) -> Callable[..., tuple[Tensor, ...]]:
    """A step for every row."""

    def loops(
        input: Tensor, hx: Any, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None, b_hh: Tensor | None
    ) -> tuple[Tensor, ...]:
        before = hx if kind == "lstm" else [hx]
        after = tuple(input.like(state.shape) for state in before)
        for at in range(input.shape[0]):
            made = STEPS[kind]((w_ih, w_hh, b_ih, b_hh), row(input, at), *(row(state, at) for state in before))
            for state, values in zip(after, made, strict=True):
                for i, value in enumerate(values):
                    state[at, i] = value
        return after

    return loops


@st.composite
def cells(draw: DrawFn, kind: str) -> Call:
    rows, features, hidden = (draw(st.integers(1, 3)) for _ in range(3))
    gates, dtype = GATES[kind] * hidden, draw(DTYPES)
    state, bias = TensorSpec((rows, hidden), dtype), draw(st.sampled_from([None, TensorSpec((gates,), dtype)]))
    return Call(
        {
            "input": TensorSpec((rows, features), dtype),
            "hx": [state, state] if kind == "lstm" else state,
            "w_ih": TensorSpec((gates, features), dtype),
            "w_hh": TensorSpec((gates, hidden), dtype),
            "b_ih": bias,
            "b_hh": bias,
        },
        {},
    )


ORACLES |= {f"{kind}_cell": Oracle(cell(kind), cells(kind)) for kind in GATES}
