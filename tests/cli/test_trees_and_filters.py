"""The layer table as a tree and in part, on the terminal and in files, as far as that needs no torch."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.runs import Refused, Run

FAST = ("profile", "alexnet", "--fast")


def first_cells(table: str) -> list[str]:
    """The first column of the first table, without heading and totals."""
    lines = table.splitlines()
    rules = [i for i, line in enumerate(lines) if line.startswith("---")]
    return [line.split("  ")[0] for line in lines[rules[0] + 1 : rules[1]]]


def test_a_tree_has_containers_with_their_sums(netstat: Run) -> None:
    shown = netstat(*FAST, "--tree").out
    assert first_cells(shown)[:2] == ["features", "├ 0"]
    (features,) = (line for line in shown.splitlines() if line.startswith("features "))
    assert "Sequential" in features
    assert "655,566,528" in features


def test_depth_limits_a_tree_and_folds_a_list(netstat: Run) -> None:
    tree = netstat(*FAST, "--tree", "--depth", "1", "--json").out
    assert first_cells(netstat(*FAST, "--tree", "--depth", "1").out) == ["features", "avgpool", "flatten", "classifier"]
    assert tree == netstat(*FAST, "--json").out
    folded = json.loads(netstat(*FAST, "--depth", "1", "--json").out)["layers"]
    assert [row["module"] for row in folded] == ["Sequential", "AdaptiveAvgPool2d", "AlexNet", "Sequential"]


def test_sorting_a_tree_sorts_siblings(netstat: Run) -> None:
    assert first_cells(netstat(*FAST, "--tree", "--sort", "params").out)[:3] == ["classifier", "├ 1", "├ 4"]


@pytest.mark.parametrize("tree", [(), ("--tree",)], ids=["list", "tree"])
def test_filters_add_up_and_totals_stay(netstat: Run, tree: tuple[str, ...]) -> None:
    shown = netstat(*FAST, *tree, "--filter", "features.0", "--filter", "linear").out
    rows, there = (6, 24) if tree else (4, 22)
    assert len(first_cells(shown)) == rows
    assert f"showing {rows} of {there} rows; totals are those of the whole model" in shown
    assert "61,100,840" in shown


def test_files_are_written_as_the_table_is_shown(netstat: Run, tmp_path: Path) -> None:
    netstat(*FAST, "--tree", "--filter", "conv2d", "-o", "a.csv", "-o", "a.md", "-o", "a.json", "-q")
    with (tmp_path / "a.csv").open(encoding="utf-8") as file:
        assert [row["name"] for row in csv.DictReader(file)] == ["features", "0", "3", "6", "8", "10"]
    assert "| · 10 | conv2d |" in (tmp_path / "a.md").read_text(encoding="utf-8")
    assert len(json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["layers"]) == 22


def test_a_saved_result_has_the_tree_of_the_live_one(netstat: Run) -> None:
    view = ("--tree", "--depth", "2", "--sort", "macs", "--filter", "classifier")
    live = netstat(*FAST, *view, "-o", "saved.json", "-q")
    assert netstat("profile", "saved.json", *view).out == live.out


def test_a_saved_result_is_not_counted_anew_for_the_backward_pass(netstat: Run, refused: Refused) -> None:
    netstat(*FAST, "-o", "saved.json")
    assert "stays as it was counted" in refused("profile", "saved.json", "--backward")
    assert "stays as it was counted" in refused("profile", "saved.json", "--depth", "1")


def test_a_depth_that_is_none_is_refused_with_a_tree_too(refused: Refused) -> None:
    assert refused(*FAST, "--tree", "--depth", "0") == "--depth must be 1 or more, got 0"


def test_strict_is_content_with_a_complete_profile(netstat: Run) -> None:
    assert netstat(*FAST, "--strict").code == 0


@pytest.mark.parametrize("columns", ["80", "120"])
def test_trees_fit_the_width(netstat: Run, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = netstat("profile", "vgg19_bn", "--fast", "--tree").out.splitlines()
    assert max(map(len, lines)) <= int(columns)
