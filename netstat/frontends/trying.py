"""One forward pass on the lightest tensors that will do."""

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any

import torch
from torch import Tensor, nn

from netstat.errors import ModelError, ShapeError
from netstat.frontends.nesting import each_tensor
from netstat.frontends.pytorch import capture
from netstat.frontends.stages import Fake, Real
from netstat.frontends.values import highest_index, whole_numbers
from netstat.graph import Graph
from netstat.units import mebibytes

Run = Callable[..., Graph]


def capture_lightest(
    model: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    *,
    make: Callable[[], Any] | None = None,
    **options: Any,
) -> Graph:
    """`capture` on meta tensors; where the model asks for more, on fake ones; where it looks at values, on real ones.

    Args:
        model, args, kwargs, options: as for `capture`. Inputs without values get some where values are needed.
        make: makes a real model that nobody else has; None where `model` itself is real and the user's.

    Raises:
        ShapeError: a layer cannot take what reaches it.
        ModelError: forward raised wherever it was tried, or real tensors would not fit into memory.
    """
    try:
        return capture(model, args, kwargs, **options)
    except ShapeError:
        raise
    except ModelError as error:
        first = error
    try:
        return capture(model, args, kwargs, stage=Fake(), **options)
    except ShapeError:
        raise
    except ModelError:
        return _on_values(model, args, kwargs, make, first, options)


def _on_values(
    model: Any,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    make: Callable[[], Any] | None,
    first: ModelError,
    options: Mapping[str, Any],
) -> Graph:
    _refuse_what_does_not_fit(model, first)
    with torch.no_grad():
        fill = partial(each_tensor, partial(_filled, highest_index(model)))
        real = make() if make else model
        if any(tensor.is_meta for tensor in _tensors(real)):
            raise first
        return capture(real, fill(args), fill(dict(kwargs)), stage=Real(alias=make is not None), **options)


def _tensors(model: Any) -> Iterator[Tensor]:
    """Parameters and buffers; a callable that is no module has none."""
    return chain(model.parameters(), model.buffers()) if isinstance(model, nn.Module) else iter(())


def _filled(highest: int, tensor: Tensor) -> Tensor:
    """Values for a tensor that has none: numbers between 0 and 1, as pixels are; indices every table has."""
    if not tensor.is_meta:
        return tensor
    if tensor.dtype.is_floating_point or tensor.is_complex():
        return torch.rand(tensor.shape, generator=torch.Generator().manual_seed(0)).to(tensor.dtype)
    return whole_numbers(tuple(tensor.shape), tensor.dtype, highest)


def _refuse_what_does_not_fit(model: Any, first: ModelError) -> None:
    shaped = (tensor for tensor in _tensors(model) if not nn.parameter.is_lazy(tensor))
    needed = 2 * sum(tensor.numel() * tensor.element_size() for tensor in shaped)
    free = free_memory()
    if needed > free:
        raise ModelError(
            f"{first}; on real tensors it would take {mebibytes(needed)} of memory, and {mebibytes(free)} are free"
        )


def free_memory() -> int:
    """Bytes of memory nobody uses."""
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
