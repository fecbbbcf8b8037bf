"""`%netstat` in IPython itself, in a terminal's and in a notebook's kernel."""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from netstat.cli import main
from netstat.records.reading import from_dict

interactiveshell = pytest.importorskip("IPython.core.interactiveshell")


@pytest.fixture
def shell(tmp_path, monkeypatch) -> Iterator[Any]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # the shell puts its own there
    shell = interactiveshell.InteractiveShell()
    shell.run_cell("%load_ext netstat").raise_error()
    yield shell
    shell.history_manager.end_session()


def test_the_magic_prints_what_the_command_prints(shell: Any, capsys) -> None:
    main(["profile", "alexnet", "--fast"])
    wanted = capsys.readouterr().out
    shell.run_cell("name = 'alexnet'\n%netstat profile {name} --fast").raise_error()
    assert capsys.readouterr().out == wanted


@pytest.mark.parametrize(("line", "code"), [("profile", 2), ("list nothing", 2), ("profile lenet --fast -i 1x2x2", 3)])
def test_a_command_that_fails_fails_the_cell_in_two_lines(shell: Any, capsys, line: str, code: int) -> None:
    result = shell.run_cell(f"%netstat {line}")
    said = capsys.readouterr()
    assert str(result.error_in_exec) == f"netstat ended with exit code {code}"
    assert said.err.startswith("netstat: ")
    assert "Traceback" not in said.err + said.out


def test_help_ends_the_command_alone(shell: Any, capsys) -> None:
    shell.run_cell("%netstat profile --help").raise_error()
    assert capsys.readouterr().out.startswith("usage: netstat profile")


NOTEBOOK = [
    "%load_ext netstat",
    "%netstat profile lenet --fast --json",
    "%netstat badge lenet",
    "from torch.nn import Linear, Sequential\n\ndef own():\n    return Sequential(Linear(8, 4))",
    "%netstat stat __main__:own -i 8",
]


@pytest.mark.slow
@pytest.mark.torch
def test_a_notebook_runs_it_with_json_and_with_a_class_of_its_own() -> None:
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_notebook

    notebook = new_notebook(cells=[new_code_cell(source) for source in NOTEBOOK])
    NotebookClient(notebook, timeout=120).execute()
    _, saved, badge, _, own = ["".join(output["text"] for output in cell.outputs) for cell in notebook.cells]
    assert from_dict(json.loads(saved)).totals.params == 61_706
    assert badge.startswith("![lenet: 61.71 k params")
    assert re.search(r"^params +36 ", own, re.MULTILINE)
