"""Notebooks are committed with the output they have; that they run from top to bottom, CI sees to (nbmake)."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.notebooks.scripts import SCRIPTS, notebook_of

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
MOST_BYTES = 400_000
PLACES = re.compile(r"(?<![\w.])/(?:home|root|tmp|usr|opt|mnt|var|Users|private)/|[A-Z]:\\\\")
MEASURED = re.compile(r"\d\s*(?:[mµun]?s|milliseconds?|seconds?|min|minutes?|h|hours?)\b")
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def outputs(path: Path) -> list[Any]:
    """All outputs of a notebook."""
    return [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", ())]


def test_these_are_the_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "01-alexnet",
        "02-documents-checked",
        "03-vgg",
        "04-cross-check",
        "05-timing-roofline-memory",
        "06-your-own-model",
    ]


def test_every_notebook_is_written_as_a_script() -> None:
    assert [path.stem for path in SCRIPTS] == [path.stem for path in NOTEBOOKS]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_notebook_has_the_cells_of_its_script(script: Path) -> None:
    committed = nbformat.read(script.with_suffix(".ipynb"), as_version=4)
    cells = [[(cell.cell_type, cell.source) for cell in each.cells] for each in (committed, notebook_of(script))]
    assert cells[0] == cells[1]


@each_notebook
def test_every_code_cell_is_committed_with_its_output(path: Path) -> None:
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    assert all(cell.outputs for cell in cells)


@each_notebook
def test_no_output_is_an_error_a_warning_or_names_a_place_on_a_machine(path: Path) -> None:
    assert not [output for output in outputs(path) if output.output_type == "error" or output.get("name") == "stderr"]
    texts = [output.get("text", "") + str(output.get("data", {}).get("text/plain", "")) for output in outputs(path)]
    assert [text for text in texts if PLACES.search(text)] == []


@each_notebook
def test_text_quotes_no_time_that_no_cell_measured(path: Path) -> None:
    texts = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    assert [text for text in texts if MEASURED.search(text)] == []


def test_what_stands_for_a_place_and_a_time_is_found() -> None:
    assert PLACES.search(f"File '/{'home'}/me/x.py'")
    assert not PLACES.search("40 operations/s, and/or")
    assert all(map(MEASURED.search, ["takes 3.2 ms", "73µs", "10 minutes", "5 s."]))
    assert not any(map(MEASURED.search, ["3×3 convolutions", "128 images", "a size of 7"]))


@each_notebook
def test_a_notebook_shows_charts_inside_and_stays_small(path: Path) -> None:
    assert any("image/png" in output.get("data", {}) for output in outputs(path))
    assert path.stat().st_size < MOST_BYTES
