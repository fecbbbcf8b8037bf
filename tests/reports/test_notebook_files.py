"""`-o x.ipynb`: a notebook that opens filled and can be run again."""

from pathlib import Path
from typing import Any

import pytest

from netstat.cli import main
from netstat.registry import REPORTS
from tests.reports.samples import RECORDS
from tests.reports.test_code_of_records import MODEL

pytestmark = pytest.mark.charts

FULL = "a profile with everything"
HOSTILE = "a hostile, incomplete profile"


def notebook(name: str) -> Any:
    import nbformat

    return nbformat.reads(REPORTS["ipynb"].render(RECORDS[name]).decode(), as_version=4)


def shown(cell: Any) -> str:
    """Output of a cell as text, as far as it is counted and not measured."""
    return "".join(output["data"].get("text/html", "") for output in cell.outputs)


@pytest.mark.parametrize("name", [FULL, "an explanation", "a hostile explanation", "ceilings", "a comparison"])
def test_a_notebook_is_one_by_the_formats_own_rules(name: str) -> None:
    import nbformat

    nbformat.validate(notebook(name))


def test_each_section_of_a_profile_has_the_call_that_makes_it_its_table_and_its_chart() -> None:
    cells = [cell for cell in notebook(FULL).cells if cell.cell_type == "code"]
    calls = [line for cell in cells for line in cell.source.splitlines() if "= netstat." in line]
    assert [line.partition("(")[0] for line in calls] == [
        "p = netstat.profile",
        "checks = netstat.crosscheck",
        "times = netstat.benchmark",
    ]
    kinds = [set(output["data"]) for cell in cells for output in cell.outputs]
    assert kinds == [{"text/html", "text/plain"}, {"image/png", "text/plain"}] * 3


@pytest.mark.slow
def test_equal_records_give_equal_notebooks() -> None:
    assert REPORTS["ipynb"].render(RECORDS[FULL]) == REPORTS["ipynb"].render(RECORDS[FULL])


def test_it_says_that_an_object_has_to_be_put_there() -> None:
    cells = notebook(FULL).cells
    assert cells[1].source.startswith("The model was an object")
    assert cells[2].source.startswith("model = ...  # ")


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.parametrize(
    "words",
    [
        ["profile", "alexnet", "-b", "2", "--fast"],
        ["profile", "torchvision:resnet18", "-i", "3x64x64", "--no-time", "--against", "torch"],
        ["report", "lenet", "--fast", "--force"],
        ["profile", "my_tagger.py:Tagger", "-i", "ids=16:int64", "-i", "weights=16x5", "--fast"],
    ],
    ids=lambda words: words[1],
)
def test_a_notebook_of_a_command_runs_again_and_shows_the_same(words, tmp_path: Path, monkeypatch) -> None:
    from nbclient import NotebookClient
    from nbformat import read

    (tmp_path / "my_tagger.py").write_text(MODEL)
    monkeypatch.chdir(tmp_path)
    assert main([*words, "-q", "-o", "r.ipynb"]) == 0
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    before, after = read("r.ipynb", as_version=4), read("r.ipynb", as_version=4)
    NotebookClient(after, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert [*map(shown, code(before))] == [*map(shown, code(after))]
    assert any(map(shown, code(after)))


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_no_part_of_a_name_becomes_code_or_markup() -> None:
    cells = notebook(HOSTILE).cells
    assert "<script>" not in "".join(cell.source for cell in cells if cell.cell_type == "markdown")
    used = {name for cell in code(notebook(HOSTILE)) for name in compile(cell.source, "cell", "exec").co_names}
    calls = {"profile", "p", "crosscheck", "checks", "benchmark", "times", "model"}
    assert used - calls == {"netstat", "IPython.display", "Image", "netstat.registry", "REPORTS", "render"}
