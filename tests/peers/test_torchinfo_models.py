"""torchinfo on whole models, module by module."""

import pytest

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")

from tests.peers.closing import closes  # noqa: E402
from tests.ten_models import TEN_MODELS, outlined  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]


QUICK = ("alexnet", "vgg16", "lstm", "transformer_encoder")


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in TEN_MODELS]
)
def test_each_of_the_ten_models_closes_in_total_and_per_module(name: str) -> None:
    check = closes("torchinfo", *outlined(name))
    assert len(check.layers) > 2


def test_the_bill_of_alexnet_is_its_biases() -> None:
    check = closes("torchinfo", *outlined("alexnet"))
    assert (check.reported, [term.amount for term in check.terms]) == (714_682_664, [494_184])
