"""Torch's activations made of straight lines."""

from typing import Any

import torch.nn.functional as F  # noqa: N812  its name everywhere

from oracle.reference import REFERENCES


def doubled(function: Any) -> Any:
    """`function` of twice the value, as in the loops."""
    return lambda input, inplace=False: function(2 * input, inplace=inplace)


NAMES = ("relu6", "hardtanh", "threshold", "leaky_relu", "prelu", "rrelu", "softshrink", "hardshrink")
REFERENCES |= {name: getattr(F, name) for name in NAMES}
REFERENCES |= {"hardsigmoid": doubled(F.hardsigmoid), "hardswish": doubled(F.hardswish)}
