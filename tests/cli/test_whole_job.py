"""The whole job on a small network, with the real counters and a real clock, and what its JSON must hold."""

import json
import re
from collections.abc import Mapping
from contextlib import redirect_stdout
from io import BytesIO, TextIOWrapper
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from netstat.cli import main
from netstat.records.benchmark import WARNINGS
from tests.cli.runs import Run

pytestmark = [pytest.mark.torch, pytest.mark.peers]

NETS = """
from torch import nn

def small():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(3), nn.Flatten(), nn.Dropout(), nn.Linear(36, 5)
    )

class Waves(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x):
        return self.layer(x).i0().i0()

class OnPaper(nn.Module):
    def forward(self, x):
        if not x.is_meta:
            raise RuntimeError("not on this machine")
        return x.relu()
"""
SMALL = ("profile", "nets.py:small", "-i", "3x16x16", "--device", "cpu", "--quick")
FORMATS = ["json", "csv", "md", "tex", "png", "svg"]

# The contract: keys with the types of their values; a list holds any number of its one item, a tuple is a choice.
Shape = [int]
COUNTS = dict.fromkeys(
    ["macs", "flops", "multiplies", "adds", "divides", "compares", "specials", "bytes_read", "bytes_written"], int
)
TOTALS = {"params": int, "trainable_params": int, "activation_bytes": int, "count": int, **COUNTS}
LAYER = {
    "path": str, "op": str, "module": str, "call": int, "input_shapes": [Shape], "output_shapes": [Shape],
    "params": int, "trainable_params": int, "count": (int, None), "arithmetic_intensity": (float, None),
    "receptive_field": (Shape, None), **COUNTS,
}  # fmt: skip
PROFILE = {
    "schema": 1, "netstat": str, "kind": "profile", "model": str, "convention": str, "unit": str, "complete": bool,
    "inputs": [{"name": str, "shape": Shape, "dtype": str}], "totals": TOTALS, "layers": [LAYER],
    "uncounted": [{"path": str, "op": str, "calls": int, "elements": int}],
}  # fmt: skip
CHECK = {
    "peer": str, "version": str, "unit": str, "reported": (int, None), "ours": int, "predicted": int,
    "unexplained": (int, None), "terms": [{"reason": str, "amount": int}],
}  # fmt: skip
BENCHMARK = {
    "device": str, "batch": int, "dtype": str, "threads": int, "median_seconds": float, "ci95_seconds": [float],
    "samples": [float], "reliable": bool, "warnings": [str],
    "layers": [{"path": str, "call": int, "median_seconds": float}], "unattributed_seconds": float,
    "examples_per_second": float,
}  # fmt: skip
SECTIONS = {"crosscheck", "benchmarks", "environment", "roofline"}


def breaches(value: Any, wanted: Any, place: str = "") -> list[str]:
    """Where `value` does not hold what the contract wants."""
    if isinstance(wanted, Mapping):
        missing = [f"{place}.{key} is missing" for key in wanted if key not in value]
        return missing or [found for key in wanted for found in breaches(value[key], wanted[key], f"{place}.{key}")]
    if isinstance(wanted, list):
        if not isinstance(value, list):
            return [f"{place} is no list"]
        return [found for i, item in enumerate(value) for found in breaches(item, wanted[0], f"{place}[{i}]")]
    if isinstance(wanted, tuple):
        return [] if any(not breaches(value, choice) for choice in wanted) else [f"{place} is none of {wanted}"]
    if isinstance(wanted, type):
        return [] if type(value) is wanted else [f"{place} is no {wanted.__name__}"]
    return [] if value == wanted else [f"{place} is {value!r}, not {wanted!r}"]


class Job(NamedTuple):
    """A whole job that was done: its files, live.* in `folder`, and what it showed."""

    folder: Path
    out: str


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    folder = tmp_path_factory.mktemp("job")
    (folder / "nets.py").write_text(NETS)
    files = [word for format in FORMATS for word in ("-o", f"live.{format}")]
    shown = TextIOWrapper(BytesIO(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(shown):
        patch.chdir(folder)
        assert main([*SMALL, "-q", *files]) == 0
    shown.seek(0)
    return Job(folder, shown.read())


@pytest.fixture
def profile(job: Job) -> dict[str, Any]:
    """The job's JSON."""
    loaded: dict[str, Any] = json.loads((job.folder / "live.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(autouse=True)
def _nets(netstat: Run, tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(NETS)


def test_the_contract_is_read_strictly() -> None:
    assert breaches({"a": [1, 2.0]}, {"a": [int], "b": str}) == [".b is missing"]
    assert breaches({"a": [1, 2.0, True]}, {"a": [int]}) == [".a[1] is no int", ".a[2] is no int"]
    assert breaches({"a": None, "b": 1}, {"a": (int, None), "b": (str, None)}) == [f".b is none of {(str, None)}"]


def test_the_whole_job_holds_every_key_of_the_contract(profile: dict[str, Any]) -> None:
    whole = {**PROFILE, "crosscheck": [CHECK], "benchmarks": [BENCHMARK], "environment": {}}
    assert breaches(profile, whole) == []
    assert {check["peer"] for check in profile["crosscheck"]} >= {"thop", "fvcore", "torch"}
    assert {benchmark["device"] for benchmark in profile["benchmarks"]} == {"cpu"}
    assert not profile["benchmarks"][0]["second_look"]
    assert all(len(benchmark["ci95_seconds"]) == 2 for benchmark in profile["benchmarks"])
    assert profile["environment"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "sections"),
    [
        (["--fast"], set()),
        (["--no-crosscheck", "--no-time"], set()),
        (["--no-time"], {"crosscheck"}),
        (["--no-crosscheck"], {"benchmarks", "environment", "roofline"}),
    ],
)
def test_sections_that_were_not_asked_for_are_absent(netstat: Run, options: list[str], sections: set[str]) -> None:
    profile = json.loads(netstat(*SMALL, *options, "--json", "-q").out)
    assert breaches(profile, PROFILE) == []
    assert profile.keys() & SECTIONS == sections
    assert None not in profile.values()


def test_sections_come_in_their_order_layers_first(job: Job) -> None:
    starts = [job.out.index(words) for words in ("small · input 1×3×16×16", "cross-check · small", "time · small")]
    assert starts == sorted(starts)


def test_the_crosscheck_adds_up_and_layers_make_the_whole(profile: dict[str, Any]) -> None:
    for check in profile["crosscheck"]:
        assert check["unexplained"] == 0
        assert check["ours"] + sum(term["amount"] for term in check["terms"]) == check["predicted"] == check["reported"]
    benchmark, *_ = profile["benchmarks"]  # and a second look where the machine was busy
    parts = sum(layer["median_seconds"] for layer in benchmark["layers"]) + benchmark["unattributed_seconds"]
    assert parts == pytest.approx(benchmark["median_seconds"])
    assert set(benchmark["warnings"]) <= WARNINGS.keys()


def test_a_saved_result_with_every_section_renders_as_the_live_one(netstat: Run, job: Job, tmp_path: Path) -> None:
    files = [word for format in FORMATS for word in ("-o", f"again.{format}")]
    again = netstat("profile", str(job.folder / "live.json"), "-q", *files)
    assert (again.code, again.err) == (0, "")
    for format in FORMATS:
        assert (tmp_path / f"again.{format}").read_bytes() == (job.folder / f"live.{format}").read_bytes(), format
    # The live layer table was shown before there were times to show in it.
    assert job.out[job.out.index("cross-check") :] == again.out[again.out.index("cross-check") :]


@pytest.mark.parametrize("columns", ["80", "120"])
def test_every_section_fits_the_width(netstat: Run, job: Job, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = netstat("profile", str(job.folder / "live.json")).out.splitlines()
    assert max(map(len, lines)) <= int(columns)


@pytest.mark.slow
def test_strict_ends_with_4_just_where_a_measurement_is_unreliable(netstat: Run) -> None:
    ended = netstat(*SMALL, "--no-crosscheck", "--strict", "--json", "-q", "-o", "a.json")
    reliable = all(benchmark["reliable"] for benchmark in json.loads(ended.out)["benchmarks"])
    assert (ended.code, ended.err) == (0 if reliable else 4, "")
    assert netstat("profile", "a.json", "--strict").code == ended.code


def test_a_crosscheck_alone(netstat: Run) -> None:
    ended = netstat("crosscheck", "nets.py:small", "-i", "3x16x16", "--against", "torch,thop", "--json", "--strict")
    record = json.loads(ended.out)
    assert (ended.code, record["kind"], record["model"]) == (0, "crosscheck", "small")
    assert breaches(record["crosscheck"], [CHECK]) == []
    assert [check["peer"] for check in record["crosscheck"]] == ["torch", "thop"]


@pytest.mark.slow
def test_a_benchmark_alone_in_another_dtype_with_one_thread_and_a_batch(netstat: Run) -> None:
    options = ("--device", "cpu", "--dtype", "bf16", "--threads", "1", "-b", "3", "--quick", "--json", "-q")
    ended = netstat("benchmark", "nets.py:small", "-i", "3x16x16", *options)
    record = json.loads(ended.out)
    assert (ended.code, ended.err, record["kind"]) == (0, "", "benchmark")
    assert breaches(record["benchmarks"], [BENCHMARK]) == []
    (benchmark,) = record["benchmarks"]
    assert (benchmark["dtype"], benchmark["threads"], benchmark["batch"]) == ("bfloat16", 1, 3)


@pytest.mark.slow
def test_every_combination_of_what_was_named_is_timed(netstat: Run) -> None:
    options = ("-b", "1,3", "--dtype", "fp32,bf16", "--threads", "1", "--memory-format", "contiguous,channels_last")
    ended = netstat("benchmark", "nets.py:small", "-i", "3x16x16", *options, "--quick", "--json", "-q", "-o", "a.png")
    record = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert breaches(record["benchmarks"], [BENCHMARK]) == []
    found = [(run["batch"], run["dtype"], run["memory_format"]) for run in record["benchmarks"]]
    assert found == list(product((1, 3), ("float32", "bfloat16"), ("contiguous", "channels_last")))
    assert [run["input_shapes"] for run in record["benchmarks"]][::4] == [[[1, 3, 16, 16]], [[3, 3, 16, 16]]]
    assert Path("a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_way_to_run_that_cannot_be_had_here_leaves_the_others(netstat: Run) -> None:
    ended = netstat(
        "benchmark", "nets.py:small", "-i", "3x16x16", "--mode", "eager,cuda-graph", "--quick", "--json", "-q"
    )
    record = json.loads(ended.out)
    assert ended.code == 0
    assert record["benchmarks"][0]["mode"] == "eager"
    (failure,) = record["failures"]
    assert failure["configuration"] == "batch 1, float32, cuda-graph"
    assert failure["reason"] == "a CUDA graph needs a CUDA device; cpu is none"


def test_a_training_step_has_its_phases_and_its_forecast(netstat: Run) -> None:
    options = ("--train", "--device", "cpu", "--threads", "1", "-b", "3", "--quick", "-q")
    ended = netstat(
        "benchmark", "nets.py:small", "-i", "3x16x16", *options, "--epochs", "2", "--images", "1k", "--json"
    )
    record = json.loads(ended.out)
    assert (ended.code, ended.err, record["kind"], record["benchmarks"]) == (0, "", "benchmark", [])
    (step,) = record["training"]
    parts = sum(phase["median_seconds"] for phase in step["phases"]) + step["unattributed_seconds"]
    assert parts == pytest.approx(step["median_seconds"])
    assert step["forecast"]["steps"] == 2 * 334
    assert set(step["warnings"]) <= WARNINGS.keys()
    text = netstat("benchmark", "nets.py:small", "-i", "3x16x16", *options).out
    assert all(word in text for word in ("forward", "backward", "optimizer", "unattributed", "whole step", "inference"))


def test_an_operator_without_a_formula_is_listed_and_makes_totals_lower_bounds(netstat: Run) -> None:
    profile = json.loads(netstat("profile", "nets.py:Waves", "-i", "4", "--fast", "--json").out)
    assert breaches(profile, PROFILE) == []
    assert profile["complete"] is False
    assert profile["uncounted"] == [{"path": "", "op": "i0", "calls": 2, "elements": 8, "at_most": 64 * 2 * 8}]
    assert [row["count"] for row in profile["layers"] if row["op"] == "i0"] == [None, None]
    shown = netstat("profile", "nets.py:Waves", "-i", "4", "--fast").out
    assert re.search(r"^FLOPs +≥", shown, re.MULTILINE)
    assert re.search(r"^i0 +\(model\) +2 +8 +1,024$", shown, re.MULTILINE)


def test_strict_ends_with_1_where_something_is_uncounted_after_everything_was_shown(netstat: Run) -> None:
    ended = netstat("profile", "nets.py:Waves", "-i", "4", "--fast", "--strict", "-o", "a.json", "-q")
    assert ended.code == 1
    assert ended.err == "netstat: no formula for i0 in (model): the totals are lower bounds\n"
    assert "FLOPs" in ended.out
    saved = netstat("profile", "a.json", "--strict")
    assert (saved.code, saved.err) == (ended.code, ended.err)


@pytest.mark.slow
def test_what_was_found_out_is_written_also_where_the_model_cannot_be_run(netstat: Run, tmp_path: Path) -> None:
    arguments = ("profile", "nets.py:OnPaper", "-i", "4", "--device", "cpu", "--quick", "-o", "a.json")
    ended = netstat(*arguments)
    assert ended.code == 3
    assert ended.err.splitlines() == [
        "netstat: wrote a.json",
        "netstat: the model's forward fails on cpu in float32: not on this machine",
    ]
    saved = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert breaches(saved, {**PROFILE, "crosscheck": [CHECK]}) == []
    assert saved.keys() & SECTIONS == {"crosscheck"}
    assert [check["reported"] for check in saved["crosscheck"]] == [None] * len(saved["crosscheck"])
    assert all("not on this machine" in check["error"] for check in saved["crosscheck"])
