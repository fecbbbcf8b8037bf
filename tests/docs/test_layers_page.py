"""What docs/layers.md shows is what happens."""

import re
from pathlib import Path

import pytest
from readme import LAYERS, blocks, examples, output_of, run

TEXT = LAYERS.read_text(encoding="utf-8")
PRINTS = re.compile(r"print\(.*\)  # (.*)")


def test_the_page_shows_stacks_overlapping_pools_and_activations() -> None:
    assert [command.split()[0] for command, _ in blocks(TEXT)] == ["compare", "profile", "activations"]


@pytest.mark.parametrize(("command", "shown"), blocks(TEXT))
def test_an_output_shown_on_the_page_is_the_commands_output(command: str, shown: str) -> None:
    assert output_of(command) == shown


@pytest.mark.parametrize("code", examples(TEXT, "python"))
def test_a_python_example_of_the_page_prints_what_its_comments_say(code: str, tmp_path: Path) -> None:
    done = run(["-c", code], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == PRINTS.findall(code) != []
