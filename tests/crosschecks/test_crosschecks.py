"""The page says what was kept; what was kept is predicted again, and in the slow tier reported again."""

import json
from functools import cache
from typing import Any

import pytest

from tests.crosschecks.kept import PAGE, RAW

pytest.importorskip("torch")
pytest.importorskip("torchvision")

from netstat.analysis.crosscheck import crosscheck
from netstat.graph import Graph
from netstat.ops import node_cost
from netstat.peers import PEERS
from netstat.records.crosscheck import PeerCount
from tests.crosschecks import measuring, page
from tests.peers.settled import captured
from tests.ten_models import TEN_MODELS, outlined

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]
KEPT: dict[str, Any] = json.loads(RAW.read_text(encoding="utf-8"))


@cache
def graph(model: str) -> Graph:
    module, input = outlined(model)
    return captured(module, input)


def test_the_page_is_what_the_kept_figures_say() -> None:
    assert page.render(KEPT) == PAGE.read_text(encoding="utf-8")


def test_every_counter_and_every_model_is_kept() -> None:
    assert list(KEPT["models"]) == list(TEN_MODELS)
    assert all([row["peer"] for row in rows] == PEERS.names() for rows in KEPT["models"].values())


@pytest.mark.parametrize("model", TEN_MODELS)
def test_conventions_alone_predict_what_was_kept(model: str) -> None:
    costs = [node_cost(node) for node in graph(model).nodes]
    for row in KEPT["models"][model]:
        count = PeerCount(row["peer"], row["version"], row["reported"], error=row["error"])
        check = measuring.kept(crosscheck(graph(model), PEERS[row["peer"]].convention, count, costs))
        assert {key: check[key] for key in ("predicted", "terms")} == {key: row[key] for key in ("predicted", "terms")}


def test_a_page_with_a_figure_that_is_not_explained_says_which() -> None:
    rows = [dict(row) for row in KEPT["models"]["alexnet"]]
    rows[0] |= {"unexplained": 5, "reported": rows[0]["predicted"] + 5}
    text = page.verdicts({"models": {"alexnet": rows}})
    assert f"| alexnet | {rows[0]['peer']} | +5 unexplained |" in text


@pytest.mark.slow
@pytest.mark.parametrize("model", TEN_MODELS)
def test_the_counters_still_report_what_was_kept(model: str) -> None:
    kept = {row["peer"]: row for row in KEPT["models"][model]}
    for row in measuring.of_model(model):
        if row["version"] == kept[row["peer"]]["version"] and row["reported"] is not None:
            assert row == kept[row["peer"]]
