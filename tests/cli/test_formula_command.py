"""`netstat formula` and `netstat scaling` as a person runs them."""

import csv
import json
from pathlib import Path

import pytest

from netstat.records import load
from netstat.records.formula import Formula
from netstat.records.scaling import Scaling
from tests.cli.runs import Refused, Run


def test_totals_stand_as_formulas_beside_their_figures(netstat: Run) -> None:
    out = netstat("formula", "alexnet").out
    assert "23232·⌊(H−3)/4⌋·⌊(W−3)/4⌋" in out
    assert "714,188,480" in out
    assert "N ≥ 1; H, W ≥ 63" in out
    assert "divides" not in out
    assert "divides" in netstat("formula", "alexnet", "--all").out


def test_no_floor_is_broken_over_two_lines(netstat: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = netstat("formula", "alexnet", "--all").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert all(line.count("⌊") == line.count("⌋") for line in lines)


def test_a_bound_is_solved_and_sizes_are_filled_in(netstat: Run) -> None:
    out = netstat("formula", "vgg16", "--solve", "macs < 5G", "--at", "3x320x256", "-b", "4").out
    assert "4×3×320×256" in out
    assert "macs < 5G" in out
    assert "no larger square input satisfies the bound" in out


def test_json_on_stdout_is_the_record(netstat: Run, tmp_path: Path) -> None:
    file = tmp_path / "formula.json"
    ended = netstat("formula", "vgg16", "--solve", "flops <= 30G", "--at", "3x64x64", "--json", "-q", "-o", str(file))
    record = load(str(file))
    assert isinstance(record, Formula)
    assert json.loads(ended.out) == json.loads(file.read_text())
    assert record.solutions[0].side == 223
    assert record.evaluations[0].figures["macs"] == record.at(H=64, W=64)["macs"]


def test_markdown_and_latex_have_the_formulas_as_latex(netstat: Run, tmp_path: Path) -> None:
    assert netstat("formula", "alexnet", "-o", str(tmp_path / "a.md"), "-o", str(tmp_path / "a.tex")).code == 0
    for file in ("a.md", "a.tex"):
        assert r"\left\lfloor \frac{H - 3}{4} \right\rfloor" in (tmp_path / file).read_text()


def test_a_page_has_the_formulas_as_mathml(netstat: Run, tmp_path: Path) -> None:
    assert netstat("formula", "alexnet", "-o", str(tmp_path / "a.html")).code == 0
    text = (tmp_path / "a.html").read_text()
    assert "<mfrac><mrow><mi>H</mi><mo>−</mo><mn>3</mn></mrow><mn>4</mn></mfrac>" in text
    assert "⌊(H" not in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("alexnet", "--solve", "macs"), "'macs' is no bound; write for example 'macs < 5G'"),
        (("alexnet", "--solve", "mac < 5G"), "unknown figure 'mac'; did you mean macs"),
        (("alexnet", "--solve", "macs < 1"), "no square input of alexnet has so few"),
        (("alexnet", "--solve", "macs < 0.3"), "'0.3' is not a whole number"),
        (("alexnet", "--at", "3x32x32"), "alexnet has formulas for H ≥ 63, not for H = 32"),
        (("alexnet", "--at", "1x224x224"), "--at takes one input of N×3×H×W, not 1×1×224×224"),
        (("alexnet", "--at", "224"), "--at takes one input of N×3×H×W, not 1×224"),
        (("alexnet", "--at", "3xax2"), "input shape '3xax2' needs positive whole sizes"),
        (("alexnet", "--letters", "Q"), "unknown letter 'Q'; there is N, H, W"),
    ],
)
def test_what_cannot_be_is_refused(refused: Refused, words: tuple[str, ...], said: str) -> None:
    assert said in refused("formula", *words)


@pytest.mark.charts
def test_formulas_have_no_chart(netstat: Run, tmp_path: Path) -> None:
    ended = netstat("formula", "alexnet", "-o", str(tmp_path / "a.png"))
    assert ended.code == 2
    assert "a record of kind 'formula' has no chart; write it to .md" in ended.err


def test_a_model_of_one_size_ends_with_3_and_says_what_fixes_it(netstat: Run) -> None:
    ended = netstat("formula", "alexnet-paper")
    assert ended.code == 3
    assert len(ended.err.splitlines()) == 1
    assert "layer 'classifier.0': needs 9216 input features" in ended.err
    assert "--letters N" in ended.err
    assert netstat("formula", "alexnet-paper", "--letters", "N").code == 0


def test_scaling_lists_sizes_growth_and_layers(netstat: Run) -> None:
    out = netstat("scaling", "alexnet", "--sizes", "64,224,320x256", "--batches", "1,4").out
    for word in ("1×3×64×64", "4×3×320×256", "714,188,480", "∝ HW", "constant", "features.3"):
        assert word in out
    assert "features.3" not in netstat("scaling", "alexnet", "--no-layers").out


def test_scaling_goes_into_files(netstat: Run, tmp_path: Path) -> None:
    files = [str(tmp_path / f"s.{suffix}") for suffix in ("json", "csv", "md")]
    ended = netstat("scaling", "vgg16", "--batches", "2", *(word for file in files for word in ("-o", file)), "--json")
    record = load(files[0])
    assert isinstance(record, Scaling)
    assert json.loads(ended.out) == record.to_dict() | json.loads(ended.out)
    rows = list(csv.DictReader(Path(files[1]).read_text().splitlines()))
    assert [int(row["macs"]) for row in rows] == [point.macs for point in record.points]
    assert "∝ HW" in Path(files[2]).read_text()


@pytest.mark.charts
def test_scaling_has_a_chart(netstat: Run, tmp_path: Path) -> None:
    assert netstat("scaling", "alexnet", "--charts", str(tmp_path / "charts"), "-o", str(tmp_path / "s.svg")).code == 0
    assert (tmp_path / "charts" / "scaling.png").stat().st_size > 0
    assert "<svg" in (tmp_path / "s.svg").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("alexnet", "--sizes", "32"), "alexnet has formulas for H ≥ 63, not for H = 32"),
        (("alexnet", "--sizes", "3x224x224"), "the formulas of alexnet have H and W; 3×224×224 are 3 sizes"),
        (("alexnet", "--sizes", "big"), "input shape 'big' needs positive whole sizes"),
        (("alexnet", "--sizes", ","), "--sizes names nothing"),
        (("alexnet", "--batches", "0"), "--batches must be 1 or more, got 0"),
    ],
)
def test_a_size_that_cannot_be_is_refused(refused: Refused, words: tuple[str, ...], said: str) -> None:
    assert said in refused("scaling", *words)
