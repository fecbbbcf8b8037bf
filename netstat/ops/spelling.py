"""The ways torch code may write one call: sizes in a row or in a tuple, tensors in a row or in a list, other names."""

from collections.abc import Mapping
from typing import Any

from netstat.errors import UsageError
from netstat.units import dtype_bytes


def is_tensor(value: Any) -> bool:
    """Whether it is a tensor, of torch's or a spec of one."""
    return hasattr(value, "dtype") and hasattr(value, "shape")


def is_dtype(name: str) -> bool:
    """Whether it is torch's name for a dtype."""
    try:
        return bool(dtype_bytes(name))
    except UsageError:
        return False


def one_row(args: tuple[Any, ...], kwargs: Mapping[str, Any], name: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments with the numbers after the first made one: `x.tile(2, 3)`, `x.tile((2, 3))` and `x.tile(dims=…)`."""
    named = dict(kwargs)
    if len(args) > 1:
        first = args[1]
        named[name] = tuple(first) if isinstance(first, (list, tuple)) else args[1:]
    elif name in named and isinstance(named[name], (list, tuple)):
        named[name] = tuple(named[name])
    return args[:1], named


def one_list(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """Arguments with all tensors in one list: `meshgrid(x, y)` and `meshgrid([x, y])`."""
    tensors = [value for value in args if is_tensor(value)]
    return ((tensors, *args[len(tensors) :]) if tensors else args), kwargs


def without(kwargs: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Keyword arguments but for these."""
    return {name: value for name, value in kwargs.items() if name not in names}


def renamed(kwargs: Mapping[str, Any], **names: str) -> dict[str, Any]:
    """Keyword arguments under our names for them."""
    return {names.get(name, name): value for name, value in kwargs.items()}
