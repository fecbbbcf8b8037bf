"""A Jupyter notebook: the calls that make a result, each with what it gave as its output."""

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from netstat import __version__
from netstat.errors import UsageError
from netstat.records.base import Record
from netstat.records.view import View
from netstat.registry import REPORTS
from netstat.reports._chapters import chapters
from netstat.reports._code import OBJECT, needs_object
from netstat.reports._fragment import fragment
from netstat.reports._table import printable
from netstat.reports.md import escaped

Cell = dict[str, Any]
WIDTH = 120  # characters of the table as text, for whoever cannot show the other
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
AGAIN = "Written by netstat, with the results it had. The cells can be run again, in the folder where it was called."
NAMELESS = "The model was an object, which no file can name: put it into the cell below before running the others."
DRAWING = "from IPython.display import Image\nfrom netstat.registry import REPORTS\n\n"


@REPORTS.add("ipynb")
class Notebook:
    """Opens filled, and runs again. Version 4.5 of the format, which is JSON, so that no library is needed for it."""

    mark: ClassVar[bytes] = b'"netstat": "'

    @staticmethod
    def render(record: Record, view: View | None = None) -> bytes:
        """UTF-8: a cell for each section of the record, and one for its chart; equal records give equal files."""
        cells = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(_cells(record), 1)]
        metadata = {"netstat": __version__, "kernelspec": KERNEL, "language_info": {"name": "python"}}
        notebook = {"metadata": metadata, "nbformat": 4, "nbformat_minor": 5, "cells": cells}
        return f"{json.dumps(notebook, indent=1)}\n".encode()

    @staticmethod
    def fragment(record: Record) -> str:
        """What the output of a cell shows of a record: HTML that keeps to itself."""
        return fragment(record)


def _cells(record: Record) -> Iterator[Cell]:
    yield _text(f"# {escaped(_name(record))}", AGAIN)
    imported, drawing, wanted = "import netstat\n\n", DRAWING, ""
    for number, chapter in enumerate(chapters(record), 1):
        if chapter.title or chapter.text:
            yield _text(*filter(None, (chapter.title and f"## {escaped(chapter.title)}", chapter.text)))
        if needs_object(chapter.record) and wanted != (wanted := _name(chapter.record)):
            yield _text(NAMELESS)
            yield _code(f"{OBJECT} = ...  # {printable(wanted)}", ())
        yield _code(f"{imported}{chapter.code}\n{chapter.name}", [_shown(chapter.record)], 2 * number - 1)
        imported = ""
        if chart := _chart(chapter.record):
            yield _code(f'{drawing}Image(REPORTS["png"].render({chapter.name}))', [chart], 2 * number)
            drawing = ""


def _name(record: Any) -> str:
    """The model or models, the kind of a record that is of none."""
    if record.kind == "report":
        return ", ".join(each.profile.model for each in record.models)
    return getattr(record, "model", "") or record.kind


def _shown(record: Record) -> dict[str, str]:
    """What a notebook shows of a record, the text in one width wherever it is written."""
    from netstat.reports.table import record_text

    return {"text/html": record._repr_html_(), "text/plain": record_text(record, WIDTH).rstrip("\n")}


def _chart(record: Record) -> dict[str, str] | None:
    """The record's chart, None where it has none."""
    try:
        drawn = REPORTS["png"].render(record)
    except UsageError:
        return None
    return {"image/png": b64encode(drawn).decode(), "text/plain": "<IPython.core.display.Image object>"}


def _text(*paragraphs: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": "\n\n".join(paragraphs)}


def _code(source: str, shown: Sequence[dict[str, str]], number: int | None = None) -> Cell:
    outputs = [
        {"output_type": "execute_result", "execution_count": number, "metadata": {}, "data": data} for data in shown
    ]
    return {"cell_type": "code", "execution_count": number, "metadata": {}, "outputs": outputs, "source": source}
