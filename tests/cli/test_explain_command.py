"""`netstat explain` as a person runs it."""

import json
from pathlib import Path

import pytest

import netstat as package
from netstat.records import load
from tests.cli.runs import Refused, Run

WEIGHTED = ["features.0", "features.3", "features.6", "features.8", "features.10"]
WEIGHTED += ["classifier.1", "classifier.4", "classifier.6"]


def test_the_eight_weighted_layers_of_alexnet_are_derived(netstat: Run) -> None:
    ended = netstat("explain", "alexnet")
    assert ended.code == 0
    sections = {section.partition(" ")[0]: section for section in ended.out.split("\n\n")}
    for row in package.profile("alexnet").layers:
        if row.path in WEIGHTED:
            lines = dict(line.split(maxsplit=1) for line in sections[row.path].splitlines() if len(line.split()) > 1)
            assert lines["parameters"].endswith(f" = {row.params:,}")
            assert lines["MACs"].endswith(f" = {row.macs:,}")
            assert lines["FLOPs"].endswith(f" = {row.flops:,}")


def test_a_letter_is_explained_before_it_is_used(netstat: Run) -> None:
    lines = netstat("explain", "alexnet", "features.0").out.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("letters"))
    assert "K = 11 kernel size" in " ".join(lines[first : first + 3])
    assert "55.25 → 55" in next(line for line in lines if line.startswith("H_out"))


@pytest.mark.parametrize("width", ["80", "120", "200"])
@pytest.mark.parametrize("model", ["alexnet", "vgg16_bn"])
def test_a_derivation_keeps_to_the_terminal(
    netstat: Run, model: str, width: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert max(map(len, netstat("explain", model).out.splitlines())) <= int(width)


def test_a_batch_is_in_the_formulas(netstat: Run) -> None:
    assert "N = 128 batch size" in netstat("explain", "alexnet", "features.0", "-b", "128").out


def test_a_path_may_stand_after_an_option(netstat: Run) -> None:
    late = netstat("explain", "alexnet", "features.0", "-b", "2", "features.3")
    assert late.out == netstat("explain", "-b", "2", "alexnet", "features.0", "features.3").out
    assert "features.3 · conv2d" in late.out


def test_half_precision_halves_the_bytes(netstat: Run) -> None:
    assert "2·C·H·W = 2·64·55·55 = 387,200" in netstat("explain", "alexnet", "features.1", "--dtype", "fp16").out


@pytest.mark.torch
def test_the_training_pass_is_explained_too(netstat: Run) -> None:
    assert "multiplies" in netstat("explain", "alexnet", "classifier.0", "--train").out


def test_json_on_stdout_is_the_record_and_files_are_written(netstat: Run, tmp_path: Path) -> None:
    names = [f"a.{suffix}" for suffix in ("json", "md", "html", "tex", "csv")]
    ended = netstat("explain", "lenet", "--json", "-q", *(word for name in names for word in ("-o", name)))
    record = load(str(tmp_path / "a.json"))
    assert record == package.explain("lenet")
    assert json.loads(ended.out) == json.loads((tmp_path / "a.json").read_text())
    assert all((tmp_path / name).stat().st_size > 500 for name in names)


@pytest.mark.torch
@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("alexnet", "feature.0"), "unknown layer 'feature.0'; did you mean features.0", 2),
        (("alexnet", "[x]"), "unknown layer '[x]'; there is features, avgpool, (model), classifier", 2),
        (("alexnet", ""), "unknown layer ''", 2),
        (("alexnet", "features.0", "--depht"), "explain does not take '--depht'", 2),
        (("alexnet", "-b", "2", "features.99"), "unknown layer 'features.99'", 2),
        (("alexnt",), "unknown model 'alexnt'", 2),
        (("alexnet", "-b", "0"), "--batch must be 1 or more", 2),
        (("alexnet", "-i", "3x2x2"), "needs an input size of at least", 3),
        (("alexnet", "-o", "a.png"), "an explanation has no chart", 2),
        (("saved.json",), "saved.json", 2),
    ],
)
def test_what_cannot_be_is_said_in_one_line(refused: Refused, words: tuple[str, ...], said: str, code: int) -> None:
    assert said in refused("explain", *words, code=code)
