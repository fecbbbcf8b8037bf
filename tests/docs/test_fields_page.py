"""What docs/fields.md shows is what happens."""

import pytest
from readme import FIELDS, blocks, output_of

TEXT = FIELDS.read_text(encoding="utf-8")


@pytest.mark.parametrize(("command", "shown"), blocks(TEXT))
def test_an_output_shown_on_the_page_is_the_commands_output(command: str, shown: str) -> None:
    assert output_of(command) == shown


def test_the_page_shows_the_fields_of_alexnet() -> None:
    assert [command.split()[:2] for command, _ in blocks(TEXT)] == [["profile", "alexnet"]]
