"""The three activation functions that every course begins with."""

from math import exp, tanh
from typing import Any

from netstat.reports.charts._chart import chart
from netstat.reports.charts._style import BLUE, ORANGE, VERMILLION, Axes, beside, dress

REACH, STEPS = 10, 500  # how far on either side of 0, and in how many steps


@chart("activation-functions", "profile", "activations")
def activation_functions(axes: Axes, record: Any) -> None:
    """Sigmoid, tanh and ReLU with their gradients.

    A function is a line, its gradient a dashed one of the same colour. Where |x| is large the gradients of sigmoid and
    tanh vanish: they saturate; that of ReLU does not for x > 0.
    """
    x = [REACH * step / STEPS for step in range(-STEPS, STEPS + 1)]
    for name, color, function, gradient in _FUNCTIONS:
        axes.plot(x, list(map(function, x)), color=color, label=name)
        axes.plot(x, list(map(gradient, x)), color=color, linestyle="--", linewidth=1, label=f"{name}, gradient")
    axes.set_xlabel("x")
    axes.set_ylim(-1.2, 3.0)  # ReLU goes on beyond
    dress(axes)
    beside(axes)


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


_FUNCTIONS = (
    ("sigmoid", BLUE, _sigmoid, lambda x: _sigmoid(x) * (1 - _sigmoid(x))),
    ("tanh", ORANGE, tanh, lambda x: 1 - tanh(x) ** 2),
    ("ReLU", VERMILLION, lambda x: max(x, 0.0), lambda x: float(x > 0)),
)
