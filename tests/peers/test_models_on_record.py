"""Figures on record for whole models, by conventions alone: to the digits they were printed in."""

from functools import cache
from typing import Any

import pytest

from netstat.conventions import CONVENTIONS, Counted
from netstat.ops import node_cost
from tests.peers.apart import checks
from tests.peers.settled import captured, said

torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")

from netstat.frontends.outline import WeightsOnMeta  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers]

# One image of 3×224×224, in evaluation mode: thop 0.1.1, ultralytics-thop 2.1.6, fvcore 0.1.5.
TOOLS = ("thop", "ultralytics-thop", "fvcore")
ON_RECORD: dict[str, tuple[str, str, str]] = {
    "alexnet": ("714206912", "714206912", "714197696"),
    "vgg11": ("7.609140", "7.609140", "7.609115"),
    "vgg16": ("15470314496", "15470314496", "15470289408"),
    "vgg16_bn": ("15.524505", "15.524505", "15.497384"),
    "resnet50": ("4.1337", "4.1337", "4.1115"),
    "mobilenet_v2": ("0.32749", "0.32749", "0.31419"),
    "efficientnet_b0": ("0.41515", "0.41515", "0.40166"),
    "vit_b_16": ("11.2863", "17.5957", "16.8674"),
    "swin_t": ("2.9781", "2.9781", "4.5092"),
    "convnext_tiny": ("4.4641", "4.4675", "4.4704"),
    "timm vit_tiny_patch16_224": ("1.07485", "1.07863", "1.07958"),
}
# 2026-11-22: version 2.2.3 counts products by functions, which 2.1.6 did not.
OTHERWISE = {
    ("ultralytics-thop", "swin_t"): "4.5055",
    ("ultralytics-thop", "timm vit_tiny_patch16_224"): "1.25747",
}


def outlined(name: str) -> Any:
    with WeightsOnMeta():
        if name.startswith("timm "):
            return pytest.importorskip("timm").create_model(name.removeprefix("timm "))
        return pytest.importorskip("torchvision").models.get_model(name)


@cache
def counted(name: str) -> Counted:
    graph = captured(outlined(name).eval(), torch.empty(1, 3, 224, 224, device="meta"))
    return Counted.of(graph, [node_cost(node) for node in graph.nodes])


def printed(figure: int, like: str) -> str:
    """As `like` is: with as many digits after the point, or none."""
    _, point, digits = like.partition(".")
    return f"{figure / 1e9:.{len(digits)}f}" if point else str(figure)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("name", ON_RECORD)
def test_a_convention_alone_gives_the_figure_on_record_of_a_model(name: str, tool: str) -> None:
    figure = OTHERWISE.get((tool, name)) or ON_RECORD[name][TOOLS.index(tool)]
    assert printed(CONVENTIONS[tool].count(counted(name)), figure) == figure


@pytest.mark.slow
def test_the_real_counter_gives_what_is_no_longer_on_record() -> None:
    models = [(outlined(name).eval(), (torch.empty(1, 3, 224, 224, device="meta"),)) for _, name in OTHERWISE]
    graphs = [counted(name).graph for _, name in OTHERWISE]
    for check, figure in zip(checks("ultralytics-thop", models, graphs), OTHERWISE.values(), strict=True):
        if "not installed" in check.error:
            pytest.skip(check.error)
        assert check.closed, said(check)
        assert printed(check.reported or 0, figure) == figure
