"""What README.md shows is what happens."""

import re
from pathlib import Path

import pytest
from readme import README, blocks, examples, output_of, run, write_files

from netstat.cli._arguments import COMMANDS

pytestmark = [pytest.mark.torch, pytest.mark.peers]

TEXT = README.read_text(encoding="utf-8")
PEER_VERSIONS = re.compile(r"^(thop|fvcore|torch) \S+ +", re.MULTILINE)
PRINTS = re.compile(r"print\(.*\)  # ([^:\n]*)")


def test_the_readme_shows_output_of_four_commands() -> None:
    assert len(blocks(TEXT)) == 4


@pytest.mark.slow
@pytest.mark.parametrize(("command", "shown"), blocks(TEXT))
def test_an_output_shown_in_the_readme_is_the_commands_output(command: str, shown: str, tmp_path: Path) -> None:
    def unversioned(text: str) -> str:
        return PEER_VERSIONS.sub(lambda found: found[1] + " ", text)

    write_files(TEXT, tmp_path)
    assert unversioned(output_of(command, tmp_path)) == unversioned(shown)


def test_the_table_of_the_readme_has_every_command_once_in_the_order_of_the_help() -> None:
    assert re.findall(r"^\| `netstat (\w+)", TEXT, re.MULTILINE) == [*COMMANDS]


def test_the_set_up_commands_stand_alone_on_their_lines() -> None:
    commands = [block.strip() for block in examples(TEXT, "bash")]
    assert commands[0] == "pip install . && netstat profile alexnet"
    assert commands[1] == 'pip install ".[test]" && pytest'


@pytest.mark.parametrize("code", examples(TEXT, "python"))
def test_a_python_example_runs_and_prints_what_its_comments_say(code: str, tmp_path: Path) -> None:
    done = run(["-c", code], tmp_path)
    assert done.returncode == 0, done.stderr
    said = PRINTS.findall(code)
    assert len(said) == 2
    assert [line for line in done.stdout.splitlines() if line in said] == said


@pytest.mark.slow
def test_the_python_example_saves_the_file_it_names(tmp_path: Path) -> None:
    run(["-c", examples(TEXT, "python")[0]], tmp_path)
    assert (tmp_path / "model.md").is_file()
