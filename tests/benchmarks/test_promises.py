"""The page of promises says met where a promise was kept, and not met where it was not. No test looks at a clock."""

from typing import Any

import pytest

from tests.benchmarks.promises import PARTS
from tests.benchmarks.promises_page import SECTIONS, render

RUN = {
    "median_seconds": 1.0, "ci95_seconds": [0.9, 1.1], "reliable": True, "warnings": [], "threads": 2,
    "second_look": False, "model": "alexnet", "batch": 1, "unattributed_seconds": 0.02, "hooked_seconds": 1.0,
    "over": [],
}  # fmt: skip
PLACE = {"cpu_model_name": "Example", "cpu_count": 2, "torch_version": "2"}


def intervals(held: int, reliable: int) -> dict[str, Any]:
    runs = [
        RUN | {"ci95_seconds": [0.9, 1.1] if index < held else [1.01, 1.1], "reliable": index < reliable}
        for index in range(20)
    ]
    each = [{"seconds": 9.0, "benchmarks": [run]} for run in runs]
    return {"environment": PLACE, "runs": each, "samples": [[1.0]] * 20}


def test_every_part_has_a_section() -> None:
    assert PARTS.keys() == SECTIONS.keys()


@pytest.mark.parametrize(("held", "reliable", "misses"), [(18, 18, 0), (17, 18, 1), (18, 17, 1), (20, 20, 0)])
def test_eighteen_of_twenty_is_enough(held: int, reliable: int, misses: int) -> None:
    assert SECTIONS["intervals"](intervals(held, reliable)).count("**not met**") == misses


@pytest.mark.parametrize(("marked", "misses"), [(19, 0), (18, 1)])
def test_nineteen_of_twenty_loaded_runs_must_be_marked(marked: int, misses: int) -> None:
    runs = [{"seconds": 1.0, "benchmarks": [RUN | {"reliable": index >= marked}]} for index in range(20)]
    assert SECTIONS["loaded"]({"runs": runs}).count("**not met**") == misses


@pytest.mark.parametrize(("theirs", "misses"), [(1.02, 0), (1.2, 1), (0.98, 0), (0.8, 1)])
def test_torchs_figure_is_inside_or_near(theirs: float, misses: int) -> None:
    found = {
        "together": [{"ours": [0.9, 1.0, 1.1] * 9, "theirs": [theirs] * 9}] * 3,
        "apart": {"theirs": [0.95, 1.05, 1.2], "ours": [RUN] * 3},
    }
    page = SECTIONS["torch"](found)
    assert page.count("**not met**") == misses
    assert "1050 ms against 1000 ms (+5.0 %), inside 3 of 3 intervals" in page


@pytest.mark.parametrize(
    ("changed", "misses"),
    [
        ({}, 0),
        ({"over": ["a"]}, 0),
        ({"over": ["a", "b"]}, 1),
        ({"unattributed_seconds": 0.06}, 1),
        ({"unattributed_seconds": -0.02}, 1),
        ({"hooked_seconds": 1.06}, 1),
    ],
)
def test_layers_add_up_within_their_limits(changed: dict[str, Any], misses: int) -> None:
    assert SECTIONS["layers"]([RUN | changed]).count("**not met**") == misses


@pytest.mark.parametrize(("seconds", "misses"), [(19.9, 0), (20.1, 1)])
def test_a_whole_job_stays_within_its_time(seconds: float, misses: int) -> None:
    page = render({"totals": [{"command": "netstat profile alexnet", "seconds": [seconds]}]})
    assert page.count("**not met**") == misses
    assert page.startswith("# Promises")
