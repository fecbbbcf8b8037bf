"""What torch.onnx exports counts as the module it was exported from."""

import warnings
from pathlib import Path
from typing import Any

import pytest

import netstat

pytest.importorskip("onnxscript", reason="torch.onnx needs pip install onnxscript")
pytestmark = [pytest.mark.torch, pytest.mark.slow]


def exported(name: str, folder: Path, *, optimize: bool) -> Any:
    import torch
    import torchvision

    path = folder / f"{name}.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = torchvision.models.get_model(name).eval()
        torch.onnx.export(module, (torch.zeros(1, 3, 224, 224),), path, dynamo=True, optimize=optimize, verbose=False)
    return netstat.profile(path), module


@pytest.mark.parametrize("name", ["alexnet", "vgg16", "resnet50", "vit_b_16"])
def test_an_export_as_it_was_written_has_the_modules_macs_and_parameters(tmp_path: Path, name: str) -> None:
    ours, module = exported(name, tmp_path, optimize=False)
    theirs = netstat.profile(f"torchvision:{name}")
    assert ours.totals.params == theirs.totals.params == sum(parameter.numel() for parameter in module.parameters())
    assert ours.totals.macs == theirs.totals.macs
    assert ours.uncounted == ()


@pytest.mark.parametrize("name", ["alexnet", "vgg16"])
def test_plain_convolutional_networks_agree_layer_by_layer(tmp_path: Path, name: str) -> None:
    ours, _ = exported(name, tmp_path, optimize=False)
    theirs = netstat.profile(f"torchvision:{name}")
    layers = [(row.path, row.params, row.macs, row.flops) for row in theirs.layers if row.macs]
    assert [(row.path, row.params, row.macs, row.flops) for row in ours.layers if row.macs] == layers


def test_an_optimised_export_folds_batch_normalisation_away(tmp_path: Path) -> None:
    """Two parameters a channel go; the bias they leave is zero in a model that was not trained, and goes as well."""
    ours, module = exported("resnet50", tmp_path, optimize=True)
    channels = sum(child.num_features for child in module.modules() if hasattr(child, "running_mean"))
    theirs = netstat.profile("torchvision:resnet50")
    assert ours.totals.macs == theirs.totals.macs
    assert theirs.totals.params - ours.totals.params == 2 * channels


def test_an_optimised_export_drops_biases_that_are_zero(tmp_path: Path) -> None:
    ours, module = exported("vgg16", tmp_path, optimize=True)
    zero = sum(bias.numel() for name, bias in module.named_parameters() if name.endswith("bias") and not bias.any())
    assert netstat.profile("torchvision:vgg16").totals.params - ours.totals.params == zero > 0
