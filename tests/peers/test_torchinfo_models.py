"""torchinfo on whole models: figures on record, and the real tool module by module."""

import pytest

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")
from torch import Tensor, nn  # noqa: E402

from tests.peers.closing import closes, predicted  # noqa: E402
from tests.peers.settled import captured  # noqa: E402
from tests.ten_models import TEN_MODELS, outlined  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]


# In units of 10⁹, as printed on record: torchinfo 1.8.0 and its main branch, one image of 3×224×224.
WHOLE = {
    "alexnet": ("0.714682664", "0.714682664"),
    "vgg11": ("7.616525", "7.616525"),
    "vgg16": ("15.483821032", "15.483821032"),
    "vgg16_bn": ("15.483829", "15.483829"),
    "resnet50": ("4.0892", "4.0892"),
    "mobilenet_v2": ("0.30081", "0.30081"),
    "efficientnet_b0": ("0.38587", "0.38587"),
    "vit_b_16": ("0.1732", "11.2804"),
    "swin_t": ("0.0344", "2.9706"),
    "convnext_tiny": ("0.3224", "4.4690"),
    "timm vit_tiny": ("0.03447", "1.07898"),
}


def whole(name: str) -> tuple[nn.Module, Tensor]:
    """A model on record and its input, without memory."""
    from netstat.frontends.outline import WeightsOnMeta

    with WeightsOnMeta():
        if name == "timm vit_tiny":
            model = pytest.importorskip("timm").create_model("vit_tiny_patch16_224")
        else:
            model = torchvision.models.get_model(name)
    return model.eval(), torch.empty(1, 3, 224, 224, device="meta")


@pytest.mark.parametrize("name", WHOLE)
def test_the_figures_of_whole_models_on_record_are_predicted_to_their_last_digit(name: str) -> None:
    graph = captured(*whole(name))
    for convention, printed in zip(("torchinfo", "torchinfo-main"), WHOLE[name], strict=True):
        digits = len(printed.partition(".")[2])
        assert f"{predicted(convention, graph) / 10**9:.{digits}f}" == printed


QUICK = ("alexnet", "vgg16", "lstm", "transformer_encoder")


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in TEN_MODELS]
)
def test_each_of_the_ten_models_closes_in_total_and_per_module(name: str) -> None:
    check = closes("torchinfo", *outlined(name))
    assert len(check.layers) > 2


@pytest.mark.slow
def test_a_vision_transformer_of_timm_closes_in_total_and_per_module() -> None:
    closes("torchinfo", *whole("timm vit_tiny"))


def test_the_bill_of_alexnet_is_its_biases() -> None:
    check = closes("torchinfo", *outlined("alexnet"))
    assert (check.reported, [term.amount for term in check.terms]) == (714_682_664, [494_184])
