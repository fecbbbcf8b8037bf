"""Inputs for a model that has none at hand."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from netstat.graph import TensorSpec

if TYPE_CHECKING:
    from torch import Tensor


def example_inputs(
    inputs: Iterable[tuple[str, TensorSpec]], *, device: str = "cpu", seed: int = 0, highest: int = 0
) -> "tuple[Tensor, ...]":
    """One tensor per input of a graph, in order; the global random generators are not touched.

    Args:
        inputs: name and spec of each, as in `Graph.inputs`.
        device: "cpu" for values, "meta" for shapes alone.
        seed: floating-point values are normally distributed.
        highest: integers are between 0, an index that is always there, and this one.
    """
    import torch

    from netstat.frontends.values import whole_numbers

    generator = torch.Generator().manual_seed(seed)

    def example(spec: TensorSpec) -> "Tensor":
        dtype: torch.dtype = getattr(torch, spec.dtype)
        if device == "meta" or dtype.is_complex or not (dtype.is_floating_point or highest):
            return torch.zeros(spec.shape, dtype=dtype, device=device)
        if not dtype.is_floating_point:
            return whole_numbers(spec.shape, dtype, highest).to(device)
        return torch.randn(spec.shape, generator=generator).to(device, dtype)

    return tuple(example(spec) for _, spec in inputs)
