"""What torch makes of products of two tensors."""

import torch

from oracle.reference import REFERENCES

for name in ("mm", "bmm", "mv", "outer", "matmul", "inner", "kron"):
    REFERENCES[name] = getattr(torch, name)
REFERENCES["dot"] = lambda input, other: torch.dot(input, other)
REFERENCES["vecdot"] = torch.linalg.vecdot
