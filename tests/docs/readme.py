"""The output blocks of README.md: what stands there, and what the commands print now.

`python tests/docs/readme.py` writes the present output into README.md.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"<!-- output of: netstat (?P<command>[^\n]*) -->\n```text\n(?P<output>.*?)```", re.DOTALL)
WIDTH = "120"


def blocks(text: str) -> list[tuple[str, str]]:
    """(command, output) of each block."""
    return [(found["command"], found["output"]) for found in BLOCK.finditer(text)]


def output_of(command: str) -> str:
    """What `netstat COMMAND` prints."""
    return subprocess.run(
        [sys.executable, "-m", "netstat", *command.split()],
        env={**os.environ, "COLUMNS": WIDTH, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout


def rewritten(text: str) -> str:
    """The README with each block's present output."""

    def block(found: re.Match[str]) -> str:
        command = found["command"]
        return f"<!-- output of: netstat {command} -->\n```text\n{output_of(command)}```"

    return BLOCK.sub(block, text)


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
