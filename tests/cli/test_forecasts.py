"""`netstat forecast`."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.runs import Refused, Run


def test_devices_stand_side_by_side_and_every_table_is_called_a_forecast(netstat: Run) -> None:
    ended = netstat("forecast", "alexnet", "--device", "h100,titan-x-maxwell", "-b", "16")
    assert (ended.code, ended.err) == (0, "")
    titles = [line for line in ended.out.splitlines() if " · " in line]
    assert len(titles) == 3
    assert all(title.startswith("FORECAST · alexnet · ") for title in titles)
    assert "forward pass · batch 16 · fp32" in titles[0]
    assert "FORECAST  worked out from data sheets and published times; nothing here was measured" in ended.out
    assert "80 % interval" in ended.out


@pytest.mark.torch
def test_a_training_step_has_its_parts(netstat: Run) -> None:
    out = netstat("forecast", "lenet", "--device", "a100", "--dtype", "bf16", "--train").out
    assert "training step · batch 1 · bf16" in out
    assert "backward" in out
    assert "update" in out


@pytest.mark.parametrize("width", [80, 100])
def test_the_tables_fit_the_terminal(netstat: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    out = netstat("forecast", "vgg16", "--device", "h100,rtx-4060-laptop,two-xeon-e5-2630v3").out
    assert max(map(len, out.splitlines())) <= width


def test_it_can_be_saved_and_read_by_programs(netstat: Run) -> None:
    ended = netstat("forecast", "alexnet", "--device", "v100,t4", "--json", "-q", "-o", "a.csv", "-o", "a.md")
    record = json.loads(ended.out)
    assert (ended.code, record["kind"], record["model"]) == (0, "forecast", "alexnet")
    assert [made["device"]["name"] for made in record["forecasts"]] == ["v100", "t4"]
    rows = list(csv.DictReader(io.StringIO(Path("a.csv").read_text(encoding="utf-8-sig"))))
    assert {row["kind"] for row in rows} == {"forecast"}
    wholes = [float(row["seconds"]) for row in rows if row["path"] == "whole"]
    assert wholes == [made["seconds"] for made in record["forecasts"]]
    assert Path("a.md").read_text(encoding="utf-8").count("### FORECAST") == 3


@pytest.mark.charts
def test_charts_are_drawn_where_they_are_asked_for(netstat: Run) -> None:
    ended = netstat("forecast", "alexnet", "--device", "v100,h100", "--charts", "drawn", "-o", "a.png")
    assert ended.code == 0
    assert Path("drawn/forecast.svg").is_file()
    assert Path("a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--device", "h1000"], "unknown device 'h1000'; did you mean h100 or v100 or h200?"),
        (["--device", "k40", "--dtype", "bf16"], "no peak in bf16 is on record for k40 (NVIDIA Tesla K40 (12 GB))"),
        (["--device", ","], "--device names nothing; write for example --device a,b"),
        ([], "the following arguments are required: --device; see netstat forecast --help"),
        (["--device", "h100", "-b", "0"], "--batch must be 1 or more, got 0"),
    ],
)
def test_what_cannot_be_forecast_is_said_in_one_line(refused: Refused, options: list[str], said: str) -> None:
    assert refused("forecast", "alexnet", *options).startswith(said)


def test_devices_on_paper_are_listed_below_those_at_hand(netstat: Run) -> None:
    lines = netstat("list", "devices").out.splitlines()
    assert lines[0] == "devices"
    paper = lines.index("devices for forecasts")
    assert any(line.startswith("cpu ") for line in lines[:paper])
    assert any(line.startswith("h100 ") and line.endswith("fp32, tf32, bf16, fp16") for line in lines[paper:])
