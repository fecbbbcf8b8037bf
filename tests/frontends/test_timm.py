"""Models of timm by name: built without weights, at the input their own configuration states."""

from pathlib import Path

import pytest

import netstat
from netstat.errors import ModelError, UsageError

timm = pytest.importorskip("timm", reason='needs pip install "netstat[timm]"')
pytestmark = [pytest.mark.torch]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("resnet18", (1, 3, 224, 224)),
        ("resnet18.a1_in1k", (1, 3, 224, 224)),
        ("inception_v3", (1, 3, 299, 299)),
        ("mobilenetv3_small_050", (1, 3, 224, 224)),
        ("vit_tiny_patch16_384", (1, 3, 384, 384)),
        ("convnext_atto", (1, 3, 224, 224)),
        ("resnet18(in_chans=1)", (1, 1, 224, 224)),
        ("vit_tiny_patch16_224(img_size=64)", (1, 3, 64, 64)),
        ("vit_tiny_patch16_224(img_size=(64, 96))", (1, 3, 64, 96)),
    ],
)
def test_the_input_is_the_models_own(name: str, shape: tuple[int, ...]) -> None:
    assert netstat.profile(f"timm:{name}").inputs[0].shape == shape


@pytest.mark.parametrize("name", ["resnet18", "mobilenetv3_small_050", "vit_tiny_patch16_224", "convnext_atto"])
def test_parameters_are_those_of_the_model(name: str) -> None:
    model = timm.create_model(name)
    assert netstat.profile(f"timm:{name}").totals.params == sum(parameter.numel() for parameter in model.parameters())


def test_an_option_goes_to_the_model() -> None:
    p = netstat.profile("timm:resnet18(num_classes=10)")
    assert p.layers[-1].output_shape == (1, 10)
    assert p.model == "resnet18(num_classes=10)"


def test_a_model_for_one_size_says_how_to_have_another() -> None:
    assert netstat.profile("timm:resnet18", (3, 96, 96)).inputs[0].shape == (1, 3, 96, 96)
    with pytest.raises(ModelError, match=r"it takes 3×224×224 alone, and vit_tiny_patch16_224\(img_size=…\) may be"):
        netstat.profile("timm:vit_tiny_patch16_224", (3, 256, 256))


@pytest.mark.parametrize("option", ["pretrained=True", "checkpoint_path='weights.pt'", "pretrained_cfg='a1'"])
def test_no_weights_are_fetched(option: str) -> None:
    with pytest.raises(UsageError, match="netstat fetches no weights"):
        netstat.profile(f"timm:resnet18({option})")


@pytest.mark.parametrize("name", ["resnet1800", "hf-hub:nobody/knows", "local-dir:.", ""])
def test_a_name_timm_does_not_have(name: str) -> None:
    with pytest.raises(UsageError, match="unknown timm model"):
        netstat.profile(f"timm:{name}")


def first_of_each_family() -> list[str]:
    families: dict[str, str] = {}
    for name in timm.list_models():
        families.setdefault(Path(timm.model_entrypoint(name).__code__.co_filename).stem, name)
    return sorted(families.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", first_of_each_family())
def test_one_model_of_every_family_can_be_captured(name: str) -> None:
    p = netstat.profile(f"timm:{name}")
    assert p.totals.macs > 0, sorted({item.op for item in p.uncounted})
    assert p.totals.params == sum(parameter.numel() for parameter in timm.create_model(name).parameters())
