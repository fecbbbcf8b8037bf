"""Torch's functions for the operators that move values between channels and positions."""

import torch.nn.functional as F  # noqa: N812  its name everywhere

from oracle.reference import REFERENCES

REFERENCES |= {name: getattr(F, name) for name in ("pixel_shuffle", "pixel_unshuffle", "unfold", "fold")}
REFERENCES["channel_shuffle"] = F.channel_shuffle
