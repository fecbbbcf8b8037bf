"""What torch makes of products of three tensors and more."""

import torch

from oracle.reference import REFERENCES

REFERENCES["multi_dot"] = torch.linalg.multi_dot
REFERENCES["bilinear"] = torch.nn.functional.bilinear
