"""Torch's smooth activations, gated units, and the softmax family's further members."""

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812  its name everywhere

from oracle.reference import REFERENCES


def softmax_like(function: Any) -> Any:
    return lambda input, dim, dtype: function(input, dim, dtype=getattr(torch, dtype) if dtype else None)


NAMES = ("gelu", "silu", "mish", "softplus", "logsigmoid", "softsign", "tanhshrink", "elu", "celu", "selu", "glu")
REFERENCES |= {name: getattr(F, name) for name in NAMES}
REFERENCES |= {"log_softmax": softmax_like(F.log_softmax), "softmin": softmax_like(F.softmin)}
