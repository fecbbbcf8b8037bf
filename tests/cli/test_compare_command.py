"""`netstat compare` of two results: what it shows, and how it ends."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from netstat.records.benchmark import Benchmarks
from tests.cli.runs import Refused, Run
from tests.reports.samples import CPU, FULL_PROFILE, HOSTILE_PROFILE

OTHER = replace(FULL_PROFILE, environment={"os": "Other"})


def test_at_80_columns_there_are_figures(netstat: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = netstat("compare", "alexnet", "alexnet-bvlc").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "MACs                714,188,480    724,406,816  +10,218,336   +1.43 %" in lines
    assert "~  features.0        +11,648       +50 %   +35,138,400     +50 %" in lines
    assert any(line.startswith("−  (model)") for line in lines)
    assert lines[-1].split() == ["all", "of", "them", "-135,616", "+10,218,336"]
    assert "92 %" in netstat("compare", "alexnet", "vgg16", "lenet").out


def test_nothing_changed_is_said(netstat: Run) -> None:
    assert "layers · nothing changed · 12 rows the same\n" in netstat("compare", "lenet", "lenet").out
    assert "layers ·" not in netstat("compare", "lenet", "lenet", "--no-layers").out


def test_the_exit_code_says_whether_anything_differs_where_that_is_asked(netstat: Run) -> None:
    assert netstat("compare", "lenet", "alexnet").code == 0
    assert netstat("compare", "lenet", "alexnet", "--exit-code").code == 1
    assert netstat("compare", "lenet", "lenet", "--exit-code").code == 0
    assert netstat("compare", "lenet", "lenet", "alexnet", "--exit-code").code == 1


def test_an_increase_is_allowed_up_to_a_percentage(netstat: Run) -> None:
    allowed = ("--max-increase", "params=0", "--max-increase", "macs=2%")
    assert netstat("compare", "alexnet", "alexnet-bvlc", *allowed).code == 0
    over = netstat("compare", "alexnet", "alexnet-bvlc", "--max-increase", "macs=1", "--json")
    assert over.code == 1
    assert json.loads(over.out)["increases"][0]["verdict"] == "over"


def test_what_cannot_be_told_is_no_silent_pass(netstat: Run, tmp_path: Path) -> None:
    HOSTILE_PROFILE.save(tmp_path / "odd.json")
    assert netstat("compare", "lenet", "odd.json", "--max-increase", "macs=99999").code == 3
    assert netstat("compare", "lenet", "lenet", "--max-increase", "latency=9").code == 0
    assert netstat("compare", "lenet", "lenet", "--max-increase", "latency=9", "--strict").code == 4


def test_times_of_another_machine_are_refused_and_counts_compared(netstat: Run, tmp_path: Path) -> None:
    FULL_PROFILE.save(tmp_path / "old.json")
    OTHER.save(tmp_path / "new.json")
    ended = netstat("compare", "old.json", "new.json", "-o", "diff.md", "-q")
    assert "rows the same" in ended.out
    assert "come from surroundings that differ in os" in " ".join(ended.out.split())
    assert (tmp_path / "diff.md").read_text().count("### ") == 3


def test_two_benchmarks_are_compared_by_their_times(netstat: Run, tmp_path: Path) -> None:
    here = {"os": "Linux"}
    fast = replace(CPU, median_seconds=0.010, ci95_seconds=(0.009, 0.011))
    slow = replace(CPU, median_seconds=0.020, ci95_seconds=(0.019, 0.021))
    Benchmarks("alexnet", (fast,), here).save(tmp_path / "old.json")
    Benchmarks("alexnet", (slow,), here).save(tmp_path / "new.json")
    ended = netstat("compare", "old.json", "new.json", "--max-increase", "latency=50%")
    assert ended.code == 1
    heading, _, _, row = ended.out.splitlines()[:4]
    assert heading == "times · alexnet"
    assert row.endswith("10 ms  20 ms     2×  1.795 … 2.246  slower")


@pytest.mark.parametrize(
    ("increase", "said"),
    [
        ("mac=3", "unknown figure 'mac'; did you mean macs?"),
        ("macs", "--max-increase takes a percentage of 0 or more, such as macs=5%, not 'macs'"),
        ("macs=-1", "--max-increase takes a percentage of 0 or more, such as macs=5%, not 'macs=-1'"),
        ("macs=nan", "--max-increase takes a percentage of 0 or more, such as macs=5%, not 'macs=nan'"),
    ],
)
def test_an_increase_that_cannot_be_is_refused(refused: Refused, increase: str, said: str) -> None:
    assert refused("compare", "lenet", "lenet", "--max-increase", increase) == said
