"""What torch makes of transposed convolutions."""

import torch

from oracle.reference import REFERENCES

for dims in (1, 2, 3):
    REFERENCES[f"conv_transpose{dims}d"] = getattr(torch.nn.functional, f"conv_transpose{dims}d")
