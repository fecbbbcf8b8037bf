"""Torch's pools whose windows are drawn by lot, and its pools undone."""

from typing import Any

import torch.nn.functional as F  # noqa: N812  its name everywhere

from oracle.reference import REFERENCES


def fractional(dims: int, _random_samples: Any, **given: Any) -> Any:
    """The numbers drawn by lot lie between 0 and 1."""
    return getattr(F, f"fractional_max_pool{dims}d")(**given, _random_samples=_random_samples % 1)


for dims in (1, 2, 3):
    REFERENCES[f"max_unpool{dims}d"] = getattr(F, f"max_unpool{dims}d")
for dims in (2, 3):
    REFERENCES[f"fractional_max_pool{dims}d"] = lambda dims=dims, **given: fractional(dims, **given)
