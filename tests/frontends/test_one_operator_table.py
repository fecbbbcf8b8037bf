"""The multiply-accumulates that can be worked out by hand, and those of whole models, hold against every capture."""

from typing import Any

import pytest

torch = pytest.importorskip("torch")
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

from netstat import profile  # noqa: E402
from tests.one_operator import RECORDED, Case  # noqa: E402

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:Using padding='same'", "ignore:Implicit dimension choice"),
]

# Convolutions, linear layers and attention, bias apart: as printed, in billions.
MODELS = {
    "torchvision:alexnet": "0.714188480",
    "torchvision:vgg11": "7.609090",
    "torchvision:vgg16": "15.470264320",
    "torchvision:vgg16_bn": "15.470264",
    "torchvision:resnet50": "4.0892",
    "torchvision:mobilenet_v2": "0.30077",
    "torchvision:efficientnet_b0": "0.38581",
    "torchvision:vit_b_16": "17.5638",
    "torchvision:swin_t": "4.4906",
    "torchvision:convnext_tiny": "4.4555",
    "timm:vit_tiny_patch16_224": "1.25368",
}


@pytest.mark.parametrize("case", RECORDED.values(), ids=RECORDED)
def test_an_operator_has_its_true_multiply_accumulates_and_nothing_is_uncounted(case: Case) -> None:
    found = profile(case.make(), args=(case.input,))
    assert found.complete
    assert found.totals.macs == case.macs


def on_meta(name: str) -> Any:
    library, _, model = name.partition(":")
    package = pytest.importorskip(library)
    with torch.device("meta"):
        made = package.models.get_model(model) if library == "torchvision" else package.create_model(model)
    return made.eval()


@pytest.mark.parametrize(("name", "billions"), MODELS.items())
def test_a_model_has_the_multiply_accumulates_on_record_and_half_of_torchs_flops(name: str, billions: str) -> None:
    model, image = on_meta(name), torch.empty(1, 3, 224, 224, device="meta")
    with FlopCounterMode(display=False) as counter:  # on the meta device: that of a CPU misses kernels
        model(image)
    found = profile(model, args=(image,))
    assert found.complete
    assert 2 * found.totals.macs == counter.get_total_flops()
    assert f"{found.totals.macs / 1e9:.{len(billions.partition('.')[2])}f}" == billions
