"""`netstat pipeline` as users type it."""

import json
import multiprocessing
import re
from pathlib import Path

import pytest

from netstat.records import load
from netstat.records.pipeline import VERDICTS, Pipeline
from tests.cli.runs import Refused, Run

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")]

NET = """
from torch import nn

def eye():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
"""
SMALL = ("--image", "24x20", "--resize", "16", "-b", "4", "--workers", "0,1", "--quick")


@pytest.mark.slow
def test_the_pipeline_alone_says_how_many_images_a_second(netstat: Run) -> None:
    ended = netstat("pipeline", *SMALL, "--crop", "12", "--no-decode")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "input pipeline, an image in one thread · 24×20 to 16 to 12×12 · batch 4"
    assert any(re.fullmatch(r"throughput +[\d.,]+ images/s", line) for line in lines)
    assert "crops of an image  (16 − 12)·(16 − 12)·2 = 32 as the paper counts; 50 with both ends" in lines
    assert any(line.startswith("colour noise ") for line in lines)
    assert not any(line.startswith("decode ") for line in lines)
    assert [line.split()[0] for line in lines if re.match(r" +[01] ", line)] == ["0", "1"]
    assert "does the pipeline hide" not in ended.out
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_a_model_beside_it_gets_a_verdict_and_files_in_every_format(netstat: Run, tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(NET)
    files = [f"a.{suffix}" for suffix in ("json", "csv", "md", "tex", "png", "svg")]
    outputs = [word for file in files for word in ("-o", file)]
    arguments = ("-i", "3x12x10", "--device", "cpu", *SMALL, *outputs, "--charts", "charts", "--json", "-q")
    ended = netstat("pipeline", "net.py:eye", *arguments)
    assert (ended.code, ended.err) == (0, "")
    saved = json.loads(ended.out)
    assert (saved["kind"], saved["model"]) == ("pipeline", "eye")
    assert saved["recipe"]["crop"] == [12, 10]
    assert {"torch_version", "torchvision_version", "pillow_version", "cpu_model_name"} < saved["environment"].keys()
    record = load(str(tmp_path / "a.json"))
    assert isinstance(record, Pipeline)
    assert [verdict.loop.workers for verdict in record.verdicts] == [0, 1]
    assert {verdict.code for verdict in record.verdicts} <= VERDICTS.keys()
    assert all((tmp_path / file).stat().st_size > 100 for file in files)
    assert (tmp_path / "charts" / "pipeline.png").is_file()


@pytest.mark.slow
def test_a_training_step_is_fed_as_well_where_asked_for(netstat: Run, tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(NET)
    ended = netstat("pipeline", "net.py:eye", "-i", "3x12x12", "--device", "cpu", *SMALL, "--train", "--json", "-q")
    assert (ended.code, ended.err) == (0, "")
    saved = json.loads(ended.out)
    assert [model["mode"] for model in saved["models"]] == ["inference", "training"]
    assert [(loop["mode"], loop["workers"]) for loop in saved["loops"]] == [
        ("inference", 0), ("inference", 1), ("training", 0), ("training", 1)
    ]  # fmt: skip


def test_an_unreliable_measurement_ends_with_4_under_strict(netstat: Run) -> None:
    ended = netstat("pipeline", *SMALL, "--crop", "12", "--strict", "--json", "-q")
    saved = json.loads(ended.out)
    times = [saved["whole"], *(loader["time"] for loader in saved["loaders"])]
    assert ended.code == (0 if all(time["reliable"] for time in times) else 4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--image", "500"], "--image takes a width and a height, such as 500x375, got 500"),
        (["--image", "0x5"], "input shape '0x5' needs positive whole sizes, such as 3x224x224"),
        (["--crop", "257"], "a crop of 257×257 does not fit into images scaled to 256; scale them to 257 or more"),
        (["--resize", "0"], "--resize must be 1 or more, got 0"),
        (["-b", "0"], "--batch must be 1 or more, got 0"),
        (["--workers", "-1"], "--workers must be 0 or more, got -1"),
        (["--workers", "two"], "'two' is not a whole number"),
        (["--workers", ","], "--workers names nothing"),
        (["-i", "3x224x224"], "-i is about the model that the pipeline feeds; name one"),
        (["--train"], "--train is about the model that the pipeline feeds; name one"),
        (["--device", "cpu"], "--device is about the model that the pipeline feeds; name one"),
        (["--image", "100000x100000"], "an image of the pipeline has at most"),
        (["lenet"], "an input pipeline makes colour images, 3×H×W, and 'lenet' takes 1×28×28"),
        (["alexnet", "--crop", "227"], "'alexnet' takes images of 224×224 here, not of 227×227; leave out --crop, or"),
        (["alexnet", "-i", "3x299x299"], "a crop of 299×299 does not fit into images scaled to 256"),
        (["alexnet", "--device", "gpu"], "unknown device 'gpu'"),
        (["alexnet", "--dtype", "fp64"], "a benchmark runs in float32"),
        (["-o", "a.txt"], "cannot write 'a.txt': the suffix must be one of"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_before_any_work(
    refused: Refused, arguments: list[str], message: str
) -> None:
    assert refused("pipeline", *arguments).startswith(message)
