"""The charts of the page: what they are drawn with, and that what is drawn is what the record says."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from hashlib import sha256
from itertools import combinations, pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from netstat.graph import plain
from netstat.records.crosscheck import CrossCheck
from netstat.records.report import Report, Reported
from netstat.records.tree import Branch, grow
from netstat.reports._chart_data import chart_data
from netstat.reports.page._files import FOLDER
from netstat.reports.page._rows import given
from netstat.reports.page._words import words
from tests.reports.samples import CHECKS, FULL_PROFILE, MEMORY, THOP

BUILT = "ce8639f70eadf2c7d8a56c2c1c0195a8b6a8cdf8f2de8ada153ae5a4282b8400"  # by `npm ci && npm run build` in vendor/d3
ASKS = r"\b(eval|Function|fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|import|require)\s*\("
MODEL = Reported(FULL_PROFILE, MEMORY)
WIDTH, HEIGHT, FEW, SIZE = 800, 400, 4, 6  # pixels: of a drawing, of one without room, of a letter
BILLS = [*CHECKS.crosscheck, replace(THOP, terms=(), reported=THOP.ours, predicted=THOP.ours)]
_RANDOM = Random(7)
POINTS = sorted(
    (
        {
            "x": _RANDOM.uniform(0, WIDTH),
            "y": _RANDOM.uniform(0, HEIGHT),
            "r": _RANDOM.uniform(1, 12),
            "text": f"layer{i}",
        }
        for i in range(60)
    ),
    key=lambda point: -point["r"],
)
GIVEN: dict[str, Any] = {
    "width": WIDTH,
    "height": HEIGHT,
    "few": FEW,
    "size": SIZE,
    "bills": plain(BILLS),
    "points": POINTS,
    "frame": {"x0": 0, "y0": 0, "x1": WIDTH, "y1": HEIGHT},
    "taken": [{"x0": 300, "y0": 100, "x1": 500, "y1": 300}],
    "texts": ["", "conv", "encoder.layers.encoder_layer_11", "x" * 200],
    "room": 60,
    "runs": [
        [[_RANDOM.randrange(1000) for _ in range(n)], most] for n, most in ((1, 5), (5, 5), (1000, 7), (999, 500))
    ],
    "spans": [
        (low, low * 10 ** _RANDOM.uniform(0.05, 12)) for low in (10 ** _RANDOM.uniform(-9, 9) for _ in range(50))
    ],
}
PROGRAM = """
const {layouts, labels, plot, charts, page} = netstat;
Object.assign(page, {words, record, models: netstat.models(record, {models: [rows]})});
const [model] = page.models;
const measure = (text) => size * text.length;
const blocks = (root, wide) => layouts.icicle(root, wide).map(({node, x, width, level, many = 0, value = node.value}) =>
  ({x, width, level, many, value}));
const icicle = (key) => {
  const root = layouts.tree(model, key, "rest");
  const figures = root.descendants().map(({data, value}) => [data.index, value]);
  return {figures, wide: blocks(root, width), narrow: blocks(root, few)};
};
const under = layouts.roofline(model.drawn.rooflines[0], width, height);
const timed = layouts["time-macs"](model.drawn.times[0], width, height);
const place = ({x, y}, {x: atX, y: atY}) => [x.invert(atX), y.invert(atY)];
const passes = layouts.passes(model).map((need) => layouts.memory(need, need.peak_bytes, width, height));
console.log(JSON.stringify({
  names: [...charts.keys()],
  icicle: {params: icicle("params"), macs: icicle("macs"), time: icicle("time")},
  roofline: {
    marks: under.marks.map((mark) => [...place(under, mark), mark.r]), flat: under.y.invert(under.flat.y),
    slants: under.slants.flatMap(({x0, y0, x1, y1}) => [place(under, {x: x0, y: y0}), place(under, {x: x1, y: y1})]),
  },
  timed: timed.marks.map((mark) => [...place(timed, mark), mark.x < timed.strip]),
  memory: passes.map(({bands, moments}) => ({tops: bands[bands.length - 1].map(([, top]) => top), moments})),
  kept: runs.map(([live, most]) => layouts.kept(live, most)),
  bills: bills.map((check) => ({steps: layouts.bill(check), rungs: layouts.crosscheck(layouts.bill(check))})),
  labels: labels.place(points, {frame, taken, most: 30, measure}),
  fitted: texts.map((text) => labels.fit(text, room, measure)),
  ticks: spans.map(([low, high]) => [low, high, plot.logTicks(low, high, 6)]),
  bytes: spans.map(([low, high]) => [low, high, plot.byteTicks(high, 5), plot.byteLogTicks(low, high, 6)]),
  tables: [...charts].map(([name, chart]) => [name, chart.table(model, page)]),
}));
"""


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the layouts make of the sample and of `GIVEN`, in one run of node, which has no page to draw on."""
    if shutil.which("node") is None:
        pytest.skip("node runs the layouts outside of a browser")
    files = [FOLDER / "vendor/d3.min.js", *(FOLDER / f"scripts/{name}.js" for name in ("page", "numbers", "model"))]
    sources = [file.read_text(encoding="utf-8") for file in (*files, *sorted((FOLDER / "charts").glob("*.js")))]
    data = {**GIVEN, "record": Report((MODEL,)).to_dict(), "rows": given(MODEL), "words": words()}
    constants = [f"const {name} = {json.dumps(value)};" for name, value in data.items()]
    script = tmp_path_factory.mktemp("charts") / "layouts.js"
    script.write_text("\n".join([*sources, *constants, PROGRAM]), encoding="utf-8", errors="backslashreplace")
    done = subprocess.run(["node", script], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_what_charts_draw_with_is_what_was_built_and_has_its_licence() -> None:
    vendor = FOLDER / "vendor"
    assert [file.name for file in vendor.glob("*.js")] == ["d3.min.js"]
    assert sha256((vendor / "d3.min.js").read_bytes()).hexdigest() == BUILT
    licence = (vendor / "d3.LICENSE.txt").read_text()
    assert "Copyright 2010-2026 Mike Bostock" in licence
    assert "Permission to use, copy, modify, and/or distribute this software for any purpose" in licence
    built = json.loads((vendor / "d3" / "package.json").read_text())
    locked = json.loads((vendor / "d3" / "package-lock.json").read_text())["packages"]
    wanted = {**built["dependencies"], **built["devDependencies"]}
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    named = re.findall(r'from "(.+)"', (vendor / "d3" / "parts.js").read_text())
    assert set(named) == built["dependencies"].keys()


@pytest.mark.parametrize("file", [*FOLDER.glob("vendor/*.js"), *FOLDER.glob("charts/*.js")], ids=lambda file: file.name)
def test_no_chart_evaluates_text_or_asks_a_network(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert re.search(ASKS, text) is None
    assert {address for address in re.findall(r"https?://[\w./]+", text) if "www.w3.org" not in address} == set()


def test_every_chart_has_a_title_and_says_how_to_read_it() -> None:
    scripts = (file.read_text() for file in (FOLDER / "charts").glob("*.js"))
    names = {name for script in scripts for name in re.findall(r'netstat\.chart\("([\w-]+)"', script)}
    assert names == {"icicle", "roofline", "time-macs", "memory", "crosscheck", "models"}
    assert {f"chart.{name}.{what}" for name in names for what in ("title", "reading")} <= words().keys()


def test_every_chart_has_a_table_whose_rows_have_all_columns(laid: Any) -> None:
    tables = dict(laid["tables"])
    assert list(tables) == laid["names"]
    for name, table in tables.items():
        assert table["rows"], name
        assert {len(row) for row in table["rows"]} == {len(table["columns"])}, name


def branches(inside: tuple[Branch, ...]) -> list[Branch]:
    return [each for branch in inside for each in (branch, *branches(branch.children))]


@pytest.mark.parametrize("measure", ["params", "macs"])
def test_a_block_of_the_icicle_is_worth_what_is_in_its_module(laid: Any, measure: str) -> None:
    figures = dict(laid["icicle"][measure]["figures"])
    assert figures.pop(-1) == getattr(FULL_PROFILE.totals, measure)
    grown = branches(grow(FULL_PROFILE, apart=True))
    assert figures == {i: getattr(branch.layer, measure) for i, branch in enumerate(grown)}


def test_the_icicle_of_time_is_the_whole_forward_pass(laid: Any) -> None:
    timed = FULL_PROFILE.timed
    assert timed
    figures = dict(laid["icicle"]["time"]["figures"])
    assert figures[-1] == pytest.approx(timed.median_seconds)
    assert figures[-2] == timed.unattributed_seconds


@pytest.mark.parametrize(("drawing", "width"), [("wide", WIDTH), ("narrow", FEW)])
def test_blocks_of_a_level_stand_side_by_side_and_narrow_ones_together(laid: Any, drawing: str, width: int) -> None:
    for measure in ("params", "macs", "time"):
        found = laid["icicle"][measure][drawing]
        whole = found[0]["value"]
        assert all(block["width"] >= 1 or block["many"] for block in found)
        assert all(block["width"] == pytest.approx(width * block["value"] / whole) for block in found)
        for level in {block["level"] for block in found}:
            row = [block for block in found if block["level"] == level]
            assert all(a["x"] + a["width"] <= b["x"] + 1e-6 for a, b in pairwise(row))
            assert row[-1]["x"] + row[-1]["width"] <= width + 1e-6
    assert any(block["many"] > 1 for block in laid["icicle"]["macs"]["narrow"])


def test_a_point_of_the_roofline_stands_at_its_intensity_and_rate_and_the_longest_is_the_largest(laid: Any) -> None:
    roofline = FULL_PROFILE.roofline[0] if FULL_PROFILE.roofline else None
    assert roofline
    timed = [layer for layer in roofline.layers if layer.arithmetic_intensity and layer.flops_per_second]
    wanted = sorted(timed, key=lambda layer: -(layer.measured_seconds or 0))
    marks = laid["roofline"]["marks"]
    assert [x for x, _, _ in marks] == pytest.approx([layer.arithmetic_intensity for layer in wanted])
    assert [y for _, y, _ in marks] == pytest.approx([layer.flops_per_second for layer in wanted])
    assert [r for _, _, r in marks] == sorted((r for _, _, r in marks), reverse=True)


def test_the_roofs_are_those_of_the_ceiling(laid: Any) -> None:
    roofline = FULL_PROFILE.roofline[0] if FULL_PROFILE.roofline else None
    assert roofline
    assert laid["roofline"]["flat"] == pytest.approx(roofline.ceiling.flops_per_second)
    rates = [rate for _, rate in roofline.ceiling.roofs for _ in range(2)]
    assert [y / x for x, y in laid["roofline"]["slants"]] == pytest.approx(rates)


def test_what_is_said_of_a_point_under_the_roofs_is_what_the_record_says() -> None:
    drawn = chart_data(FULL_PROFILE, None)["rooflines"][0]
    found = {(layer.path, layer.op, layer.call): layer for layer in (FULL_PROFILE.roofline or ())[0].layers}
    for point in drawn["points"]:
        layer = found[point["path"], point["op"], point["call"]]
        assert point["efficiency"] == layer.efficiency
        assert point["flops_per_second"] / point["attainable"] == pytest.approx(layer.efficiency)
        assert FULL_PROFILE.layers[point["layer"]].path == layer.path


def test_a_point_stands_at_its_macs_and_time_or_beside_them_where_it_has_none(laid: Any) -> None:
    timed, macs = FULL_PROFILE.timed, {(layer.path, layer.op): layer.macs for layer in FULL_PROFILE.layers}
    assert timed
    told = sorted((time for time in timed.layers if time.median_seconds > time.below), key=lambda t: -t.median_seconds)
    assert [y for _, y, _ in laid["timed"]] == pytest.approx([time.median_seconds for time in told])
    for (x, _, aside), time in zip(laid["timed"], told, strict=True):
        assert aside == (macs[time.path, time.op] == 0)
        assert aside or x == pytest.approx(macs[time.path, time.op])


def test_the_levels_of_memory_add_up_to_what_is_alive(laid: Any) -> None:
    for drawn, need in zip(laid["memory"], (MEMORY.inference, MEMORY.training), strict=True):
        assert need
        assert drawn["moments"] == list(range(len(need.timeline)))
        assert drawn["tops"] == [moment.live_bytes for moment in need.timeline]


def test_of_very_many_moments_those_are_kept_that_need_most(laid: Any) -> None:
    for (live, most), kept in zip(GIVEN["runs"], laid["kept"], strict=True):
        assert len(kept) <= most
        assert kept == sorted(set(kept))
        assert max(live) in {live[at] for at in kept}


@pytest.mark.parametrize("at", range(len(BILLS)))
def test_a_bill_leads_from_our_figure_to_that_of_the_tool(laid: Any, at: int) -> None:
    check: CrossCheck = BILLS[at]
    steps, rungs = laid["bills"][at]["steps"], laid["bills"][at]["rungs"]
    assert steps[0]["to"] == check.ours
    assert steps[-1]["to"] == check.figure
    assert all(a["to"] == b["from"] for a, b in pairwise(steps))
    assert sum(step["to"] - step["from"] for step in steps) == check.figure - check.ours
    assert all(rung["left"] >= 0 and rung["left"] + rung["width"] <= 1 for rung in rungs)
    lengths = [(abs(step["to"] - step["from"]), rung["width"]) for step, rung in zip(steps, rungs, strict=True)]
    longest = max(amount for amount, _ in lengths)
    widest = max(width for _, width in lengths)
    assert all(width == pytest.approx(widest * amount / (longest or 1), abs=1e-9) for amount, width in lengths)


def overlap(a: dict[str, float], b: dict[str, float]) -> bool:
    return a["x0"] < b["x1"] and b["x0"] < a["x1"] and a["y0"] < b["y1"] and b["y0"] < a["y1"]


def test_labels_touch_neither_each_other_nor_points_nor_what_is_taken(laid: Any) -> None:
    boxes = [label["box"] for label in laid["labels"]]
    assert len(boxes) > 10
    frame = GIVEN["frame"]
    for box in boxes:
        assert frame["x0"] <= box["x0"] <= box["x1"] <= frame["x1"]
        assert frame["y0"] <= box["y0"] <= box["y1"] <= frame["y1"]
        assert not overlap(box, GIVEN["taken"][0])
        assert not any(box["x0"] < p["x"] < box["x1"] and box["y0"] < p["y"] < box["y1"] for p in POINTS[:30])
    assert not any(overlap(a, b) for a, b in combinations(boxes, 2))
    for label, box in zip(laid["labels"], boxes, strict=True):
        assert box["x1"] - box["x0"] == pytest.approx(SIZE * len(label["text"]))


def test_a_label_never_needs_more_room_than_there_is(laid: Any) -> None:
    assert all(SIZE * len(text) <= GIVEN["room"] for text in laid["fitted"])
    assert laid["fitted"][:3] == ["", "conv", "encod…r_11"]


def test_ticks_lie_on_the_axis_and_are_few_and_round(laid: Any) -> None:
    for low, high, ticks in laid["ticks"]:
        assert len(ticks) <= 6
        assert all(low * 0.999 <= tick <= high * 1.001 for tick in ticks)
        assert {f"{tick:.0e}"[0] for tick in ticks} <= {"1", "2", "3", "5"}
    for low, high, even, powers in laid["bytes"]:
        assert len(even) <= 6
        assert even[-1] <= high
        assert len(powers) <= 6
        assert all(low <= tick <= high for tick in powers)
