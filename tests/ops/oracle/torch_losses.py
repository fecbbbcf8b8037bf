"""Torch's losses."""

import torch.nn.functional as F  # noqa: N812  its name everywhere

from oracle.reference import REFERENCES

VALUES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div")
CROSS = ("binary_cross_entropy", "binary_cross_entropy_with_logits", "nll_loss", "cross_entropy")
REFERENCES |= {name: getattr(F, name) for name in (*VALUES, *CROSS)}
