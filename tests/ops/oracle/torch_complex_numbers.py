"""Torch's complex numbers."""

import torch

from oracle.reference import REFERENCES
from oracle.torch_elementwise import new

NAMES = ("real", "imag", "view_as_real", "view_as_complex", "complex", "polar", "angle", "abs")
REFERENCES |= {name: new(getattr(torch, name)) for name in NAMES}
REFERENCES["conj"] = lambda input: torch.conj(input).resolve_conj()
