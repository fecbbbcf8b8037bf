"""What holds for every format and every kind of record."""

import json
import subprocess
import sys
import unicodedata
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from netstat.errors import UsageError
from netstat.records.base import Record, write
from netstat.records.reading import from_dict
from netstat.registry import REPORTS
from tests.reports.samples import (
    ACTIVATIONS,
    BENCHMARKS,
    CHECKS,
    COMPARISON,
    CPU,
    EXPLANATION,
    FORECAST,
    FORECASTS,
    PIPELINE,
    PUBLISHED,
    RECORDS,
    profile_of,
)

TEXT = ["table", "json", "csv", "md", "tex", "html"]
IMAGES = ["png", "svg"]
NOTEBOOK = "ipynb"  # text and images
DRAWN = [pytest.param(format, marks=pytest.mark.charts) for format in (*IMAGES, NOTEBOOK)]
CASES = [(format, name) for format in TEXT for name in RECORDS]
NOT_DRAWN = {
    "a profile",
    "a profile with layers frozen",
    "budgets",
    "published figures",
    "formulas",
    "an explanation",
    "a hostile explanation",
}
CASES += [
    pytest.param(format, name, marks=pytest.mark.charts)
    for format in IMAGES
    for name in RECORDS
    if name not in NOT_DRAWN
]
FULL = "a profile with everything"
HOSTILE = "a hostile, incomplete profile"
CASES += [pytest.param(NOTEBOOK, name, marks=pytest.mark.charts) for name in (FULL, HOSTILE, "an explanation")]


@cache
def live(format: str, name: str) -> bytes:
    return REPORTS[format].render(RECORDS[name])


def saved_and_loaded(record: Record) -> Record:
    return from_dict(json.loads(REPORTS["json"].render(record)))


def test_these_are_all_formats() -> None:
    assert sorted(REPORTS.names()) == sorted([*TEXT, *IMAGES, NOTEBOOK])


@pytest.mark.slow
@pytest.mark.parametrize(("format", "name"), CASES)
def test_a_saved_record_renders_to_every_format_as_the_live_one(format: str, name: str) -> None:
    assert REPORTS[format].render(saved_and_loaded(RECORDS[name])) == live(format, name)


@pytest.mark.parametrize("format", [*TEXT, *DRAWN])
def test_a_file_begins_with_the_mark_of_its_format(format: str) -> None:
    for name in RECORDS if format in TEXT else [FULL]:
        assert REPORTS[format].mark in live(format, name)[:4096]


@pytest.mark.parametrize("format", [*TEXT, *DRAWN])
def test_a_report_replaces_its_own_file_and_nobody_elses(format: str, tmp_path: Path) -> None:
    path, content, mark = tmp_path / f"result.{format}", live(format, FULL), REPORTS[format].mark
    write(path, content, mark=mark)
    write(path, content, mark=mark)
    assert path.read_bytes() == content
    path.write_text("somebody else's")
    with pytest.raises(UsageError, match="netstat did not write it"):
        write(path, content, mark=mark)


@pytest.mark.parametrize("format", TEXT)
def test_no_name_controls_what_it_is_shown_on(format: str) -> None:
    text = live(format, HOSTILE).decode("utf-8-sig").replace("\r\n", "\n")
    assert {unicodedata.category(char) for char in text.replace("\n", "")}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})


@pytest.mark.parametrize("format", TEXT)
def test_a_text_ends_with_one_newline_and_its_lines_with_no_blank(format: str) -> None:
    text = live(format, FULL).decode()
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("format", [*TEXT, *DRAWN])
def test_records_of_nothing_are_shown_as_such_or_have_no_chart(format: str) -> None:
    nothing = [
        profile_of("nothing", ()),
        replace(BENCHMARKS, benchmarks=()),
        replace(BENCHMARKS, benchmarks=(replace(CPU, layers=()),)),
        replace(CHECKS, crosscheck=()),
        replace(COMPARISON, models=()),
        replace(ACTIVATIONS, activations=()),
        replace(FORECASTS, forecasts=()),
        replace(FORECASTS, forecasts=(replace(FORECAST, layers=(), remarks=()),)),
        replace(PIPELINE, stages=(), loaders=(), models=(), loops=()),
        replace(EXPLANATION, layers=(), unexplained=()),
        replace(PUBLISHED, published=()),
    ]
    for record in nothing:
        shown = rendered_or_refused(format, record)
        assert shown if isinstance(shown, bytes) else format in IMAGES and "has no chart" in shown


def rendered_or_refused(format: str, record: Record) -> bytes | str:
    """The file, or why there is none."""
    try:
        return REPORTS[format].render(record)
    except UsageError as refusal:
        return str(refusal)


@pytest.mark.parametrize("format", [*TEXT, pytest.param("svg", marks=pytest.mark.charts)])
def test_a_forecast_is_called_one_in_every_format(format: str) -> None:
    assert b"forecast" in live(format, "forecasts").lower()


def test_every_row_of_a_file_of_data_says_that_it_is_a_forecast() -> None:
    _, *rows = live("csv", "forecasts").splitlines()
    assert all(row.startswith(b"forecast,") for row in rows)


@pytest.mark.charts
@pytest.mark.parametrize("format", IMAGES)
def test_published_figures_have_no_chart_and_say_what_to_write(format: str) -> None:
    with pytest.raises(UsageError, match=r"^a record of kind 'published' has no chart; write it to"):
        REPORTS[format].render(PUBLISHED)


@pytest.mark.charts
@pytest.mark.parametrize("format", IMAGES)
def test_an_explanation_has_no_chart_and_says_what_to_write(format: str) -> None:
    with pytest.raises(UsageError, match=r"^a record of kind 'explanation' has no chart; write it to \.md"):
        REPORTS[format].render(EXPLANATION)


def test_text_formats_load_neither_matplotlib_nor_numpy() -> None:
    program = f"""
import sys
from netstat.registry import REPORTS
from tests.reports.samples import BENCHMARKS, CHECKS, COMPARISON, CPU, RECORDS, profile_of
for record in RECORDS.values():
    for format in {TEXT}:
        REPORTS[format].render(record)
print(sorted({{"matplotlib", "numpy"}} & set(sys.modules)))
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
