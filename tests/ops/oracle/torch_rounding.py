"""Torch's whole numbers near a number."""

import torch

from oracle.reference import REFERENCES
from oracle.torch_elementwise import new

REFERENCES |= {name: new(getattr(torch, name)) for name in ("floor", "ceil", "trunc", "round", "frac")}
