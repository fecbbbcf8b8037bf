"""The search for garbage rests while a model is captured without data, and is afterwards as it was before."""

import gc
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from netstat.errors import ModelError
from netstat.frontends.pytorch import capture
from netstat.frontends.stages import Meta, Real, Stage

pytestmark = pytest.mark.torch
INPUT = torch.zeros(2, 3)


@pytest.fixture(params=[True, False], ids=["searching", "resting"])
def before(request: pytest.FixtureRequest) -> Iterator[bool]:
    (gc.enable if request.param else gc.disable)()
    yield request.param
    gc.enable()


def during(stage: Stage) -> bool:
    seen: list[bool] = []

    def forward(x: Tensor) -> Tensor:
        seen.append(gc.isenabled())
        return x + 1

    capture(forward, (INPUT,), stage=stage)
    return seen[0]


def test_it_rests_on_tensors_without_values_and_nowhere_else(before: bool) -> None:
    assert during(Meta()) is False
    assert during(Real(alias=False)) is before
    assert gc.isenabled() is before


def test_it_is_as_before_where_forward_raises(before: bool) -> None:
    def forward(x: Tensor) -> Tensor:
        raise ValueError("no")

    with pytest.raises(ModelError, match="no"):
        capture(forward, (INPUT,))
    assert gc.isenabled() is before
