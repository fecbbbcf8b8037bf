"""No file of the repository names the machine it was written or measured on, nor where its packages came from."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BINARY = {".png", ".ico", ".gz", ".zip", ".pt", ".pt2", ".onnx"}
FOREIGN = {
    "an absolute path of somebody's machine": re.compile(
        r"(?<![\w.~<{$-])/(?:home|Users|root|tmp|var|opt|work|mnt|srv|usr/local)/\w|\b[A-Z]:\\+Users\b"
    ),
    "where packages were fetched from": re.compile(
        r"files\.pythonhosted\.org|\bpypi\.org/simple|--(?:extra-)?index-url|trusted-host|--find-links"
    ),
    "a host nobody else can reach": re.compile(
        r"\blocalhost:\d|\b(?:127|10)\.\d+\.\d+\.\d+\b|\b192\.168\.\d+\.\d+\b|\.(?:internal|corp|lan)(?=[/:])"
    ),
}


def repository_files() -> Iterator[Path]:
    """What git tracks or would track; where there is no git, every file outside hidden and cache folders."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = [str(file.relative_to(ROOT)) for file in ROOT.rglob("*") if not ignored(file.relative_to(ROOT))]
    yield from (ROOT / name for name in listed if name and (ROOT / name).is_file())


def ignored(file: Path) -> bool:
    return any(part.startswith(".") or part in {"__pycache__", "build", "dist"} for part in file.parts[:-1])


def findings(text: str) -> list[str]:
    """Each line of `text` that says what it should not, with what it is."""
    lines = text.splitlines()
    return [f"{number}: {what}" for number, line in enumerate(lines, 1) for what in said(line)]


def said(line: str) -> list[str]:
    return [f"{what}: {match[0]}" for what, pattern in FOREIGN.items() if (match := pattern.search(line))]


def test_no_file_names_a_machine_or_a_package_mirror() -> None:
    texts = {
        file: file.read_bytes() for file in repository_files() if file.suffix not in BINARY and file != Path(__file__)
    }
    found = {str(file.relative_to(ROOT)): findings(content.decode("utf-8")) for file, content in texts.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_repository_has_files_to_look_at() -> None:
    names = {file.relative_to(ROOT).as_posix() for file in repository_files()}
    assert {"pyproject.toml", "README.md", "netstat/__init__.py"} <= names


@pytest.mark.parametrize(
    "line",
    [
        'sys.path.insert(0, "/home/ann/netstat")',
        "File /tmp/x1/model.py, line 3",
        "argv: ['/opt/python/bin/netstat']",
        r"C:\Users\ann",
        "pip install --index-url somewhere",
        "http://10.1.2.3/simple",
    ],
)
def test_a_line_that_says_too_much_is_found(line: str) -> None:
    assert len(findings(line)) == 1


@pytest.mark.parametrize(
    "line",
    ["path/to/file.py:factory", "https://pytorch.org/docs/tmp/", "macs/s", "2/3 home/away", "#!/usr/bin/env bash"],
)
def test_a_line_that_is_fine_is_left_alone(line: str) -> None:
    assert findings(line) == []
