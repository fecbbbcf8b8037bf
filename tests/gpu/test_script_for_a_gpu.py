"""The script that a GPU is owed: its steps rehearsed on the CPU, its machinery on steps made for that."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("torch")

from netstat.measure.device_memory import DeviceMemory
from netstat.measure.devices import find
from tests.gpu.__main__ import BUDGET, ORDER, listed, main, table, within
from tests.gpu.memory import compared
from tests.gpu.steps import FAILED, NOTED, OK, SKIPPED, STEPS, Bench, SkipError, Step, Verdict, carry_out, verdict

pytestmark = pytest.mark.torch
PAGE = Path(__file__).parents[2] / "docs" / "measuring.md"
SOON = ["untouched", "profiled", "capture", "queue", "calibration", "times", "layers", "profiler", "memory", "cold"]


def bench() -> Bench:
    return Bench(find("cpu"), quick=True, models={"small": (3, 16, 16)})


def outcome(*run: Verdict | BaseException | float, seconds: float = 5.0) -> list[Verdict]:
    """What comes of a step that finds these, raises these, or works for so many seconds."""

    def step(bench: Bench) -> Iterator[Verdict]:
        for one in run:
            if isinstance(one, BaseException):
                raise one
            if isinstance(one, float):
                time.sleep(one)
            else:
                yield one

    return carry_out(Step("step", seconds, step), bench())


FOUND = Verdict("first", OK, "found")


@pytest.mark.slow
def test_a_rehearsal_on_the_cpu_fails_in_nothing_and_keeps_its_figures(tmp_path: Path) -> None:
    asked = [word for name in SOON for word in ("--only", name)]
    assert main([str(tmp_path), "--device", "cpu", "--quick", *asked]) == 0
    (kept,) = tmp_path.glob("gpu-*.json")
    results = json.loads(kept.read_text(encoding="utf-8"))
    verdicts = {(one["check"], one["state"]) for one in results["verdicts"]}
    assert ("capture", SKIPPED) in verdicts
    assert ("untouched in bf16", OK) in verdicts
    assert ("held, on a device made of numbers", OK) in verdicts
    times = [(row["model"], row["batch"], row["dtype"]) for row in results["times"]]
    assert times[0] == ("small", 1, "float32")
    assert results["environment"]["torch_version"]
    assert set(results["seconds"]) == set(SOON)
    assert kept.with_suffix(".txt").is_file()


def test_every_step_has_its_turn_and_the_budgets_fit_into_ten_minutes() -> None:
    assert sorted(ORDER) == sorted(STEPS)
    assert BUDGET < 8 * 60
    assert all(step.about.endswith(".") for step in STEPS.values())


def test_the_page_on_measuring_lists_the_steps() -> None:
    assert listed(STEPS.values()) in PAGE.read_text(encoding="utf-8"), "take the list from python -m tests.gpu --list"


def test_a_failure_loses_nothing_that_was_found_before() -> None:
    found = outcome(FOUND, ValueError("broke\nand more"), FOUND)
    assert found == [FOUND, Verdict("step", FAILED, "ValueError: broke")]


def test_a_step_that_cannot_be_done_here_says_why() -> None:
    assert outcome(SkipError("needs a CUDA device")) == [Verdict("step", SKIPPED, "needs a CUDA device")]


def test_a_step_that_takes_too_long_is_broken_off() -> None:
    found = outcome(FOUND, 60.0, seconds=0.05)
    assert [one.state for one in found] == [OK, SKIPPED]
    assert found[1].said == "the rest: over its 0 s"


def test_there_must_be_time_left_for_a_step() -> None:
    assert within(STEPS["queue"], bench(), left=4.9)[0] == Verdict("queue", SKIPPED, "no time left")


def test_the_table_counts_what_became_of_the_checks() -> None:
    assert table([FOUND, FOUND, verdict("second", False, "1 of 2")]).endswith("\n\n2 ok, 1 FAILED")


def test_a_device_that_is_not_there_is_one_line() -> None:
    with pytest.raises(SystemExit, match="unknown device 'abacus'"):
        main(["--device", "abacus"])


MEASURED = DeviceMemory(before=1500, requested=11_500, allocated=12_000, reserved=20_000, taken=30_000)


@pytest.mark.parametrize(
    ("predicted", "state"),
    [(11_000, OK), (11_100, OK), (11_200, FAILED), (10_900, OK), (10_000, NOTED), (None, NOTED)],
)
def test_memory_is_held_against_what_was_asked_for_less_what_was_no_tensor(predicted: int | None, state: str) -> None:
    # 1500 bytes were there, 1000 of them tensors: the other 500 are a library's, and 11,000 remain of the peak.
    assert compared("memory", MEASURED, 1000, predicted).state == state
