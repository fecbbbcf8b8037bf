"""Figures on record for whole models: predicted by conventions alone, to the last digit that was printed."""

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")

from netstat.conventions import CONVENTIONS, Counted  # noqa: E402
from netstat.frontends.outline import WeightsOnMeta  # noqa: E402
from netstat.ops import node_cost  # noqa: E402
from netstat.peers import PEERS  # noqa: E402
from tests.peers.apart import checks  # noqa: E402
from tests.peers.settled import captured, said  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

# One 3×224×224 image in evaluation mode; whole numbers, or thousand millions where a decimal point is. FlopCounterMode
# is there as half of its figure. The versions are those of `tests.on_record`.
with (Path(__file__).parents[1] / "whole_models_on_record.csv").open(encoding="utf-8") as _file:
    ON_RECORD = {row.pop("model"): row for row in csv.DictReader(_file)}
TOOLS = [*next(iter(ON_RECORD.values()))]
HALVED = ("torch-2.14",)
# 2026-11-22: 2.2.3 counts products by functions, which 2.1.6 of the record did not.
SINCE = {("ultralytics-thop", "swin_t"): "4.5055", ("ultralytics-thop", "vit_tiny"): "1.25747"}
PREDICTED = [tool for tool in TOOLS if tool in CONVENTIONS]


def made(name: str) -> Any:
    if name == "vit_tiny":
        return pytest.importorskip("timm").create_model("vit_tiny_patch16_224")
    return torchvision.models.get_model(name)


@cache
def counted(name: str) -> Counted:
    with WeightsOnMeta():
        module = made(name).eval()
    graph = captured(module, torch.empty(1, 3, 224, 224, device="meta"))
    assert graph.device == "meta"
    return Counted.of(graph, [node_cost(node) for node in graph.nodes])


def as_printed(figure: Decimal, printed: str) -> str:
    """A figure with as many digits as the one that was printed."""
    _, point, digits = printed.partition(".")
    return f"{figure / 10**9:.{len(digits)}f}" if point else f"{figure:f}"


@pytest.mark.parametrize("name", ON_RECORD)
@pytest.mark.parametrize("tool", PREDICTED)
def test_a_convention_alone_gives_the_figure_on_record(tool: str, name: str) -> None:
    figure = Decimal(CONVENTIONS[tool].count(counted(name))) / (2 if tool in HALVED else 1)
    printed = SINCE.get((tool, name), ON_RECORD[name][tool])
    assert as_printed(figure, printed) == printed


@pytest.mark.slow
@pytest.mark.parametrize("tool", [tool for tool in PREDICTED if tool in PEERS])
def test_the_real_counter_closes_on_the_model_of_timm(tool: str) -> None:
    with WeightsOnMeta():
        module = made("vit_tiny").eval()
    (check,) = checks(tool, [(module, (torch.empty(1, 3, 224, 224, device="meta"),))], [counted("vit_tiny").graph])
    if "not installed" in check.error:
        pytest.skip(check.error)
    assert check.closed, said(check)


def test_every_model_has_a_figure_of_every_tool() -> None:
    assert all(ON_RECORD[name][tool] for name in ON_RECORD for tool in TOOLS)
    assert set(PREDICTED) == set(TOOLS)
