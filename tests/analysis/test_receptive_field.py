"""Receptive fields of captured modules: right, or not claimed."""

import pytest
import torch
from torch import Tensor, nn

from netstat import profile

pytestmark = pytest.mark.torch


def conv(size: int | tuple[int, int] = 3, stride: int = 1, dilation: int = 1) -> nn.Conv2d:
    return nn.Conv2d(4, 4, size, stride, padding="same" if stride == 1 else 0, dilation=dilation)


class Branches(nn.Module):
    def __init__(self, left: nn.Module, right: nn.Module) -> None:
        super().__init__()
        self.left, self.right = left, right

    def forward(self, x: Tensor) -> Tensor:
        return self.left(x) + self.right(x)


def seen(model: nn.Module, *shape: int) -> tuple[int, ...] | None:
    return profile(model, args=(torch.empty(shape),)).layers[-1].receptive_field


def support(model: nn.Module, *shape: int) -> tuple[int, ...]:
    """Extent of the input positions that the gradient of one central output value reaches."""
    torch.manual_seed(0)
    for parameter in model.parameters():
        nn.init.uniform_(parameter, 0.1, 1)
    x = torch.rand(shape, requires_grad=True)
    y = model.double()(x.double())
    y[(0, 0, *(size // 2 for size in y.shape[2:]))].backward()
    touched = x.grad.abs().sum((0, 1)).nonzero()
    return tuple(int(d) for d in touched.max(0).values - touched.min(0).values + 1)


@pytest.mark.parametrize(
    "model",
    [
        conv(3),
        conv((5, 3)),
        nn.Sequential(conv(3), conv(3), conv(3)),
        nn.Sequential(conv(3, stride=2), nn.Sigmoid(), nn.AvgPool2d(3, 2), conv(3)),
        nn.Sequential(conv(3, dilation=2), nn.ZeroPad2d(1), nn.AvgPool2d(2)),
        Branches(conv(3), nn.Sequential(conv(3), conv(5))),
    ],
)
def test_the_field_is_the_support_of_the_gradient(model: nn.Module) -> None:
    assert seen(model, 1, 4, 33, 33) == support(model, 1, 4, 33, 33)


def test_a_branch_without_a_rule_leaves_the_sum_without_a_claim() -> None:
    class Unknown(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.igamma(x, x)

    assert seen(Branches(conv(3), nn.Sequential(conv(5), Unknown())), 1, 4, 16, 16) is None


@pytest.mark.parametrize("model", [nn.Linear(8, 3), nn.Softmax(-1), nn.Flatten()])
def test_what_mixes_positions_has_no_field(model: nn.Module) -> None:
    assert seen(model, 1, 4, 8) is None


def test_a_permutation_is_followed() -> None:
    class Turned(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.last = conv((3, 1)), conv((5, 1))

        def forward(self, x: Tensor) -> Tensor:
            return self.last(self.conv(x).permute(0, 1, 3, 2))

    assert seen(Turned(), 1, 4, 8, 8) == (3, 5)  # of the input, in its order


def test_unbatched_inputs_have_fields_too() -> None:
    assert seen(nn.Sequential(conv(3), nn.MaxPool2d(2)), 4, 8, 8) == (4, 4)
    assert seen(nn.AdaptiveAvgPool2d(1), 4, 8, 8) == (8, 8)
