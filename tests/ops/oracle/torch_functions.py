"""Torch's functions of one value."""

import torch

from oracle.functions import FUNCTIONS, OTHERS, SPECIAL
from oracle.reference import REFERENCES
from oracle.torch_elementwise import new

NAMES = (*FUNCTIONS, *OTHERS, *SPECIAL)
REFERENCES |= {name: new(getattr(torch, name, None) or getattr(torch.special, name)) for name in NAMES}
