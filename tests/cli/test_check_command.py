"""`netstat check`: what it says, what it refuses, and how it ends."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from netstat.records.base import Record
from netstat.records.benchmark import Benchmarks
from tests.cli.runs import Refused, Run
from tests.reports.samples import ALEXNET_PROFILE, CPU, HOSTILE_PROFILE

PROJECT = """
[tool.netstat.check]
max-params = "70M"
batch = 2

[[tool.netstat.check.models]]
model = "alexnet"
max-macs = {total = "2G", "features.*" = 500_000_000, classifier = 60e6}

[[tool.netstat.check.models]]
model = "lenet"
"""


def saved(record: Record, folder: Path) -> str:
    record.save(folder / "saved.json")
    return "saved.json"


def test_a_model_within_its_budgets_passes(netstat: Run) -> None:
    ended = netstat("check", "alexnet", "--max-params", "70M", "--max-macs", "714188480", "--max-macs", "features.3=1G")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("passed: 3 budgets kept\n")


def test_a_model_over_a_budget_says_by_how_much_and_where(netstat: Run) -> None:
    ended = netstat("check", "alexnet", "--max-params", "60M", "--max-macs", "1G")
    said = " ".join(ended.out.split())
    assert ended.code == 1
    assert "params: 61,100,840 is 1,100,840 (1.83 %) over 60,000,000; most in classifier.1 (37,752,832), " in said
    assert said.endswith("FAILED: of 2 budgets 1 over")


def test_one_more_than_the_limit_is_over(netstat: Run) -> None:
    assert netstat("check", "lenet", "--max-params", "61705").code == 1
    assert netstat("check", "lenet", "--max-params", "61706").code == 0


@pytest.mark.parametrize(
    ("layers", "most"),
    [
        ("features.*", 223_948_800),  # each of them
        ("conv2d", 223_948_800),
        ("features", 655_566_528),  # the module as a whole
        ("features.0", 70_276_800),
    ],
)
def test_a_pattern_is_for_each_layer_and_a_path_for_the_module(netstat: Run, layers: str, most: int) -> None:
    assert netstat("check", "alexnet", "--max-macs", f"{layers}={most}").code == 0
    assert netstat("check", "alexnet", "--max-macs", f"{layers}={most - 1}").code == 1


def test_every_layer_over_a_pattern_is_in_the_record(netstat: Run) -> None:
    ended = netstat("check", "alexnet", "--max-params", "classifier.*=5M", "--json")
    (budget,) = json.loads(ended.out)["checked"][0]["counts"]
    assert [layer["path"] for layer in budget["heaviest"]] == ["classifier.1", "classifier.4"]
    assert json.loads(ended.out)["verdict"] == "over"


def test_peaks_and_bytes_are_sizes(netstat: Run) -> None:
    sizes = ("--max-param-bytes", "234MiB", "--max-activation-bytes", "3MB", "--max-inference-peak-bytes", "200MiB")
    ended = netstat("check", "alexnet", *sizes)
    assert ended.code == 1
    assert [line.split()[-1] for line in ended.out.splitlines()[3:6]] == ["ok", "ok", "OVER"]


def test_annotations_are_escaped_as_github_asks(netstat: Run, tmp_path: Path) -> None:
    ended = netstat("check", "alexnet", "--max-params", "60M", "--format", "github")
    assert ended.out.splitlines()[-1].startswith(
        "::error title=netstat check::alexnet: params: 61,100,840 is 1,100,840 (1.83 %25) over 60,000,000; most in"
    )
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    ended = netstat("check", "--format", "github", "-q")
    assert "\n::error file=pyproject.toml,title=netstat check::alexnet: MACs of classifier: " in ended.out


def test_a_file_has_budgets_of_several_models(netstat: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    record = json.loads(netstat("check", "--json").out)
    assert record["source"] == str(Path("..", "pyproject.toml"))
    assert [model["inputs"][0]["shape"][0] for model in record["checked"]] == [2, 2]
    found = {(budget["figure"], budget["layers"]): budget["verdict"] for budget in record["checked"][0]["counts"]}
    assert found == {
        ("params", ""): "within",
        ("macs", ""): "within",
        ("macs", "features.*"): "within",
        ("macs", "classifier"): "over",
    }


def test_what_is_typed_wins_over_the_file_pattern_by_pattern(netstat: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    ended = netstat("check", "alexnet", "-b", "1", "--max-macs", "classifier=59M", "--max-params", "1", "--json")
    (model,) = json.loads(ended.out)["checked"]
    found = {(budget["figure"], budget["layers"]): budget["limit"] for budget in model["counts"]}
    assert found == {
        ("params", ""): 1,
        ("macs", ""): 2_000_000_000,
        ("macs", "features.*"): 500_000_000,
        ("macs", "classifier"): 59_000_000,
    }


def test_the_nearest_file_with_a_section_counts(netstat: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.netstat.check]\nmax-params = "1k"\n')
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "pyproject.toml").write_text('[project]\nname = "part"\n')
    monkeypatch.chdir(tmp_path / "src")
    assert netstat("check", "lenet").code == 1
    (tmp_path / "src" / "pyproject.toml").write_text('[tool.netstat.check]\nmax-params = "1M"\n')
    assert netstat("check", "lenet").code == 0
    assert netstat("check", "lenet", "--config", "../pyproject.toml").code == 1


def test_a_model_of_a_file_lies_beside_it(netstat: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(ALEXNET_PROFILE, tmp_path)
    (tmp_path / "pyproject.toml").write_text('[[tool.netstat.check.models]]\nmodel = "saved.json"\nmax-params = 1\n')
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    assert netstat("check").code == 1
    assert netstat("check", str(Path("..", "saved.json"))).code == 1


def test_a_count_that_is_a_lower_bound_is_no_silent_pass(netstat: Run, tmp_path: Path) -> None:
    path = saved(HOSTILE_PROFILE, tmp_path)
    met = netstat("check", path, "--max-macs", "2000", "--max-params", "87")
    assert met.code == 3
    assert "≥2,000" in met.out
    assert met.out.endswith("NOT TOLD: of 2 budgets 1 cannot be told\n")
    assert netstat("check", path, "--max-macs", "1999").code == 1


@pytest.mark.parametrize(("limit", "code", "strictly"), [("47ms", 0, 0), ("46ms", 0, 4), ("44ms", 1, 1)])
def test_a_latency_is_held_to_its_interval(netstat: Run, tmp_path: Path, limit: str, code: int, strictly: int) -> None:
    timed = replace(CPU, median_seconds=0.046, ci95_seconds=(0.045, 0.047))
    path = saved(Benchmarks("alexnet", (timed,), {}), tmp_path)
    assert netstat("check", path, "--max-latency", limit).code == code
    assert netstat("check", path, "--max-latency", limit, "--strict").code == strictly


@pytest.mark.torch
@pytest.mark.slow
def test_a_latency_is_measured_where_it_is_asked_for(netstat: Run) -> None:
    ended = netstat("check", "lenet", "--max-latency", "1000s", "--quick", "--threads", "1", "--json")
    (latency,) = json.loads(ended.out)["checked"][0]["latencies"]
    assert (latency["device"], latency["threads"], latency["limit_seconds"]) == ("cpu", 1, 1000)
    assert 0 < latency["median_seconds"] < 1000
    assert latency["verdict"] != "over"


@pytest.mark.torch
def test_parameters_that_are_frozen_are_not_trained(netstat: Run) -> None:
    frozen = ("--freeze", "*", "--train-only", "11")
    assert netstat("check", "lenet", "--max-trainable-params", "850", "--train-only", "11").code == 0
    assert netstat("check", "lenet", "--max-trainable-params", "849", "--train-only", "11").code == 1
    assert netstat("check", "lenet", "--max-trainable-params", "0", *frozen).code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name a model to check, or models in [tool.netstat.check] of pyproject.toml"),
        (["lenet"], "there is no budget to check; name one, for example --max-params 70M or --max-macs 800M"),
        (
            ["lenet", "--max-params", "7B"],
            "params are no bytes, which the B of '7B' stands for; write 7G for 7 billion",
        ),
        (["lenet", "--max-params", "many"], "'many' is not a whole number; write for example 128, 70M or 1.5G"),
        (["lenet", "--max-params", "-3"], "a budget of params must be 0 or more, got -3"),
        (["lenet", "--max-latency", "3"], "'3' is no time; write for example 20ms, 1.5s or 300us"),
        (
            ["lenet", "--max-latency", "0=3ms"],
            "a budget of layers ('0') is on params, trainable_params, macs, flops; latency is of the whole model",
        ),
        (["alexnet", "--max-macs", "featrues=3"], "unknown layer 'featrues'; did you mean features"),
        (["lenet", "--max-macs", "1", "--format", "gitlab"], "--format is text or github"),
        (["lenet", "--max-macs", "1", "--config", "none.toml"], "cannot read 'none.toml': No such file or directory"),
        (["lenet", "--max-macs", "1", "--dtype", "fp7"], "unknown dtype 'fp7'; known: float64, float32"),
        (
            ["lenet", "--max-training-peak-bytes", "1G", "--optimizer", "sdg"],
            "unknown optimizer 'sdg'; did you mean sgd",
        ),
    ],
    ids=str,
)
def test_a_check_that_cannot_be_is_refused(refused: Refused, arguments: list[str], said: str) -> None:
    assert refused("check", *arguments).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("max-parms = 3", "[tool.netstat.check]: unknown key 'max-parms'; did you mean max-params"),
        ("batch = 1.5", "batch is a text or a number, not 1.5"),
        ("strict = 'yes'", "strict is true or false, not 'yes'"),
        ("max-macs = true", "a budget of macs is a number or a text such as '70M', not True"),
        ("models = 3", "models is no list of tables; begin each with [[tool.netstat.check.models]]"),
        ("models = [{batch = 2}]", 'a model has no name; write model = "alexnet"'),
        ("max-macs = ", "is no TOML file: Invalid value"),
    ],
)
def test_a_file_that_cannot_be_is_refused(refused: Refused, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.netstat.check]\n{text}\n")
    assert said in refused("check", "lenet")


def test_a_section_that_is_spelled_wrong_is_named(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.netstat.chek]\nmax-params = 3\n")
    assert refused("check", "lenet") == "'pyproject.toml': [tool.netstat]: unknown key 'chek'; did you mean check?"


def test_a_saved_result_is_checked_for_what_is_in_it(refused: Refused, netstat: Run, tmp_path: Path) -> None:
    path = saved(ALEXNET_PROFILE, tmp_path)
    assert netstat("check", path, "--max-params", "70M").code == 0
    without = refused("check", path, "--max-latency", "1s")
    assert without == "'alexnet' was saved without times; name the model itself to have them checked"
    assert refused("check", path, "--max-params", "1", "-b", "2").startswith("'saved.json' is a saved result and stays")
