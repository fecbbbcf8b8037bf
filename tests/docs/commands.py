"""The command lines that README.md and the pages of docs/ show, in blocks of code and in tables."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

BLOCK = re.compile(r"^ *```(?:bash|ipython|yaml)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\|.*", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
COMMENT = re.compile(r" +# (?:exit code (?P<code>\d)$)?.*")
AROUND = re.compile(r" && | \| | > |\$\(|\)\"|run: ")  # what stands before a command, or after it
PROGRAMS = ("netstat ", "%netstat ", "python ")


class Line(NamedTuple):
    """Commands that stand on a line of a page, and the exit code that it says they end with."""

    page: str
    commands: tuple[str, ...]
    code: int

    def words(self) -> list[list[str]]:
        """The arguments of each command."""
        return [shlex.split(command)[1:] for command in self.commands]


def lines(page: Path) -> Iterator[Line]:
    """The lines of a page that hold commands."""
    text = page.read_text(encoding="utf-8")
    of_blocks = (line for block in BLOCK.findall(text) for line in block.splitlines())
    of_tables = (code for row in ROW.findall(text) for code in CODE.findall(row))
    for line in (*of_blocks, *of_tables):
        comment = COMMENT.search(line)
        code = int(comment["code"] or 0) if comment else 0
        parts = (part.strip() for part in AROUND.split(COMMENT.sub("", line)))
        if commands := tuple(part.removeprefix("%") for part in parts if part.startswith(PROGRAMS)):
            yield Line(page.name, commands, code)
