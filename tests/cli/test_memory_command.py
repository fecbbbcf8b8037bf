"""`netstat memory` as a person runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from netstat.records import load
from netstat.records.memory import Memory
from tests.cli.runs import Refused, Run


def test_inference_of_a_built_in_model_loads_no_torch() -> None:
    code = (
        "import sys; from netstat.cli import main; code = main("
        "['memory', 'alexnet', '--no-training', '--fit', '1GiB']); "
        "assert not {'torch', 'numpy', 'matplotlib'} & set(sys.modules); sys.exit(code)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "predicted peak" in ended.stdout
    assert "features.2" in ended.stdout


@pytest.mark.torch
def test_predicted_and_measured_stand_side_by_side(netstat: Run) -> None:
    ended = netstat("memory", "lenet", "-b", "4", "--measure")
    assert ended.code == 0
    for word in ("optimizer state", "saved for backward", "predicted peak", "measured peak", "of it workspace"):
        assert word in ended.out


@pytest.mark.torch
def test_json_on_stdout_is_the_record(netstat: Run, tmp_path: Path) -> None:
    file = tmp_path / "memory.json"
    ended = netstat("memory", "lenet", "--fit", "10M", "--json", "-q", "-o", str(file))
    record = load(str(file))
    assert isinstance(record, Memory)
    assert json.loads(ended.out) == record.to_dict() | json.loads(ended.out)
    assert [fit.limit_bytes for fit in record.fits or ()] == [10_000_000] * 2


@pytest.mark.torch
@pytest.mark.charts
def test_charts_go_into_the_folder(netstat: Run, tmp_path: Path) -> None:
    assert netstat("memory", "lenet", "--charts", str(tmp_path / "charts"), "-q").code == 0
    assert (tmp_path / "charts" / "memory.png").stat().st_size > 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fit", "much"), "--fit takes a size such as 3GiB, 3GB or 800M, not 'much'"),
        (("--fit", "0"), "--fit must be positive"),
        (("--optimizer", "lion"), "unknown optimizer 'lion'"),
        (("--amp", "fp8"), "mixed precision runs in"),
        (("--dtype", "int3"), "unknown dtype 'int3'"),
    ],
)
def test_what_cannot_be_is_refused(refused: Refused, words: tuple[str, ...], said: str) -> None:
    assert said in refused("memory", "lenet", *words)
