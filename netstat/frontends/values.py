"""Values for inputs that have none."""

from typing import Any

import torch
from torch import Tensor, nn


def highest_index(model: Any) -> int:
    """The highest index that all of the model's embedding tables have; 1 where it has no table."""
    modules = model.modules() if isinstance(model, nn.Module) else ()
    tables = (child.num_embeddings for child in modules if isinstance(child, (nn.Embedding, nn.EmbeddingBag)))
    return min(tables, default=2) - 1


def whole_numbers(shape: tuple[int, ...], dtype: torch.dtype, highest: int) -> Tensor:
    """Whole numbers from 0 to `highest`, or to what the dtype holds; the same every time; truth values either way."""
    generator = torch.Generator("cpu").manual_seed(0)
    limit = 1 if dtype == torch.bool else min(highest, torch.iinfo(dtype).max)
    return torch.randint(0, limit + 1, shape, generator=generator, device="cpu").to(dtype)
