"""What the masks of torch.nn.utils.prune keep."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.prune import BasePruningMethod

from netstat.errors import ModelError
from netstat.graph import Graph, Kept


def pruned(graph: Graph, make: Callable[[], Any]) -> Graph:
    """The graph with what pruning masks keep of its parameters.

    A parameter `X_orig` has a mask where its module has a buffer `X_mask` and a hook of torch's that multiplies them.

    Args:
        graph: the forward pass of a model.
        make: makes or hands over the model, whose masks have values. Not called where no buffer looks like a mask.

    Raises:
        ModelError: a mask has no values.
    """
    if not any(param.buffer and param.name.endswith("_mask") for param in graph.params):
        return graph
    groups = dict(_groups(graph))
    kept: dict[str, Kept] = {}
    for orig, name, mask in _masks(make()):
        if mask.is_meta:
            raise ModelError(f"the pruning mask '{name}' is on the meta device and has no values to count")
        kept[orig] = kept[name] = _kept(mask, groups.get(name, 0))
    return replace(graph, params=tuple(param._replace(kept=kept.get(param.name)) for param in graph.params))


def _groups(graph: Graph) -> Iterator[tuple[str, int]]:
    """The buffers that weights of transposed convolutions are multiplied by, and the groups of these."""
    for node in graph.nodes:
        if node.op.startswith("conv_transpose"):
            maker = graph.nodes[node.arguments[1].source.node]
            sources = (argument.source for argument in maker.arguments)
            yield from ((source.name, node.attributes["groups"]) for source in sources if source.kind == "buffer")


def _masks(model: Any) -> Iterator[tuple[str, str, Tensor]]:
    """Names of a pruned parameter and its mask, under every name they have, and the mask."""
    module = _module(model)
    for path, child in module.named_modules(remove_duplicate=False) if module is not None else ():
        prefix = f"{path}.".replace("_orig_mod.", "").lstrip(".")  # a compiled module goes by the name of what it was
        for hook in child._forward_pre_hooks.values():
            if isinstance(hook, BasePruningMethod):
                name = hook._tensor_name
                yield f"{prefix}{name}_orig", f"{prefix}{name}_mask", child.get_buffer(f"{name}_mask")


def _module(model: Any) -> nn.Module | None:
    """The module in what was captured, as `capture` finds it."""
    if isinstance(model, partial):
        return _module(model.func)
    owner = model if isinstance(model, nn.Module) else getattr(model, "__self__", None)
    return owner if isinstance(owner, nn.Module) else None


def _kept(mask: Tensor, groups: int) -> Kept:
    """What a mask keeps; `groups` are those of the transposed convolution it masks, 0 for whatever else."""
    with torch.no_grad():
        kept = mask.detach().cpu() != 0
        places, many = torch.unique(_by_channel(kept, groups), dim=0, return_counts=True)
        found = (tuple(map(tuple, place.nonzero().tolist())) for place in places)
        return Kept(int(kept.sum()), tuple(zip(found, many.tolist(), strict=True)))


def _by_channel(kept: Tensor, groups: int) -> Tensor:
    """Whether an output channel keeps any weight at a kernel position: (channels, *kernel)."""
    if groups:
        return kept.reshape(groups, -1, *kept.shape[1:]).any(1).flatten(0, 1)
    return kept.any(1) if kept.dim() > 1 else kept.any(keepdim=True)
