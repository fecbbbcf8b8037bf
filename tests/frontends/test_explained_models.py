"""Captured models explained: every node of them, figure by figure as in the profile."""

import warnings

import pytest

import netstat

pytestmark = pytest.mark.torch
FIGURES = ("params", "macs", "multiplies", "adds", "divides", "compares", "specials", "flops", "bytes_read")
MODELS = ["resnet18", "googlenet", "mobilenet_v3_small", "shufflenet_v2_x0_5", "vit_b_32", "convnext_tiny"]


@pytest.mark.parametrize("model", MODELS)
def test_every_figure_of_every_row_is_explained_or_zero(model: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        explained, counted = netstat.explain(model), netstat.profile(model)
    rows = [row for row in counted.layers if row.complete]
    assert len(explained.layers) == len(rows) > 50
    for layer, row in zip(explained.layers, rows, strict=True):
        results = {step.name: step.result for step in layer.steps}
        for name in (*FIGURES, "bytes_written"):
            assert results.get(name, 0) == getattr(row, name)


@pytest.mark.parametrize("model", MODELS)
def test_whatever_does_arithmetic_is_explained_in_letters(model: str) -> None:
    explained = netstat.explain(model)
    assert [layer.path for layer in explained.layers if not layer.letters and _works(layer)] == []


def _works(layer: object) -> bool:
    return any(step.name == "flops" for step in getattr(layer, "steps", ()))


def test_a_residual_that_is_added_to_itself_is_read_once() -> None:
    from torch import Tensor, nn

    class Twice(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x * x

    (layer,) = netstat.explain(Twice(), input_shape=(5,)).layers
    assert {step.name: step.formula for step in layer.steps}["bytes_read"] == "4·F"
