"""Torch's arithmetic of several operands that has a name of its own."""

import torch

from oracle.combinations import CASES
from oracle.reference import REFERENCES
from oracle.torch_elementwise import new

REFERENCES |= {name: new(getattr(torch, name, None) or getattr(torch.special, name)) for name in CASES}
