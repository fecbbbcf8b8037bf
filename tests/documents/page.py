"""docs/documents.md: every row with its verdict, the command that shows it, and the figures."""

from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.page import table
from tests.documents import claims, systems, times  # noqa: F401  they fill ROWS
from tests.documents.row import VERDICTS, Row, in_order

PAGE = Path(__file__).parents[2] / "docs" / "documents.md"
HEAD = """# The documents, checked

Five study notes on AlexNet and VGG are where netstat comes from. Every system in them (S) runs here, and every claim
(C) is held against netstat's own figures. This page is written by

```bash
python -m tests.documents             # figures that are counted, anew; those that were measured, from the file
python -m tests.documents --measure   # measured anew as well: a few minutes on a quiet machine
```

What was measured is in [measurements/documents.json](measurements/documents.json), with the machine it was measured on.
`tests/documents` has a test named after each row, and `notebooks/02-documents-checked.ipynb` goes through the rows by
hand.
"""


def render() -> str:
    """The page, as netstat counts now and measured when the file was written."""
    rows = in_order()
    verdicts = table(["verdict", "means"], [[f"**{name}**", means] for name, means in VERDICTS.items()])
    listed = table(["row", "about", "verdict"], [[_link(each), each.title, each.verdict] for each in rows])
    return "\n".join([HEAD, verdicts, listed, *(block for each in rows for block in _section(each))])


def _heading(row: Row) -> str:
    return f"{row.name}: {row.title}"


def _link(row: Row) -> str:
    kept = "".join(char for char in _heading(row).lower() if char.isalnum() or char in " -_")
    return f"[{row.name}](#{kept.replace(' ', '-')})"


def _section(row: Row) -> Iterator[str]:
    yield f"## {_heading(row)}\n"
    yield f"> {row.says}\n"
    yield "```bash\n" + "\n".join(row.commands) + "\n```\n"
    yield f"**{row.verdict}.**\n"
    yield from (f"{block.rstrip()}\n" for block in row.findings())
