"""Weights made from others, and weights without a shape yet: everything has a formula, each parameter counts once."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize, weight_norm

from netstat import profile

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")]


class Symmetric(nn.Module):
    def forward(self, weight: Tensor) -> Tensor:
        return weight.triu() + weight.triu(1).mT


def tied() -> nn.Module:
    """Two layers of one weight that is normalised in both."""
    first, second = nn.Linear(4, 4), nn.Linear(4, 4)
    second.weight = first.weight
    for layer in (first, second):
        parametrizations.weight_norm(layer)
    second.parametrizations = first.parametrizations
    return nn.Sequential(first, second)


def symmetric() -> nn.Module:
    layer = nn.Linear(4, 4)
    parametrize.register_parametrization(layer, "weight", Symmetric())
    return layer


MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "weight_norm as a hook": (lambda: weight_norm(nn.Linear(4, 3)), (4,)),
    "weight_norm as a hook over everything": (lambda: weight_norm(nn.Conv2d(2, 3, 3), dim=None), (2, 5, 5)),
    "weight_norm": (lambda: parametrizations.weight_norm(nn.Conv1d(2, 3, 3)), (2, 6)),
    "weight_norm of a transposed convolution": (
        lambda: parametrizations.weight_norm(nn.ConvTranspose1d(2, 3, 4, 2), dim=1),
        (2, 6),
    ),
    "spectral_norm": (lambda: parametrizations.spectral_norm(nn.Linear(4, 3)), (4,)),
    "spectral_norm of a convolution": (lambda: parametrizations.spectral_norm(nn.Conv2d(2, 3, 3)), (2, 5, 5)),
    "a parametrization of one's own": (symmetric, (4,)),
    "a tied parametrization": (tied, (4,)),
    "lazy layers": (lambda: nn.Sequential(nn.LazyConv2d(3, 3), nn.Flatten(), nn.LazyLinear(5)), (2, 5, 5)),
    "lazy normalisation": (lambda: nn.Sequential(nn.LazyConv1d(4, 1), nn.LazyBatchNorm1d()), (2, 5)),
}


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_each_parameter_counts_once_and_every_operator_has_a_formula(name: str, training: bool) -> None:
    make, shape = MODELS[name]
    model = make().eval()
    p = profile(model, shape, batch=2, training=training)
    with torch.no_grad():
        model(torch.rand(2, *shape))  # now lazy ones have their shapes
    assert p.totals.params == sum(parameter.numel() for parameter in model.parameters())
    assert p.totals.buffers == sum(buffer.numel() for buffer in model.buffers())
    assert (p.totals.unused_params, p.uncounted, p.complete) == (0, (), True)
    assert p.captured == "meta"
