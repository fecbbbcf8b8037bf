"""Activation functions and their gradients."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from netstat.reports._style import BLUE, ORANGE, VERMILLION

Curve = Any  # an array


def activation_functions() -> Figure:
    """Sigmoid, tanh and ReLU on one chart, their gradients on a second, for x from -10 to 10.

    Where |x| is large the gradients of sigmoid and tanh vanish (they saturate); that of ReLU does not for x > 0.
    """
    x = np.linspace(-10, 10, 1001)
    figure = Figure(figsize=(9.0, 3.6))
    values, gradients = figure.subplots(1, 2)
    for name, color, y, slope in _functions(x):
        values.plot(x, y, color=color, label=name)
        gradients.plot(x, slope, color=color)
    values.set(title="activation", xlabel="x", ylim=(-1.3, 3.0))  # ReLU goes on beyond
    gradients.set(title="gradient", xlabel="x", ylim=(-0.1, 1.15))
    values.set_xticks(range(-10, 11, 5))
    gradients.set_xticks(range(-10, 11, 5))
    values.legend(loc="upper left")
    return figure


def _functions(x: Curve) -> list[tuple[str, str, Curve, Curve]]:
    """Name, colour, value and gradient of each."""
    sigmoid, tanh = 1 / (1 + np.exp(-x)), np.tanh(x)
    return [
        ("sigmoid", BLUE, sigmoid, sigmoid * (1 - sigmoid)),
        ("tanh", ORANGE, tanh, 1 - tanh**2),
        ("ReLU", VERMILLION, np.maximum(x, 0), np.where(x > 0, 1.0, 0.0)),
    ]
