"""docs/explain.md shows what happens."""

import pytest
from readme import EXPLAIN, blocks, output_of

TEXT = EXPLAIN.read_text(encoding="utf-8")


@pytest.mark.parametrize(("command", "shown"), blocks(TEXT))
def test_an_output_block_is_what_the_command_prints(command: str, shown: str) -> None:
    assert shown == output_of(command)


def test_the_page_has_the_worked_examples_of_the_documents() -> None:
    for figure in ("55.25 → 55", "11²·3·64 + 64 = 23,296", "9216·4096 + 4096 = 37,752,832"):
        assert figure in TEXT
