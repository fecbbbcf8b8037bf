"""AlexNet, VGG and others: the real peers on whole models, closed in total and per module."""

from typing import Any

import pytest

from netstat.graph import Graph, TensorSpec
from netstat.models import MODELS
from netstat.peers import PEERS, example_inputs
from netstat.records.crosscheck import CrossCheck
from tests.peers.settled import ALL, captured, said, settled

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")

pytestmark = [pytest.mark.torch, pytest.mark.peers]

ALEXNET, VGG16 = 714_188_480, 15_470_264_320
VGGS = [f"vgg{depth}{suffix}" for depth in (11, 13, 16, 19) for suffix in ("", "_bn")]


def built(name: str, side: int | None = None) -> tuple[Any, Graph]:
    """A model of netstat's own: its module on the meta device, and its graph, made from the spec where it has one."""
    from netstat.frontends.assemble import assemble
    from netstat.frontends.builder import build_graph

    model = MODELS[name]
    input = TensorSpec((1, model.input_shape[0], side, side) if side else (1, *model.input_shape))
    with torch.device("meta"):
        spec = model.build()
        if model.needs_torch:
            return spec.eval(), captured(spec, torch.empty(input.shape))
        return assemble(spec).eval(), build_graph(name, spec, input)


def checked(peer: str, name: str, side: int | None = None) -> CrossCheck:
    module, graph = built(name, side)
    return settled(peer, module, *example_inputs(graph.inputs, device="meta"), graph=graph)


def classifiers() -> list[str]:
    return torchvision.models.list_models(module=torchvision.models)


def from_torchvision(name: str, **options: Any) -> Any:
    """Without values, though RegNet looks at some while it is built."""
    from netstat.frontends.outline import WeightsOnMeta

    with WeightsOnMeta():
        return torchvision.models.get_model(name, **options).eval()


def close(module: Any, *inputs: Any) -> None:
    """Every peer's figure is predicted, in total and per module."""
    graph = captured(module, *inputs)
    checks = [settled(peer, module, *inputs, graph=graph) for peer in ALL]
    assert all(check.closed for check in checks), [said(check) for check in checks if not check.closed]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "ours", "thop", "fvcore", "flops"),
    [
        ("alexnet", ALEXNET, ALEXNET + 18_432, ALEXNET + 9_216, 2 * ALEXNET),
        ("vgg16", VGG16, VGG16 + 50_176, VGG16 + 25_088, 2 * VGG16),
        ("vgg16-functional", VGG16, VGG16, VGG16, 2 * VGG16),
    ],
)
def test_the_published_differences_are_what_the_peers_report(
    name: str, ours: int, thop: int, fvcore: int, flops: int
) -> None:
    checks = {peer: checked(peer, name) for peer in ALL}
    assert {check.ours for check in checks.values()} == {ours}
    assert {peer: check.reported for peer, check in checks.items()} == {"thop": thop, "fvcore": fvcore, "torch": flops}
    assert all(check.closed for check in checks.values())


def test_the_bill_of_alexnet_reads_as_a_person_would_write_it() -> None:
    (term,) = checked("thop", "alexnet").terms
    assert term.reason == "adaptive average pooling counted as (window+1) per output"
    assert (term.amount, term.paths) == (18_432, ("avgpool",))
    (term,) = checked("fvcore", "alexnet").terms
    assert term.reason == "adaptive average pooling counted as its input elements"
    assert (term.amount, term.paths) == (9_216, ("avgpool",))


@pytest.mark.parametrize("peer", ALL)
@pytest.mark.parametrize("name", [*VGGS, "lenet", "alexnet-paper", "alexnet-bvlc", "alexnet-d2l"])
def test_every_built_in_model_closes_in_total_and_per_module(name: str, peer: str) -> None:
    small = peer == "fvcore" and name in VGGS  # it computes what it counts; VGG-16 above is at full size
    check = checked(peer, name, 64 if small else None)
    assert check.closed, said(check)
    assert check.layers


@pytest.mark.parametrize(
    "name",
    [
        *("resnet18", "squeezenet1_1", "mobilenet_v3_small", "shufflenet_v2_x0_5"),
        pytest.param("swin_v2_t", marks=pytest.mark.slow),
    ],
)
def test_a_torchvision_model_closes_in_total_and_per_module(name: str) -> None:
    module, image = from_torchvision(name), torch.empty(2, 3, 64, 64, device="meta")
    close(module, image)


@pytest.mark.slow
def test_vision_transformers_of_one_image_size_close_in_total_and_per_module() -> None:
    close(from_torchvision("vit_b_16", image_size=64), torch.empty(1, 3, 64, 64, device="meta"))
    blocks = {"block_channels": [8, 16], "block_layers": [1, 1], "head_dim": 8, "stochastic_depth_prob": 0.0}
    small = torchvision.models.MaxVit((64, 64), 8, 4, **blocks)  # maxvit_t takes nothing smaller than 224×224
    close(small.eval(), torch.empty(2, 3, 64, 64, device="meta"))


@pytest.mark.slow
@pytest.mark.parametrize("name", classifiers())
def test_every_torchvision_classifier_closes_in_total_and_per_module(name: str) -> None:
    close(from_torchvision(name), torch.empty(1, 3, *[299 if name == "inception_v3" else 224] * 2, device="meta"))


@pytest.mark.parametrize("peer", ALL)
def test_a_model_with_weights_gets_the_figures_of_the_one_without(peer: str) -> None:
    """Shapes decide: what the stand-ins leave out of the work changes no figure."""
    module, graph = built("lenet")
    input = TensorSpec((1, 1, 28, 28))
    real = MODELS["lenet"].build()
    from netstat.frontends.assemble import assemble

    with_weights = settled(peer, assemble(real), *example_inputs([("input", input)]), graph=graph)
    assert with_weights == settled(peer, module, torch.empty(input.shape, device="meta"), graph=graph)


@pytest.mark.parametrize("peer", ["thop", "torch"])
@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (
            lambda nn: nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(3)),
            (2, 3, 9, 9),
        ),
        (lambda nn: nn.LSTM(16, 8, batch_first=True), (2, 5, 16)),
        (lambda nn: nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), (2, 5, 16)),
    ],
    ids=["convolutions", "lstm", "transformer"],
)
def test_a_stand_in_without_values_is_counted_like_the_module_itself(
    make: Any, shape: tuple[int, ...], peer: str
) -> None:
    """Also where kernels are chosen by device: the stand-in takes those of a CPU."""
    from netstat.peers._stand_ins import with_values, without_values

    model = make(torch.nn).eval(), (torch.randn(shape),)
    assert PEERS[peer].count(*without_values(*model)) == PEERS[peer].count(*with_values(*model))


def test_thop_reports_parameters_and_the_others_report_none() -> None:
    assert checked("thop", "alexnet").reported_params == 61_100_840
    assert checked("torch", "alexnet").reported_params is None
