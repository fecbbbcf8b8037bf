"""ptflops on whole models: what is on record for them, by prediction alone, and the real tool beside it."""

from functools import cache
from typing import Any

import pytest

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")
from torch import nn  # noqa: E402

from netstat.conventions import CONVENTIONS, Counted  # noqa: E402
from netstat.frontends.outline import WeightsOnMeta  # noqa: E402
from netstat.graph import Graph  # noqa: E402
from netstat.ops import node_cost  # noqa: E402
from netstat.records.crosscheck import CrossCheck  # noqa: E402
from tests.peers.settled import captured, said, settled  # noqa: E402
from tests.ten_models import TEN_MODELS, outlined  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

NAME, POSITION, ATEN = "ptflops", "ptflops-by-position", "ptflops-aten"
TAKES_SECONDS = {"vgg16", "resnet50", "vit_b_16", "swin_t", "convnext_tiny", "efficientnet_b0", "mobilenet_v2"}


@cache
def built(name: str, batch: int = 1) -> tuple[nn.Module, Any]:
    """Without weights."""
    library, _, rest = name.rpartition(":")
    with WeightsOnMeta():
        make: Any = pytest.importorskip("timm").create_model if library else torchvision.models.get_model
        return make(rest).eval(), torch.empty(batch, 3, 224, 224, device="meta")


@cache
def graph(name: str, batch: int = 1) -> Graph:
    return captured(*built(name, batch))


def predicted(tool: str, name: str, batch: int = 1) -> int:
    costs = [node_cost(node) for node in graph(name, batch).nodes]
    return CONVENTIONS[tool].count(Counted.of(graph(name, batch), costs))


def checked(tool: str, module: nn.Module, *inputs: Any) -> CrossCheck:
    check = settled(tool, module, *inputs)
    if "not installed" in check.error:
        pytest.skip(check.error)
    return check


@pytest.mark.parametrize(("batch", "by_name"), [(1, 716_441_128), (8, 5_731_529_024)])
def test_by_position_only_what_hooks_count_is_divided_by_the_batch(batch: int, by_name: int) -> None:
    by_functions = 493_184 + 376_832 + 9_216  # ReLU, max pooling, adaptive pooling: once each
    assert predicted(NAME, "alexnet", batch) == by_name
    assert predicted(POSITION, "alexnet", batch) == 716_441_128 + (batch - 1) * by_functions


@pytest.mark.parametrize(("tool", "figure"), [(NAME, 5_731_529_024), (POSITION, 722_595_752)])
def test_ptflops_returns_the_figures_on_record_for_eight_images(tool: str, figure: int) -> None:
    check = checked(tool, *built("alexnet", 8))
    assert check.reported == figure
    assert check.closed, said(check)


def test_the_bill_of_alexnet_is_biases_and_everything_else_twice() -> None:
    bill = {term.reason: term.amount for term in checked(NAME, *built("alexnet")).terms}
    assert bill == {
        "bias of convolutions counted as 1 per output": 484_992,
        "bias of linear layers counted as 1 per output": 9_192,
        "activation layer counted as 1 per output by its hook": 493_184,
        "defect: activation layer counted again by the function it calls": 493_184,
        "pooling layer counted as its input elements by its hook": 376_832 + 9_216,
        "defect: pooling layer counted again by the function it calls": 376_832 + 9_216,
    }


@pytest.mark.parametrize("tool", [NAME, POSITION, ATEN])
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in TAKES_SECONDS else name for name in TEN_MODELS]
)
def test_each_of_the_ten_models_closes_in_total_and_per_module(name: str, tool: str) -> None:
    check = checked(tool, *outlined(name))
    assert check.closed, said(check)


@pytest.mark.parametrize("tool", [NAME, POSITION, ATEN])
def test_attention_of_timm_closes_and_what_it_holds_is_not_added_up(tool: str) -> None:
    layers = pytest.importorskip("timm.layers.attention")
    model = nn.Sequential(layers.Attention(16, 4, qk_norm=True, qkv_bias=True, norm_layer=nn.LayerNorm))
    check = checked(tool, model, torch.zeros(2, 10, 16))
    assert check.closed, said(check)
    amounts = {term.reason: term.amount for term in check.terms}
    inside = amounts.get("layer inside one with a hook of its own, or held by a closure, not added up")
    projections, norms = 20 * 4 * 16 * 17, 2 * 20 * 16
    assert inside == (None if tool == ATEN else -projections - norms)


@pytest.mark.slow
@pytest.mark.parametrize("tool", [NAME, POSITION, ATEN])
@pytest.mark.parametrize("name", ["timm:vit_tiny_patch16_224", "timm:convnext_atto", "swin_v2_t", "googlenet"])
def test_a_further_model_closes_in_total_and_per_module(name: str, tool: str) -> None:
    check = checked(tool, *built(name, 2))
    assert check.closed, said(check)
