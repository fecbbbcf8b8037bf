"""`netstat activations`: cost per element, and charts of every function."""

import json
from pathlib import Path

import pytest

from netstat.records.activations import Activations
from netstat.records.reading import from_dict
from tests.cli.runs import Refused, Run


def test_counts_are_shown_per_element(netstat: Run, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    ended = netstat("activations", "--fast")
    assert ended.out.startswith("per element · input 1×96×55×55 float32 · 290,400 elements\n")
    rows = {line.split()[0]: line.split() for line in ended.out.splitlines() if line}
    assert rows["sigmoid"][1:7] == ["0", "1", "1", "0", "1", "3"]
    assert rows["sigmoid"][7:] == ["-4.58", "…", "4.58"]
    assert rows["local_response_norm"][:1] == ["local_response_norm"]
    assert "8.9375" in ended.out
    assert "the paper: n=5, alpha=0.0001, beta=0.75, k=2; TensorFlow: depth_radius=2, bias=2" in " ".join(
        ended.out.split()
    )


def test_json_has_whole_counts_and_reads_back(netstat: Run) -> None:
    ended = netstat("activations", "--fast", "-i", "10x4x4", "-b", "2", "--json")
    record = from_dict(json.loads(ended.out))
    assert isinstance(record, Activations)
    assert (record.input_shape, record["relu"].compares) == ((2, 10, 4, 4), 320)
    assert record.benchmarks is None


@pytest.mark.slow
@pytest.mark.charts
def test_charts_are_of_every_function_and_of_the_three_of_the_notes(netstat: Run, tmp_path: Path) -> None:
    netstat("activations", "--fast", "-q", "--charts", "charts")
    written = {path.name for path in (tmp_path / "charts").iterdir()}
    assert written == {f"{name}.{end}" for name in ("activations", "activation-functions") for end in ("png", "svg")}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-i", "96"), "activations take one floating-point input such as 96x55x55, channels first; got 96 float32"),
        (("-i", "3x4x4:int64"), "activations take one floating-point input such as 96x55x55"),
        (("-i", "3x4x4", "-i", "3x4x4"), "activations take one floating-point input such as 96x55x55"),
        (("-i", "3x0x4"), "input shape '3x0x4' needs positive whole sizes"),
        (("--device", "kuda"), "unknown device 'kuda'; did you mean cuda?"),
        (("--fully-convolutional",), "activations does not take '--fully-convolutional'"),
        (("-b", "0"), "--batch must be 1 or more, got 0"),
        (("-o", "a.docx"), "cannot write 'a.docx'"),
    ],
)
def test_what_cannot_be_is_refused(refused: Refused, arguments: tuple[str, ...], said: str) -> None:
    assert refused("activations", "--fast", *arguments).startswith(said)
