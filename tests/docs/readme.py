"""The output blocks of README.md and of pages in docs/: what stands there, and what the commands print now.

`python tests/docs/readme.py` writes the present output into all of them.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
EXTENDING, DENSE, EXPLAIN, LAYERS, FIELDS, FINE_TUNING, INTEGRATIONS = (
    ROOT / "docs" / f"{name}.md"
    for name in ("extending", "dense", "explain", "layers", "fields", "fine-tuning", "integrations")
)
BLOCK = re.compile(r"<!-- output of: netstat (?P<command>[^\n]*) -->\n```text\n(?P<output>.*?)```", re.DOTALL)
FILE = re.compile(r"<!-- file: (?P<name>\S+) -->\n```\w+\n(?P<text>.*?)```", re.DOTALL)
WIDTH = "120"


def blocks(text: str) -> list[tuple[str, str]]:
    """(command, output) of each block."""
    return [(found["command"], found["output"]) for found in BLOCK.finditer(text)]


def examples(text: str, language: str) -> list[str]:
    """The code blocks in `language`, files left out."""
    return re.findall(rf"```{language}\n(.*?)```", FILE.sub("", text), re.DOTALL)


def write_files(text: str, folder: Path) -> None:
    """Put the files a page shows into `folder`."""
    for found in FILE.finditer(text):
        file = folder / found["name"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(found["text"], encoding="utf-8")


def run(command: list[str], folder: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    """Python with these arguments in `folder`, where `paths` are the installed packages besides this netstat."""
    found = os.pathsep.join(map(str, (ROOT, *paths)))
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "COLUMNS": WIDTH, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": found},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def output_of(command: str, folder: Path = ROOT) -> str:
    """What `netstat COMMAND` prints in `folder`; a check may fail, which is what it then shows."""
    done = run(["-m", "netstat", *shlex.split(command)], folder)
    if done.returncode != 1 or not done.stdout:
        done.check_returncode()
    return done.stdout


def rewritten(text: str) -> str:
    """The page with each block's present output."""

    def block(found: re.Match[str]) -> str:
        command = found["command"]
        return f"<!-- output of: netstat {command} -->\n```text\n{output_of(command, folder)}```"

    with TemporaryDirectory() as name:
        folder = Path(name)
        write_files(text, folder)
        return BLOCK.sub(block, text)


if __name__ == "__main__":
    for page in (README, *sorted((ROOT / "docs").glob("*.md"))):
        page.write_text(rewritten(page.read_text(encoding="utf-8")), encoding="utf-8")
