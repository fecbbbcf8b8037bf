"""`netstat partition` as a person runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from netstat.records import load
from netstat.records.partition import Partition
from tests.cli.runs import Refused, Run


def test_a_built_in_model_is_split_without_torch() -> None:
    code = (
        "import sys; from netstat.cli import main; code = main("
        "['partition', 'alexnet-paper', '--ways', '2', '--no-training']); "
        "assert not {'torch', 'numpy', 'matplotlib'} & set(sys.modules); sys.exit(code)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "features.10" in ended.stdout
    assert "1,105,856 B forward, 1,101,856 B back" in ended.stdout


@pytest.mark.parametrize("width", [80, 120, 200])
def test_the_tables_fit_the_terminal(netstat: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    ended = netstat("partition", "alexnet-paper", "--ways", "4", "-b", "128", "--no-training")
    assert ended.code == 0
    assert max(map(len, ended.out.splitlines())) <= width


def test_json_on_stdout_is_the_record(netstat: Run, tmp_path: Path) -> None:
    file = tmp_path / "partition.json"
    ended = netstat("partition", "lenet", "--ways", "3", "--no-training", "--json", "-q", "-o", str(file))
    record = load(str(file))
    assert isinstance(record, Partition)
    assert json.loads(ended.out) == json.loads(json.dumps(record.to_dict()))
    assert record.ways == 3


@pytest.mark.torch
def test_whether_training_fits_is_said_of_one_card_and_of_each(netstat: Run) -> None:
    """S5: batch 128 of the paper's network in 3 GB, on one card and on two."""
    file = "partition.json"
    ended = netstat("partition", "alexnet-paper", "--paper", "-b", "128", "--fit", "3GB", "--no-layers", "-o", file)
    record = load(file)
    assert isinstance(record, Partition)
    peaks = [card.training_peak_bytes for card in (record.single, *record.cards)]
    assert all(peak is not None and peak <= 3 * 10**9 for peak in peaks)
    assert "fits in 3 GB" in ended.out
    assert [line.split()[-1] for line in ended.out.splitlines() if "card" in line[:8]][:3] == ["yes"] * 3
    assert "what crosses" not in ended.out
    smaller = netstat("partition", "alexnet-paper", "--paper", "-b", "128", "--fit", "2GB", "--no-layers")
    assert [line.split()[-1] for line in smaller.out.splitlines() if "card" in line[:8]][:3] == ["no", "yes", "yes"]


@pytest.mark.torch
@pytest.mark.slow
def test_a_run_stands_beside_what_was_worked_out(netstat: Run) -> None:
    ended = netstat("partition", "lenet", "--run", "--no-training", "--dtype", "fp64")
    assert ended.code == 0
    assert "2 processes" in ended.out
    assert "UNEXPLAINED" not in ended.out


@pytest.mark.charts
def test_charts_go_into_the_folder(netstat: Run, tmp_path: Path) -> None:
    assert netstat("partition", "lenet", "--no-training", "--charts", str(tmp_path / "charts"), "-q").code == 0
    assert (tmp_path / "charts" / "partition.png").stat().st_size > 0


@pytest.mark.torch
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lenet", "--ways", "1"), "--ways must be 2 or more, got 1"),
        (("lenet", "--ways", "two"), "'two' is not a whole number"),
        (("lenet", "--ways", "7"), "'0' (conv2d) has only 6 output channels, not enough for 7 cards"),
        (("alexnet-papr",), "unknown model 'alexnet-papr'; did you mean alexnet-paper"),
        (("lenet", "--grouped", "features.3"), "unknown convolution without groups 'features.3'; there is 0, 3"),
        (("lenet", "--grouped", "0"), "'0' cannot have 2 groups: 1 input and 6 output channels"),
        (("alexnet", "--paper"), "the paper's split is of alexnet-paper, not of 'alexnet'"),
        (("alexnet-paper", "--paper", "--ways", "4"), "the paper's split is over 2 cards"),
        (("lenet", "--lrn", "withn"), "did you mean within?"),
        (("lenet", "--lrn", "own"), "unknown reach of the normalisation 'own'; there is across, within"),
        (("lenet", "--fit", "much"), "--fit takes a size such as 3GiB, 3GB or 800M, not 'much'"),
        (("lenet", "--optimizer", "lion"), "unknown optimizer 'lion'"),
        (("lenet", "-o", "a.gif"), "the suffix must be one of"),
    ],
)
def test_a_choice_that_cannot_be_is_one_line(refused: Refused, words: tuple[str, ...], said: str) -> None:
    assert said in refused("partition", *words)
