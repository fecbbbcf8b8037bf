"""Torch's normalisations of rows, channels and weights."""

import torch
import torch.nn.functional as F  # noqa: N812  its name everywhere

from oracle.reference import REFERENCES

REFERENCES |= {name: getattr(F, name) for name in ("layer_norm", "rms_norm", "group_norm", "instance_norm")}
REFERENCES["weight_norm"] = torch._weight_norm
REFERENCES["weight_norm_interface"] = torch._weight_norm_interface
REFERENCES["norm_except_dim"] = torch.norm_except_dim
