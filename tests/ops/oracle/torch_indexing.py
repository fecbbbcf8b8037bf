"""Torch's functions for the operators that pick and write values by index."""

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812  its name everywhere

from oracle.reference import REFERENCES

REFERENCES |= {name: getattr(torch, name) for name in ("gather", "take", "take_along_dim", "index_select")}
REFERENCES |= {name: getattr(F, name) for name in ("embedding", "embedding_bag", "one_hot")}


def written(name: str) -> Any:
    """In place on a copy or not, as the call says."""

    def call(input: Any, inplace: bool, **given: Any) -> Any:
        if isinstance(given.get("src"), float):
            given["value"] = given.pop("src")
        return getattr(input.clone(), name + "_" * inplace)(**given)

    return call


for name in ("index_add", "index_copy", "index_fill", "index_put", "scatter", "scatter_add", "scatter_reduce"):
    REFERENCES[name] = written(name)
