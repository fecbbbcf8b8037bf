"""`netstat crosscheck MODEL --published`."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.runs import Refused, Run


def test_each_figure_stands_beside_its_reading(netstat: Run) -> None:
    ended = netstat("crosscheck", "alexnet", "--published")
    assert ended.code == 0
    assert ended.err == ""
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert lines[0].startswith("published figures · alexnet · ")
    assert "62.3 M parameters alexnet-paper, parameters: truncated 62,378,344" in lines
    assert "0.77 G MACs alexnet, thop-readme: rounded 773,286,232" in lines
    assert "6 % of the parameters alexnet-paper, convolutions, parameters: rounded 6.01 %" in lines


def test_what_is_not_reproduced_is_shown_with_its_reason(netstat: Run) -> None:
    out = netstat("crosscheck", "lenet", "--published").out
    assert "lenet, layer 2, parameters: not reproduced" in out
    assert "-900" in out


@pytest.mark.parametrize("width", [80, 100])
def test_the_table_fits_the_terminal(netstat: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for model in ("alexnet", "vgg16", "lenet"):
        assert max(map(len, netstat("crosscheck", model, "--published").out.splitlines())) <= width


def test_it_can_be_saved_and_read_by_programs(netstat: Run) -> None:
    ended = netstat(
        "crosscheck", "vgg16", "--published", "--json", "-q", "--strict", "-o", "a.csv", "-o", "a.md", "-o", "a.tex"
    )
    record = json.loads(ended.out)
    assert (ended.code, record["kind"], record["model"]) == (0, "published", "vgg16")
    rows = list(csv.DictReader(io.StringIO(Path("a.csv").read_text(encoding="utf-8-sig"))))
    assert [row["figure"] for row in rows] == [figure["figure"] for figure in record["published"]]
    assert [int(row["amount"]) for row in rows] == [figure["reading"]["amount"] for figure in record["published"]]


def test_figures_have_inputs_of_their_own(refused: Refused) -> None:
    for options in (["-b", "2"], ["-i", "3x96x96"], ["--against", "thop"]):
        said = refused("crosscheck", "alexnet", "--published", *options)
        assert said == "published figures come with inputs and conventions of their own; leave out -i, -b and --against"


def test_a_model_of_which_nothing_is_on_record(refused: Refused) -> None:
    said = refused("crosscheck", "resnet50", "--published")
    assert said.startswith("no published figures are on record for 'resnet50'; there are for alexnet, lenet, vgg11")
