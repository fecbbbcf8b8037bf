"""What a model is run on to see what it calls: tensors without data where that is enough, real ones where it is not."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import torch
from torch import Tensor


class Stage(Protocol):
    """Where a forward pass runs.

    Attributes:
        device: "meta", "fake" or "cpu": what `Graph.device` says.
        computes: whether values are computed, so that shortcuts by shape rules are out of the question.
    """

    device: str
    computes: bool

    def owns(self, tensor: Tensor) -> bool:
        """Whether a tensor can take part as it is."""
        ...

    def like(self, tensor: Tensor) -> Tensor:
        """A tensor that takes part in place of `tensor`, which stays out of it: same shape, strides and dtype."""
        ...

    def empty(self, shape: tuple[int, ...], dtype: torch.dtype, order: tuple[int, ...] | None = None) -> Tensor:
        """A tensor that takes part, of this shape and dtype; it holds nothing worth looking at.

        It is packed, its dimensions in memory in their own order or in `order`, from the outermost to the innermost.
        """
        ...

    def active(self) -> AbstractContextManager[None]:
        """A context in which it is set up."""
        ...


class Meta:
    """Tensors that know their shape and dtype and hold nothing: no memory, no time."""

    device = "meta"
    computes = False

    def owns(self, tensor: Tensor) -> bool:
        """Whether a tensor can take part as it is."""
        return tensor.is_meta

    def like(self, tensor: Tensor) -> Tensor:
        """A tensor that takes part in place of this one."""
        return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="meta")

    def empty(self, shape: tuple[int, ...], dtype: torch.dtype, order: tuple[int, ...] | None = None) -> Tensor:
        """A tensor that takes part."""
        return _empty(shape, dtype, "meta", order)

    @contextmanager
    def active(self) -> Iterator[None]:
        """A context in which it is set up."""
        yield


class Fake:
    """Tensors that hold nothing and say they are on the CPU, for models that ask; small constants keep their value."""

    device = "fake"
    computes = False

    def __init__(self) -> None:
        from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode

        self._kind = FakeTensor
        self._mode = FakeTensorMode(allow_non_fake_inputs=True)

    def owns(self, tensor: Tensor) -> bool:
        """Whether a tensor can take part as it is."""
        return isinstance(tensor, self._kind)

    def like(self, tensor: Tensor) -> Tensor:
        """A tensor that takes part in place of this one."""
        with self._mode:
            return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="cpu")

    def empty(self, shape: tuple[int, ...], dtype: torch.dtype, order: tuple[int, ...] | None = None) -> Tensor:
        """A tensor that takes part."""
        with self._mode:
            return _empty(shape, dtype, "cpu", order)

    @contextmanager
    def active(self) -> Iterator[None]:
        """A context in which it is set up."""
        with self._mode:
            yield


class Real:
    """Tensors with values on the CPU, for models that look at them."""

    device = "cpu"
    computes = True

    def __init__(self, *, alias: bool) -> None:
        self._alias = alias  # nobody else has the model: its own tensors will do

    def owns(self, tensor: Tensor) -> bool:
        """Whether a tensor can take part as it is."""
        return not tensor.is_meta

    def like(self, tensor: Tensor) -> Tensor:
        """A tensor that takes part in place of this one."""
        if tensor.is_meta:
            raise RuntimeError("a tensor on the meta device has no values to run on")
        return tensor.detach() if self._alias else tensor.detach().to("cpu", copy=True)

    def empty(self, shape: tuple[int, ...], dtype: torch.dtype, order: tuple[int, ...] | None = None) -> Tensor:
        """A tensor that takes part."""
        return _empty(shape, dtype, "cpu", order)

    @contextmanager
    def active(self) -> Iterator[None]:
        """A context in which it is set up."""
        yield


def _empty(shape: tuple[int, ...], dtype: torch.dtype, device: str, order: tuple[int, ...] | None) -> Tensor:
    if order is None:
        return torch.empty(shape, dtype=dtype, device=device)
    return torch.empty_permuted(shape, order, dtype=dtype, device=device)
