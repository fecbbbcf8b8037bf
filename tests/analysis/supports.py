"""What outputs of a module really depend on, and what netstat says of it, side by side."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

import torch
from torch import Tensor, nn

from netstat.analysis.receptive_field import Field, Walk, receptive_fields
from netstat.analysis.strands import Span, hull
from netstat.frontends.pytorch import capture

Model = Callable[[Tensor], Tensor]


class Claim(NamedTuple):
    """What netstat says of a layer along one dimension of its input."""

    field: Field
    dim: int
    span: Callable[[int], Span | None]
    period: int

    @property
    def extent(self) -> int:
        return self.field.extent[self.dim]

    def line(self, output: int) -> Span | None:
        """What jump, centre and padding say that `output` sees at most; None where they say nothing."""
        if self.field.jump is None or self.field.center is None or self.field.padding is None:
            return None
        jump, center, padding = (
            Fraction(texts[self.dim]) for texts in (self.field.jump, self.field.center, self.field.padding)
        )
        return ceil(jump * output - padding), floor(jump * output + 2 * center + padding)


def claims(model: nn.Module, shape: tuple[int, ...], path: str = "") -> list[Claim]:
    """What is said of the last row, or the last one of a module, per spatial dimension."""
    dtype = next((parameter.dtype for parameter in model.parameters()), torch.float64)
    graph = capture(model, (torch.empty(shape, dtype=dtype, device="meta"),))
    walk = Walk(graph)
    seen = [walk.step(node) for node in graph.nodes]
    last = [at for at, node in enumerate(graph.nodes) if f"{node.path}.".startswith(f"{path}." if path else "")][-1]
    field = receptive_fields(graph)[last]
    assert field is not None
    (axes,) = walk.space.values()
    strands = [along.strands for axis in axes if (along := seen[last][axis])]
    return [
        Claim(field, dim, lambda o, these=these: hull(one.at(o) for one in these), max(one.period for one in these))
        for dim, these in enumerate(strands)
    ]


def positive(model: nn.Module) -> nn.Module:
    """A copy in double precision whose weights are positive, about one in sum per output.

    So no activation is cut off, and nothing cancels out.
    """
    copy = deepcopy(model).double().eval()
    for name, parameter in copy.named_parameters():
        fan_in = 1 if name.endswith("bias") else parameter[0].numel()
        nn.init.uniform_(parameter, 0.5 / fan_in, 1.0 / fan_in)
        parameter.data *= not name.endswith("bias")
    return copy


def with_means(model: nn.Module) -> nn.Module:
    """The model with means over the same windows for maxima, since a maximum has a gradient at one place only."""
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if isinstance(child, nn.MaxPool2d):
                pool = nn.AvgPool2d(child.kernel_size, child.stride, child.padding, ceil_mode=child.ceil_mode)
                setattr(parent, name, pool)
    return model


def support(model: nn.Module, shape: tuple[int, ...], output: tuple[int, ...], path: str = "") -> list[Span]:
    """First and last input position per dimension with a gradient of a layer's output position, all channels."""
    x = torch.ones(shape, dtype=torch.float64, requires_grad=True)
    kept: list[Tensor] = []
    layer = model.get_submodule(path)
    handle = layer.register_forward_hook(lambda module, inputs, result: kept.append(result))
    model(x)
    handle.remove()
    (gradient,) = torch.autograd.grad(kept[0][(0, slice(None), *output)].sum(), x)
    there = gradient.abs().sum((0, 1)) > 0
    found = [there.sum([d for d in range(there.dim()) if d != dim]).nonzero() for dim in range(there.dim())]
    return [(int(at.min()), int(at.max())) for at in found]


def dependence(model: Model, channels: int, size: int) -> list[Span | None]:
    """Per output position of a one-dimensional model the first and last input position that it depends on.

    Each input position is raised far above all others in an example of its own, so that maxima follow it too.
    """
    torch.manual_seed(0)
    x = torch.rand(1, channels, size, dtype=torch.float64) + 0.5
    raised = x + 100 * torch.eye(size, dtype=torch.float64)[:, None]
    changed = (model(raised) - model(x)).abs().amax(1) > 1e-9  # (input position, output position)
    return [_ends(column) for column in changed.unbind(1)]


def _ends(column: Tensor) -> Span | None:
    at = column.nonzero()
    return (int(at.min()), int(at.max())) if len(at) else None


def inside(span: Span | None, size: int) -> Span | None:
    """The part of a span that an input has."""
    if span is None or span[1] < 0 or span[0] >= size:
        return None
    return max(span[0], 0), min(span[1], size - 1)


def middle(outputs: int, claim: Claim, size: int, margin: int) -> Iterator[int]:
    """Output positions of the middle third whose fields lie in the input with something to spare."""
    for o in range(outputs // 3, outputs - outputs // 3):
        span = claim.span(o)
        if span is None or (span[0] >= margin and span[1] < size - margin):
            yield o
