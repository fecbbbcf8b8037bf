"""Torch's comparisons, tests, logic and bit operations."""

import torch

from oracle.comparisons import BITS, COMPARISONS, LOGIC, PLACES, TESTS
from oracle.reference import REFERENCES
from oracle.torch_elementwise import new

NAMES = (*BITS, *COMPARISONS, *LOGIC, *PLACES, *TESTS, "logical_not", "bitwise_not", "isclose")
REFERENCES |= {name: new(getattr(torch, name)) for name in NAMES}
