"""The tree in every format, filters, and what the totals say of what is not known exactly."""

import csv
import io
import re
from dataclasses import replace
from itertools import pairwise

import pytest

import netstat
from netstat.records.profile import Profile, Uncounted
from netstat.records.view import View
from netstat.registry import REPORTS
from netstat.reports._table import cells
from netstat.reports.table import layers_text
from tests.reports.samples import ALEXNET_PROFILE, FULL_PROFILE, HOSTILE_PROFILE, RECORDS

TREE = View(tree=True)
WIDTHS = [*range(72, 132, 4), 160, 200]


@pytest.fixture(scope="module")
def vgg() -> Profile:
    return netstat.profile("vgg19_bn")


def lines_of(text: str) -> list[str]:
    """First cells of the body of the first table."""
    lines = text.splitlines()
    rules = [i for i, line in enumerate(lines) if line.startswith("---")]
    return [re.split(r"(?<=\S)\s{2,}", line)[0] for line in lines[rules[0] + 1 : rules[1]]]


def fact(text: str, label: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"{label}  ")).removeprefix(label).strip()


def test_containers_stand_above_what_is_in_them_which_is_indented() -> None:
    text = layers_text(ALEXNET_PROFILE, 120, TREE)
    assert lines_of(text)[:3] == ["features", "├ 0", "├ 1"]
    assert lines_of(text)[-3:] == ["├ 4", "├ 5", "└ 6"]
    assert "flatten" in lines_of(text)
    assert layers_text(ALEXNET_PROFILE, 120, TREE, unicode=False).isascii()


def test_a_container_shows_its_class_its_sums_and_their_share() -> None:
    text = netstat.profile("alexnet").table(tree=True, columns=["path", "op", "params", "macs", "macs_share"])
    line = next(line for line in text.splitlines() if line.startswith("features "))
    assert line.split() == ["features", "Sequential", "2,469,696", "655,566,528", "█████▌", "91.79", "%"]


def test_equal_neighbours_are_one_line_and_a_note_says_what_they_come_to(vgg: Profile) -> None:
    layer = vgg.layers[0]
    block = [replace(layer, path=f"blocks.{i}.conv", op="conv2d") for i in range(12)]
    text = layers_text(replace(vgg, layers=tuple(block), modules=()), 120, TREE)
    assert lines_of(text) == ["blocks", "└ 0 … 11 ×12", "  └ conv"]
    assert fact(text, "repeated").startswith("blocks.0 … blocks.11 ×12: together 21.5 k params, 1.04 G MACs, ")
    named = [replace(layer, path=f"block_{i}") for i in range(12)]
    assert lines_of(layers_text(replace(vgg, layers=tuple(named), modules=()), 120, TREE)) == ["block_0 … 11 ×12"]
    again = [replace(layer, path="", op="add", call=i) for i in range(3)]
    assert lines_of(layers_text(replace(vgg, layers=tuple(again), modules=()), 120, TREE)) == ["add … #3 ×3"]


def test_depth_limits_the_levels(vgg: Profile) -> None:
    assert lines_of(layers_text(vgg, 120, TREE._replace(depth=1))) == ["features", "avgpool", "flatten", "classifier"]


def test_sorting_sorts_siblings(vgg: Profile) -> None:
    text = layers_text(vgg, 120, View(["path", "params"], "params", tree=True))
    assert lines_of(text)[:4] == ["classifier", "├ 0", "├ 3", "├ 6"]
    by_name = [line for line in lines_of(layers_text(vgg, 120, View(sort="path", tree=True))) if line[0] not in "├└│ "]
    assert by_name == sorted(by_name)
    timed = lines_of(layers_text(FULL_PROFILE, 120, View(sort="time", tree=True)))
    assert timed[:2] == ["features", "├ 3"]


def test_a_container_takes_the_time_of_all_in_it() -> None:
    text = layers_text(FULL_PROFILE, 120, View(["path", "time"], tree=True, depth=1))
    times = {layer.path: layer.median_seconds for layer in FULL_PROFILE.timed.layers}
    features = sum(time for path, time in times.items() if path.startswith("features."))
    line = next(line for line in text.splitlines() if line.startswith("features "))
    assert line.split()[1:] == [f"{1000 * features:.4g}", "ms"]


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        (("conv2d",), 5),
        (("conv*",), 5),
        (("classifier",), 7),
        (("features.1?",), 3),
        (("relu", "linear"), 10),
        (("(model)",), 1),
        (("*",), 22),
        (("nothing",), 0),
    ],
)
def test_a_filter_keeps_what_matches_and_says_how_much_that_is(filters: tuple[str, ...], shown: int) -> None:
    text = layers_text(ALEXNET_PROFILE, 120, View(filters=filters))
    assert len(lines_of(text)) == shown
    assert fact(text, "filter") == f"showing {shown} of 22 rows; totals are those of the whole model"
    (total,) = (line for line in text.splitlines() if line.startswith("total "))
    assert total.split()[:3] == ["total", "61,100,840", "714,188,480"]


def test_a_filter_of_a_tree_counts_lines_and_keeps_containers() -> None:
    text = layers_text(ALEXNET_PROFILE, 120, View(tree=True, filters=("conv2d",)))
    assert lines_of(text) == ["features", "├ 0", "├ 3", "├ 6", "├ 8", "└ 10"]
    assert fact(text, "filter").startswith("showing 6 of 24 rows; ")


def test_without_a_filter_nothing_is_said_of_one() -> None:
    assert "showing" not in layers_text(ALEXNET_PROFILE, 120)


@pytest.mark.parametrize("name", ["a profile", "a profile with everything", "a hostile, incomplete profile"])
@pytest.mark.parametrize("format", ["table", "md", "tex", "csv", "json"])
def test_every_text_format_takes_every_view(name: str, format: str) -> None:
    for view in (TREE, View(sort="macs", filters=("conv*",)), View(["path"], "params", True, 1, ("*",))):
        content = REPORTS[format].render(RECORDS[name], view)
        assert REPORTS[format].mark in content[:4096]
        if format == "json":
            assert content == REPORTS["json"].render(RECORDS[name])


def test_markdown_has_the_tree(vgg: Profile) -> None:
    text = REPORTS["md"].render(ALEXNET_PROFILE, TREE).decode()
    assert re.search(r"^\| features \|.*\n\| · 0 \| conv2d \|", text, re.MULTILINE)


def rows_of(profile: Profile, view: View) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(REPORTS["csv"].render(profile, view).decode())))


def test_csv_of_a_tree_has_the_depth_of_each_line_and_for_how_many_it_stands(vgg: Profile) -> None:
    layer = vgg.layers[0]
    p = replace(vgg, layers=tuple(replace(layer, path=f"blocks.{i}.conv") for i in range(3)), modules=())
    rows = rows_of(p, TREE)
    assert [(row["depth"], row["name"], row["last"], row["repeats"], row["path"]) for row in rows] == [
        ("0", "blocks", "", "1", "blocks"),
        ("1", "0", "2", "3", "blocks.0"),
        ("2", "conv", "", "1", "blocks.0.conv"),
    ]
    assert [int(row["macs"]) for row in rows] == [3 * layer.macs, layer.macs, layer.macs]


def test_csv_takes_filters_and_order() -> None:
    rows = rows_of(ALEXNET_PROFILE, View(sort="params", filters=("linear",)))
    assert [row["path"] for row in rows] == ["classifier.1", "classifier.4", "classifier.6"]


@pytest.mark.parametrize("unicode", [True, False])
def test_no_line_of_a_tree_is_wider_than_the_terminal(vgg: Profile, unicode: bool) -> None:
    for width in WIDTHS:
        assert max(map(cells, layers_text(vgg, width, TREE, unicode=unicode).splitlines())) <= width


def test_a_wider_terminal_never_shows_fewer_columns_of_a_tree(vgg: Profile) -> None:
    shown = [layers_text(vgg, width, TREE).splitlines()[1] for width in WIDTHS]
    for narrow, wide in pairwise(re.split(r"\s{2,}", line) for line in shown):
        assert set(narrow) <= set(wide)


# Bounds


def test_a_bound_is_rounded_up() -> None:
    assert fact(layers_text(incomplete(1_000_001), 120), "FLOPs") == "≥1,000,000 (1 M), at most 0.01 % more"
    assert fact(layers_text(incomplete(1_000_000), 120), "FLOPs") == "≥1,000,000 (1 M), at most 0.00 % more"


def incomplete(at_most: int | None) -> Profile:
    """AlexNet with an operator more that has no formula."""
    totals = replace(ALEXNET_PROFILE.totals, flops=1_000_000, flops_at_most=at_most)
    entry = Uncounted("avgpool", "my_op", 1, 3, None if at_most is None else at_most - 1_000_000)
    return replace(ALEXNET_PROFILE, complete=False, totals=totals, uncounted=(entry,))


def test_a_bounded_total_says_how_much_more_it_can_be() -> None:
    text = layers_text(incomplete(1_000_200), 120)
    assert fact(text, "FLOPs") == "≥1,000,000 (1 M), at most 0.02 % more"
    assert re.search(r"^my_op +avgpool +1 +3 +200$", text, re.MULTILINE)


def test_a_total_without_a_bound_says_so() -> None:
    text = layers_text(incomplete(None), 120)
    assert fact(text, "FLOPs") == "≥1,000,000 (1 M), no upper bound"
    assert re.search(r"^my_op +avgpool +1 +3 +no bound$", text, re.MULTILINE)


def test_nothing_counted_and_something_uncounted_has_no_percentage() -> None:
    nothing = incomplete(1_000_200)
    nothing = replace(nothing, totals=replace(nothing.totals, flops=0))
    assert fact(layers_text(nothing, 120), "FLOPs") == "≥0 (0), at most 1,000,200 more"


def test_a_complete_total_needs_no_bound() -> None:
    assert fact(layers_text(ALEXNET_PROFILE, 120), "FLOPs") == "1,429,585,920 (1.43 G)"


def test_a_container_of_something_uncounted_is_a_lower_bound() -> None:
    layers = tuple(
        replace(layer, count=None, macs=0, complete=False) if layer.path == "features.3" else layer
        for layer in ALEXNET_PROFILE.layers
    )
    text = replace(incomplete(None), layers=layers).table(["path", "macs"], tree=True)
    assert re.search(r"^features +≥431,617,728$", text, re.MULTILINE)
    assert re.search(r"^├ 3 +\?$", text, re.MULTILINE)
    assert re.search(r"^classifier +58,621,952$", text, re.MULTILINE)


# What the forward pass was followed on


@pytest.mark.parametrize(
    ("captured", "words"), [("fake", "counted on fake tensors"), ("cpu", "counted on real CPU tensors")]
)
def test_a_capture_on_other_than_meta_tensors_is_said(captured: str, words: str) -> None:
    text = layers_text(replace(ALEXNET_PROFILE, captured=captured), 120)
    assert fact(text, "capture").startswith(words)


@pytest.mark.parametrize("captured", ["", "meta"])
def test_the_usual_capture_is_not_worth_a_line(captured: str) -> None:
    assert layers_text(replace(ALEXNET_PROFILE, captured=captured), 120) == layers_text(ALEXNET_PROFILE, 120)


def test_no_name_controls_what_a_tree_is_shown_on() -> None:
    text = layers_text(HOSTILE_PROFILE, 120, TREE, unicode=False)
    assert text.replace("\n", "").isprintable()
