"""Building a model without memory for its weights, where building it looks at values of other tensors."""

from typing import Any

import torch
from torch.overrides import TorchFunctionMode

# What layers make their parameters and buffers with; sequences and literals (arange, tensor) stay real.
WEIGHTS = frozenset({torch.empty, torch.zeros, torch.ones, torch.full, torch.rand, torch.randn})
SMALL = 1024  # elements below which a tensor may as well be real: a flag, a counter, a list of rates


class WeightsOnMeta(TorchFunctionMode):
    """Puts weights on the meta device and leaves everything else where it is."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func not in WEIGHTS or kwargs.get("device") is not None:
            return func(*args, **kwargs)
        outline = func(*args, **{**kwargs, "device": "meta"})
        return outline if outline.numel() >= SMALL else func(*args, **kwargs)
