"""Activation functions as functions: their value and, by the rules of differentiation, their gradient.

Each stands here once, as its equation; what it costs is its operator's matter.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

Number = float | int


@dataclass(frozen=True, slots=True)
class Dual:
    """A value, and its derivative by x: arithmetic on both at once."""

    value: float
    slope: float = 0.0

    def __add__(self, other: "Dual | Number") -> "Dual":
        other = _dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    __radd__ = __add__

    def __mul__(self, other: "Dual | Number") -> "Dual":
        other = _dual(other)
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    __rmul__ = __mul__

    def __neg__(self) -> "Dual":
        return Dual(-self.value, -self.slope)

    def __sub__(self, other: "Dual | Number") -> "Dual":
        return self + -_dual(other)

    def __truediv__(self, other: "Dual | Number") -> "Dual":
        other = _dual(other)
        value = self.value / other.value
        return Dual(value, (self.slope - value * other.slope) / other.value)

    def __rtruediv__(self, other: Number) -> "Dual":
        return Dual(other) / self

    def __abs__(self) -> "Dual":
        return -self if self.value < 0 else self

    def __gt__(self, other: Number) -> bool:
        return self.value > other

    def __lt__(self, other: Number) -> bool:
        return self.value < other


Curve = Callable[[Dual], Dual]


def _dual(number: Dual | Number) -> Dual:
    return number if isinstance(number, Dual) else Dual(number)


def exp(x: Dual) -> Dual:
    """e^x."""
    value = math.exp(x.value)
    return Dual(value, value * x.slope)


def log(x: Dual) -> Dual:
    """The natural logarithm."""
    return Dual(math.log(x.value), x.slope / x.value)


def tanh(x: Dual) -> Dual:
    """The hyperbolic tangent."""
    value = math.tanh(x.value)
    return Dual(value, (1 - value * value) * x.slope)


def erf(x: Dual) -> Dual:
    """2/√π · ∫ e^(−t²) dt from 0 to x."""
    return Dual(math.erf(x.value), 2 / math.sqrt(math.pi) * math.exp(-(x.value**2)) * x.slope)


def sigmoid(x: Dual) -> Dual:
    """1 / (1 + e^−x)."""
    return 1 / (1 + exp(-x))


def _between(x: Dual, low: float, high: float) -> Dual:
    return Dual(low) if x < low else Dual(high) if x > high else x


def _gelu_tanh(x: Dual) -> Dual:
    return 0.5 * x * (1 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))


def _leaky(slope: float) -> Curve:
    return lambda x: x if x > 0 else slope * x


def _exponential(scale: float, alpha: float) -> Curve:
    return lambda x: scale * x if x > 0 else scale * alpha * (exp(x) - 1)


# By the names and with the settings of `netstat.models.activations`.
CURVES: dict[str, Curve] = {
    "relu": lambda x: x if x > 0 else Dual(0),
    "sigmoid": sigmoid,
    "tanh": tanh,
    "leaky_relu": _leaky(0.01),
    "prelu": _leaky(0.25),
    "rrelu": _leaky((1 / 8 + 1 / 3) / 2),
    "relu6": lambda x: _between(x, 0, 6),
    "threshold": lambda x: x if x > 1 else Dual(0),
    "hardtanh": lambda x: _between(x, -1, 1),
    "hardsigmoid": lambda x: _between(x / 6 + 0.5, 0, 1),
    "hardswish": lambda x: x * _between(x + 3, 0, 6) / 6,
    "hardshrink": lambda x: x if abs(x) > 0.5 else Dual(0),
    "softshrink": lambda x: x - _between(x, -0.5, 0.5),
    "softsign": lambda x: x / (1 + abs(x)),
    "softplus": lambda x: log(1 + exp(x)),
    "elu": _exponential(1, 1),
    "celu": _exponential(1, 1),
    "selu": _exponential(1.0507009873554805, 1.6732632423543772),
    "gelu": lambda x: 0.5 * x * (1 + erf(x / math.sqrt(2))),
    "gelu-tanh": _gelu_tanh,
    "silu": lambda x: x * sigmoid(x),
    "mish": lambda x: x * tanh(log(1 + exp(x))),
    "tanhshrink": lambda x: x - tanh(x),
    "logsigmoid": lambda x: -log(1 + exp(-x)),
}
