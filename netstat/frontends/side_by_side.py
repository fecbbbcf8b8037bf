"""Layers side by side, each on the same input: a module whose layers are timed under equal conditions."""

from collections.abc import Mapping

from torch import Tensor, nn

from netstat.frontends.assemble import assemble
from netstat.models.spec import Layer


class SideBySide(nn.Module):
    """Runs each of its layers on what it is given, and returns the last one's output.

    Args:
        layers: by name.
    """

    def __init__(self, layers: Mapping[str, Layer]) -> None:
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, assemble(layer))

    def forward(self, x: Tensor) -> Tensor:
        """Each on `x`."""
        y = x
        for module in self.children():
            y = module(x)
        return y
