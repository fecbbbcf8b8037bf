"""Every activation netstat has a formula for, and what normalises across channels, as a layer with usual settings.

Constants are torch's defaults where it has some. Local response normalisation has those of Krizhevsky et al. (2012,
section 3.3), said as PyTorch says them.
"""

from typing import Any

from netstat.models.layers import local_response_norm, relu, sigmoid, tanh
from netstat.models.spec import Layer
from netstat.ops.normalization import LocalResponseParameters

PAPER = {"n": 5, "alpha": 1e-4, "beta": 0.75, "k": 2.0}


def _layer(module: str, op: str, **settings: Any) -> Layer:
    return Layer(module, settings, op, settings)


# Each value by itself.
ACTIVATIONS: dict[str, Layer] = {
    "relu": relu(),
    "sigmoid": sigmoid(),
    "tanh": tanh(),
    "leaky_relu": _layer("LeakyReLU", "leaky_relu", negative_slope=0.01),
    "prelu": Layer("PReLU", {"init": 0.25}, "prelu", {}, {"weight": (1,)}),
    "rrelu": _layer("RReLU", "rrelu", lower=1 / 8, upper=1 / 3),
    "relu6": _layer("ReLU6", "relu6"),
    "threshold": _layer("Threshold", "threshold", threshold=1.0, value=0.0),
    "hardtanh": _layer("Hardtanh", "hardtanh", min_val=-1.0, max_val=1.0),
    "hardsigmoid": _layer("Hardsigmoid", "hardsigmoid"),
    "hardswish": _layer("Hardswish", "hardswish"),
    "hardshrink": _layer("Hardshrink", "hardshrink", lambd=0.5),
    "softshrink": _layer("Softshrink", "softshrink", lambd=0.5),
    "softsign": _layer("Softsign", "softsign"),
    "softplus": _layer("Softplus", "softplus", beta=1.0, threshold=20.0),
    "elu": _layer("ELU", "elu", alpha=1.0),
    "celu": _layer("CELU", "celu", alpha=1.0),
    "selu": _layer("SELU", "selu"),
    "gelu": _layer("GELU", "gelu", approximate="none"),
    "gelu-tanh": _layer("GELU", "gelu", approximate="tanh"),
    "silu": _layer("SiLU", "silu"),
    "mish": _layer("Mish", "mish"),
    "tanhshrink": _layer("Tanhshrink", "tanhshrink"),
    "logsigmoid": _layer("LogSigmoid", "logsigmoid"),
}
# All channels of a position together, or neighbouring ones.
ACROSS_CHANNELS: dict[str, Layer] = {
    "softmax": _layer("Softmax", "softmax", dim=1),
    "local_response_norm": local_response_norm(**LocalResponseParameters.from_paper(**PAPER)._asdict()),  # type: ignore[arg-type]
}
EVERY = {**ACTIVATIONS, **ACROSS_CHANNELS}
