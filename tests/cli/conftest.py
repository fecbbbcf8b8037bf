"""Running the program inside the test's process."""

from pathlib import Path

import pytest

from netstat.cli import main
from tests.cli.runs import Ended, Refused, Run, contents


@pytest.fixture
def netstat(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the program in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)

    def run(*arguments: str) -> Ended:
        code = main(arguments)
        return Ended(code, *capsys.readouterr())

    return run


@pytest.fixture
def refused(netstat: Run, tmp_path: Path) -> Refused:
    """Runs the program, which must end with `code`, one line on stderr and nothing else; returns what the line says."""

    def run(*arguments: str, code: int = 2) -> str:
        before = contents(tmp_path)
        ended = netstat(*arguments)
        assert (ended.code, ended.out) == (code, ""), ended.err
        assert contents(tmp_path) == before
        assert ended.err.startswith("netstat: ")
        assert ended.err.count("\n") == 1
        assert ended.err.endswith("\n")
        return ended.err.removeprefix("netstat: ").rstrip("\n")

    return run
