"""`netstat ceilings`, and models under them, from the command line."""

import json
from pathlib import Path

import pytest

from netstat.measure.kept_ceilings import _digest, fingerprint, folder, keep
from tests.cli.runs import Refused, Run
from tests.records.ceilings_made import CEILING

pytestmark = pytest.mark.torch
NET = "from torch import nn\n\n\ndef small():\n    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())\n"
SMALL = ("nets.py:small", "-i", "3x32x32", "--device", "cpu", "--threads", "1", "--quick")


@pytest.fixture
def _kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ceilings of one thread of the processor, which nobody measured."""
    monkeypatch.setenv("NETSTAT_CEILINGS", str(tmp_path / "kept"))
    key = fingerprint("cpu", "fp32", 1)
    keep(folder() / f"{_digest(key)}.json", key, CEILING, lambda line: None)
    (tmp_path / "nets.py").write_text(NET)


@pytest.mark.usefixtures("_kept")
def test_kept_ceilings_are_shown_saved_and_rendered_from_the_file(netstat: Run, tmp_path: Path) -> None:
    ended = netstat("ceilings", "--device", "cpu", "--threads", "1", "-o", "a.json", "-o", "a.csv", "-o", "a.md", "-q")
    assert (ended.code, ended.err) == (0, "")
    assert "100 GFLOP/s; 200 GB/s from L2" in ended.out
    saved = json.loads((tmp_path / "a.json").read_text())
    assert (saved["kind"], len(saved["ceilings"]), saved["ceilings"][0]["threads"]) == ("ceilings", 1, 2)
    assert "bytes_per_second" not in (tmp_path / "a.json").read_text()  # rates are computed, never kept
    assert (tmp_path / "a.csv").read_text().count("\n") == 1 + len(CEILING.compute) + len(CEILING.traffic)


@pytest.mark.slow
@pytest.mark.usefixtures("_kept")
def test_a_broken_file_is_one_line_and_no_error(netstat: Run) -> None:
    (file,) = folder().iterdir()
    file.write_text('{"schema": 1, "netstat": "0.1.0"')
    ended = netstat("benchmark", *SMALL)
    assert ended.code == 0
    assert ended.err.count("ceilings are measured anew") == 1
    assert "ceilings were measured for a second only" in " ".join(ended.out.split())


@pytest.mark.slow
@pytest.mark.usefixtures("_kept")
def test_a_benchmark_shows_roofs_and_saves_them(netstat: Run, tmp_path: Path) -> None:
    ended = netstat("benchmark", *SMALL, "-o", "a.json", "-q")
    assert (ended.code, ended.err) == (0, "")
    assert "100 GFLOP/s; 200 GB/s from L2" in ended.out
    assert "at best" in ended.out
    (roofline,) = json.loads((tmp_path / "a.json").read_text())["roofline"]
    assert [layer["op"] for layer in roofline["layers"]] == ["conv2d", "relu"]


@pytest.mark.slow
@pytest.mark.usefixtures("_kept")
def test_what_is_lost_is_the_view_that_was_asked_for(netstat: Run) -> None:
    ended = netstat("benchmark", *SMALL, "--lost", "-q")
    assert ended.out.startswith("where the time is lost · small · cpu")
    assert "unattributed" in ended.out


@pytest.mark.slow
@pytest.mark.usefixtures("_kept")
def test_a_folded_table_leaves_the_roofline_with_every_layer(netstat: Run) -> None:
    ended = netstat("profile", *SMALL, "--no-crosscheck", "--depth", "1", "--json", "-q")
    (roofline,) = json.loads(ended.out)["roofline"]
    assert [layer["path"] for layer in roofline["layers"]] == ["0", "1"]


@pytest.mark.slow
@pytest.mark.usefixtures("_kept")
def test_roofs_can_be_left_out(netstat: Run, tmp_path: Path) -> None:
    ended = netstat("benchmark", *SMALL, "--no-roofline", "-o", "a.json", "-q")
    assert "roof" not in ended.out
    assert "roofline" not in json.loads((tmp_path / "a.json").read_text())


@pytest.mark.slow
@pytest.mark.usefixtures("_kept")
@pytest.mark.parametrize("cold", [True, False])
def test_a_benchmark_says_that_its_caches_were_cold(netstat: Run, tmp_path: Path, cold: bool) -> None:
    ended = netstat("benchmark", *SMALL, "--no-roofline", "-o", "a.json", "-q", *["--cold"] * cold)
    assert ("cold caches" in ended.out) is cold
    assert {each["cold"] for each in json.loads((tmp_path / "a.json").read_text())["benchmarks"]} == {cold}


@pytest.mark.slow
@pytest.mark.usefixtures("_kept")
def test_charts_of_a_benchmark_go_into_a_folder(netstat: Run, tmp_path: Path) -> None:
    assert netstat("benchmark", *SMALL, "--charts", "charts", "-q").code == 0
    assert {"roofline.png", "roofline.svg", "time.png"} <= {file.name for file in (tmp_path / "charts").iterdir()}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ceilings", "--dtype", "fp3"], "a benchmark runs in "),
        (["ceilings", "--dtype", "fp32,fp3"], "a benchmark runs in "),
        (["ceilings", "--dtype", ","], "--dtype names nothing"),
        (["ceilings", "--device", "abacus"], "unknown device 'abacus'"),
        (["ceilings", "--threads", "0"], "--threads must be 1 or more, got 0"),
        (["ceilings", "--threads", "many"], "'many' is not a whole number"),
        (["ceilings", "-o", "a.xyz"], "cannot write 'a.xyz'"),
        (["ceilings", "alexnet"], "ceilings does not take 'alexnet'"),
        (["benchmark", "alexnet", "--lost", "--no-roofline"], "--lost is what is over the roofs"),
        (["benchmark", "alexnet", "--charts", "/dev/null"], "cannot write charts to "),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(refused: Refused, arguments: list[str], message: str) -> None:
    assert refused(*arguments).startswith(message)
