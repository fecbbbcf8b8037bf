"""docs/documents.md says what netstat says now, and every row of it has a test of its own."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import page
from tests.documents.row import ROWS
from tests.documents.systems import EXPORT

pytestmark = pytest.mark.torch

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# Rows with Python among their commands; tests/docs runs those of the others, one by one.
FOLLOWED = [name for name, row in ROWS.items() if any(command.startswith("python ") for command in row.commands)]
SYSTEMS, CLAIMS = 17, 22


def _sections(text: str) -> dict[str, str]:
    """Text below each heading of a row, by the row's name."""
    parts = re.split(r"^## ([SC]\d+): ", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_system_and_claim_has_a_row() -> None:
    assert set(ROWS) == {*(f"S{n}" for n in range(1, SYSTEMS + 1)), *(f"C{n}" for n in range(1, CLAIMS + 1))}


def test_every_row_has_a_test_named_after_it() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in sorted(HERE.glob("test_*.py")))
    named = set(re.findall(r"^def test_([sc]\d+)_", tests, re.MULTILINE))
    assert named == {name.lower() for name in ROWS}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(ROWS))
def test_a_row_of_the_page_says_what_is_counted_now(name: str) -> None:
    written = _sections(page.PAGE.read_text(encoding="utf-8"))[name]
    assert "\n".join(page._section(ROWS[name])).partition("\n")[2].strip() == written.partition("\n")[2].strip()


@pytest.mark.slow
@pytest.mark.parametrize("name", FOLLOWED)
def test_the_commands_of_a_row_run_one_after_the_other(name: str, tmp_path: Path) -> None:
    for command in ROWS[name].commands:
        words = [
            sys.executable,
            *(["-m", "netstat"] if command.startswith("netstat ") else []),
            *shlex.split(command)[1:],
        ]
        done = subprocess.run(
            words,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout or command == EXPORT
