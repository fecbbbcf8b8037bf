"""Torch's distances."""

import torch
import torch.nn.functional as F  # noqa: N812  its name everywhere

from oracle.reference import REFERENCES

REFERENCES |= {name: getattr(F, name) for name in ("cosine_similarity", "pairwise_distance", "pdist")}
REFERENCES |= {"dist": torch.dist, "cdist": torch.cdist}
