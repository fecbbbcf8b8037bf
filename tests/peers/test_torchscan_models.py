"""torchscan on whole models, module by module, and what its differences are billed as."""

import pytest

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")
from torch import nn  # noqa: E402

from netstat.peers import PEERS  # noqa: E402
from tests.one_operator import RECORDED, conv  # noqa: E402
from tests.peers.closing import closes, predicted  # noqa: E402
from tests.peers.settled import captured, settled  # noqa: E402
from tests.ten_models import TEN_MODELS, outlined  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

# By torchscan 0.2.0 on torch 2.15, one input each.
RETURNED = {
    "alexnet": 1_429_078_528,
    "vgg16": 30_955_673_088,
    "resnet50": 8_221_876_096,
    "mobilenet_v2": 633_829_856,
    "efficientnet_b0": 794_301_216,
    "vit_b_16": 35_169_074_134,
    "swin_t": 5_955_942_484,
    "convnext_tiny": 8_934_932_344,
    "lstm": 2_560,
    "transformer_encoder": 421_003_268,
}
QUICK = ("alexnet", "vgg16", "lstm", "transformer_encoder")


@pytest.mark.parametrize("name", TEN_MODELS)
def test_the_convention_alone_gives_what_torchscan_returned_for_a_model(name: str) -> None:
    assert predicted("torchscan", captured(*outlined(name))) == RETURNED[name]


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in TEN_MODELS]
)
def test_each_of_the_ten_models_closes_in_total_and_per_module(name: str) -> None:
    check = closes("torchscan", *outlined(name))
    assert check.reported == RETURNED[name]
    assert len(check.layers) > 2


@pytest.mark.slow
@pytest.mark.parametrize("name", ["googlenet", "densenet121", "mnasnet0_5", "maxvit_t", "mobilenet_v3_small"])
def test_further_models_of_torchvision_close_in_total_and_per_module(name: str) -> None:
    from netstat.frontends.outline import WeightsOnMeta

    with WeightsOnMeta():
        model = torchvision.models.get_model(name)
    closes("torchscan", model, torch.empty(2, 3, 224, 224, device="meta"))


@pytest.mark.slow
def test_a_transformer_that_is_the_whole_model_is_counted_from_outside() -> None:
    model, inputs = nn.Transformer(16, 4, 2, 1, 32, batch_first=True), (torch.zeros(2, 10, 16), torch.zeros(2, 7, 16))
    masks = torch.zeros(10, 10), torch.zeros(7, 7), torch.zeros(7, 10)
    assert predicted("torchscan", captured(model.eval(), *inputs)) == 325_628
    assert predicted("torchscan", captured(model.eval(), *inputs, *masks)) == 328_180
    assert closes("torchscan", model, *inputs).reported == 325_628
    assert closes("torchscan", model, *inputs, *masks).reported == 328_180


def test_eight_images_are_eight_times_one_but_for_what_is_counted_per_channel() -> None:
    model = nn.Sequential(conv(), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 8 * 8, 3))
    one, eight = (closes("torchscan", model, torch.zeros(batch, 4, 8, 8)) for batch in (1, 8))
    assert eight.reported - 2 * 6 == 8 * (one.reported - 2 * 6)


@pytest.mark.parametrize("case", ["conv 3x3, bias", "lstm, batch first", "transformer encoder layer", "attention"])
def test_tensors_without_values_are_counted_like_real_ones(case: str) -> None:
    pytest.importorskip("torchscan")
    from netstat.peers._stand_ins import with_values, without_values

    model, count = (RECORDED[case].make().eval(), (RECORDED[case].input,)), PEERS["torchscan"].count
    assert count(*without_values(*model)) == count(*with_values(*model))


@pytest.mark.parametrize(
    ("case", "reason", "amount"),
    [
        ("conv 3x3, bias", "sum of K products", -768),
        ("conv 3x3, bias", "biases counted as 1 per output", 768),
        ("transposed conv, no bias", "defect: transposed convolution", 2 * (49152 - 12288)),
        ("transposed conv, no bias", "padding of a transposed convolution", 16),
        ("max pool 3, stride 2", "defect: pooling window given as one number", 144 - 72 * 8),
        ("max pool 3, stride 2", "max pooling counted as its window", 72 * 8),
        ("conv without a batch", "defect: input without a batch", 2 * 384 * 9 * 4),
        ("lstm, batch first", "module of a class without a rule", -2 * 15360),
        ("F.scaled_dot_product_attention", "module of a class without a rule", -2 * 12800),
        ("attention", "attention's softmax", 80 * 29),
        ("attention", "queries scaled", 321),
        ("transformer encoder layer", "dropout of probability above 0", 2 * 320 + 640),
    ],
)
def test_a_difference_is_billed_under_its_name(case: str, reason: str, amount: int) -> None:
    terms = settled("torchscan", RECORDED[case].make().eval(), RECORDED[case].input).terms
    assert [term.amount for term in terms if term.reason.startswith(reason)] == [amount]
