"""Module paths, as a peer spells them and as a graph does."""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


def first_paths(module: "nn.Module") -> dict[str, str]:
    """Every path that leads to a module, with the first path that leads to the same one: the graph's name for it."""
    first: dict[int, str] = {}
    return {path: first.setdefault(id(child), path) for path, child in module.named_modules(remove_duplicate=False)}


def leaf_paths(module: "nn.Module") -> list[str]:
    """First paths of the modules without children."""
    return [path for path, child in module.named_modules() if not child._modules]


def own_figures(figures: Mapping[str, float]) -> dict[str, float]:
    """Figures that include a module's children, made into those of the module's own forward."""
    own: defaultdict[str, float] = defaultdict(float)
    for path, figure in figures.items():
        own[path] += figure
        if path:
            own[path.rpartition(".")[0]] -= figure
    return own
