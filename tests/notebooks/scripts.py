"""Notebooks are written as scripts in the percent format, which a reader of changes can read; jupytext pairs the two."""

from pathlib import Path
from typing import Any

import jupytext

SCRIPTS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.py"))
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebook_of(script: Path) -> Any:
    """The notebook of a script, without outputs; cells are named by their place, so that a rerun changes no name."""
    notebook = jupytext.read(script, fmt="py:percent")
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for number, cell in enumerate(notebook.cells, 1):
        cell["id"], cell.metadata = f"cell-{number}", {}
    return notebook
