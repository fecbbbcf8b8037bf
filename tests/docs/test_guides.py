"""Who follows the tutorial or the recipes from top to bottom comes to where they lead."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from readme import FILE, ROOT, blocks, output_of, run, write_files

from netstat.cli import main

TUTORIAL, HOW_TO = (ROOT / "docs" / f"{name}.md" for name in ("tutorial", "how-to"))
SHOWN = blocks(TUTORIAL.read_text(encoding="utf-8"))
PEER_VERSION = re.compile(r"^thop \S+ +", re.MULTILINE)
PRINTS = re.compile(r"print\(.*\)  # (.*)")


def steps(text: str) -> Iterator[tuple[str, str]]:
    """What the page has its reader do, in its order: Python examples, and single command lines."""
    for language, code in re.findall(r"```(bash|python)\n(.*?)```", FILE.sub("", text), re.DOTALL):
        yield from ([(language, code)] if language == "python" else ((language, line) for line in code.splitlines()))


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.peers
@pytest.mark.parametrize("page", [TUTORIAL, HOW_TO], ids=lambda page: page.stem)
def test_a_guide_can_be_followed(page: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    text = page.read_text(encoding="utf-8")
    write_files(text, tmp_path)
    monkeypatch.chdir(tmp_path)
    for language, code in steps(text):
        if language == "python":
            done = run(["-c", code], tmp_path)
            assert done.returncode == 0, done.stderr
            assert [line for line in done.stdout.splitlines() if line in PRINTS.findall(code)] == PRINTS.findall(code)
        else:
            program, *words = shlex.split(code)
            assert program == "netstat"
            assert main(words) == 0, f"{code}\n{capsys.readouterr().err}"


def test_the_guides_have_steps_of_both_kinds() -> None:
    for page in (TUTORIAL, HOW_TO):
        assert {language for language, _ in steps(page.read_text(encoding="utf-8"))} == {"bash", "python"}


def test_the_tutorial_shows_a_table_a_derivation_a_model_a_bill_and_memory() -> None:
    assert [command.split()[0] for command, _ in SHOWN] == ["profile", "explain", "profile", "crosscheck", "memory"]


@pytest.mark.parametrize(("command", "shown"), [each for each in SHOWN if "lenet" in each[0]])
def test_an_output_of_a_built_in_model_in_the_tutorial_is_the_commands_output(command: str, shown: str) -> None:
    assert output_of(command) == shown


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.peers
@pytest.mark.parametrize(("command", "shown"), [each for each in SHOWN if "tiny" in each[0]])
def test_an_output_of_the_readers_model_in_the_tutorial_is_the_commands_output(
    command: str, shown: str, tmp_path: Path
) -> None:
    write_files(TUTORIAL.read_text(encoding="utf-8"), tmp_path)
    assert PEER_VERSION.sub("thop ", output_of(command, tmp_path)) == PEER_VERSION.sub("thop ", shown)
