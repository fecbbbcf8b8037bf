"""What a run of the program is to a test."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Ended(NamedTuple):
    """How a run ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]
Refused = Callable[..., str]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, except what Python makes of the modules in it."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc")
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
