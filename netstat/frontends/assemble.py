"""The real torch.nn.Module of a layer spec."""

from collections import OrderedDict

import torch
from torch import Tensor, nn

from netstat.models.spec import Block, Call, Layer

FUNCTIONS = {"flatten": torch.flatten}


class Assembled(nn.Module):
    """A block's children and calls, run in order. Subclassed under the block's own name."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self._order: list[str | Call] = []
        for name, step in block.steps:
            self._order.append(step if isinstance(step, Call) else name)
            if not isinstance(step, Call):
                self.add_module(name, assemble(step))

    def forward(self, x: Tensor) -> Tensor:
        """Run the steps."""
        for step in self._order:
            x = FUNCTIONS[step.op](x, **step.attributes) if isinstance(step, Call) else self._modules[step](x)  # type: ignore[misc]
        return x


def assemble(spec: Layer | Block) -> nn.Module:
    """A module with torch's own initialisation, state_dict keys named by the spec's paths."""
    if isinstance(spec, Layer):
        module: nn.Module = getattr(nn, spec.module)(**spec.arguments)
        return module
    if spec.module == "Sequential":
        return nn.Sequential(OrderedDict((name, assemble(step)) for name, step in spec.steps))  # type: ignore[arg-type]
    kind: type[Assembled] = type(spec.module, (Assembled,), {"__doc__": f"{spec.module}, assembled from its spec."})
    return kind(spec)
