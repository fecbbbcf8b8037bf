"""What docs/terminal.md shows is what is kept as agreed on, which other tests hold against what is printed."""

import re

import pytest
from readme import ROOT

TEXT = (ROOT / "docs" / "terminal.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"<!-- layout: (\S+) -->\n```text\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize(("name", "text"), SHOWN)
def test_an_output_shown_on_the_page_is_as_agreed(name: str, text: str) -> None:
    assert text == (ROOT / "tests" / "reports" / "golden" / f"{name}.txt").read_text(encoding="utf-8")


def test_the_page_shows_a_table_and_a_comparison() -> None:
    assert [name for name, _ in SHOWN] == ["layers-80", "ways-80"]
