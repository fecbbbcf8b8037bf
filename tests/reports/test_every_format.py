"""What holds for every format and every kind of record."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from netstat.errors import UsageError
from netstat.records.base import Record
from netstat.records.reading import from_dict
from netstat.registry import REPORTS
from tests.reports.samples import ALEXNET_PROFILE, RECORDS

TEXT = ["table", "json", "csv", "md", "tex"]
IMAGES = ["png", "svg"]
CASES = [(format, name) for format in (*TEXT, *IMAGES) for name in RECORDS]


def saved_and_loaded(record: Record) -> Record:
    return from_dict(json.loads(REPORTS["json"].render(record)))


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def test_these_are_all_formats() -> None:
    assert sorted(REPORTS.names()) == sorted([*TEXT, *IMAGES])


@pytest.mark.parametrize(("format", "name"), CASES)
def test_a_saved_record_renders_to_every_format_as_the_live_one(format: str, name: str) -> None:
    record = RECORDS[name]
    assert REPORTS[format].render(saved_and_loaded(record)) == REPORTS[format].render(record)


@pytest.mark.parametrize("format", [*TEXT, *IMAGES])
def test_a_file_begins_with_the_mark_of_its_format(format: str) -> None:
    report = REPORTS[format]
    for record in RECORDS.values() if format in TEXT else [ALEXNET_PROFILE]:
        assert report.mark in report.render(record)[:4096]


@pytest.mark.parametrize("format", [*TEXT, *IMAGES])
def test_a_report_replaces_its_own_file_and_nobody_elses(format: str, tmp_path: Path) -> None:
    if format == "table":
        pytest.skip("the terminal's format has no suffix")
    path = tmp_path / f"result.{format}"
    ALEXNET_PROFILE.save(path)
    ALEXNET_PROFILE.save(path)
    path.write_text("somebody else's")
    with pytest.raises(UsageError, match="netstat did not write it"):
        ALEXNET_PROFILE.save(path)


@pytest.mark.parametrize("format", TEXT)
def test_no_name_controls_what_it_is_shown_on(format: str) -> None:
    text = REPORTS[format].render(RECORDS["a hostile, incomplete profile"]).decode()
    assert {unicodedata.category(char) for char in text.replace("\n", "")}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})


@pytest.mark.parametrize("format", TEXT)
def test_a_text_ends_with_one_newline_and_has_no_trailing_blanks_but_in_csv(format: str) -> None:
    text = REPORTS[format].render(RECORDS["a profile with everything"]).decode()
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


def test_text_formats_load_neither_matplotlib_nor_numpy() -> None:
    program = f"""
import sys
from netstat.registry import REPORTS
from tests.reports.samples import RECORDS
for record in RECORDS.values():
    for format in {TEXT}:
        REPORTS[format].render(record)
print(sorted({{"matplotlib", "numpy"}} & set(sys.modules)))
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
