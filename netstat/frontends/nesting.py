"""Tensors inside what a model is called with: lists, dicts, named tuples, dataclasses."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from torch import Tensor, nn
from torch.utils._pytree import tree_flatten_with_path, tree_leaves, tree_map


def each_tensor(change: Callable[[Tensor], Tensor], value: Any) -> Any:
    """The same structure with every tensor changed, in the order of `named_tensors`."""

    def renew(leaf: Any) -> Any:
        if isinstance(leaf, Tensor):
            return change(leaf)
        if not _has_fields(leaf):
            return leaf
        made = copy.copy(leaf)
        for field in fields(leaf):  # past __setattr__: it may be frozen
            object.__setattr__(made, field.name, each_tensor(change, getattr(leaf, field.name)))
        return made

    return tree_map(renew, value)


def named_tensors(name: str, value: Any) -> Iterator[tuple[str, Tensor]]:
    """Every tensor in `value` by its place: `batch.ids`, `items.0`, `name` itself."""
    for place, leaf in _leaves(value):
        path = ".".join((name, *place))
        if isinstance(leaf, Tensor):
            yield path, leaf
        elif _has_fields(leaf):
            for field in fields(leaf):
                yield from named_tensors(f"{path}.{field.name}", getattr(leaf, field.name))


def _has_fields(value: Any) -> bool:
    """Whether it is a dataclass's; torch takes one for a leaf."""
    return is_dataclass(value) and not isinstance(value, (type, nn.Module))


def _leaves(value: Any) -> list[tuple[tuple[str, ...], Any]]:
    """Leaves of what torch knows as a tree, each with its keys; numbered where a kind of node has no keys."""
    try:
        found = tree_flatten_with_path(value)[0]
    except ValueError:
        return [((str(i),), leaf) for i, leaf in enumerate(tree_leaves(value))]
    return [(tuple(map(_key, path)), leaf) for path, leaf in found]


def _key(key: Any) -> str:
    """A key of torch's: of a dict, a place in a list, or an attribute's name."""
    return str(next(getattr(key, name) for name in ("key", "idx", "name") if hasattr(key, name)))
