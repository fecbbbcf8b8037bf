"""Links from one page of the repository to another lead somewhere, also where pages are read without a site."""

from pathlib import Path

import pytest
from links import PAGES, anchors, broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file_and_its_heading(page: Path) -> None:
    assert broken(page) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# One\n\n## The `second`, twice\n\n## The second, twice\n\n```\n## none\n```\n")
    page = tmp_path / "page.md"
    good = ["there.md", "there.md#one", "there.md#the-second-twice-1", "#own", "https://elsewhere.example/#x"]
    bad = ["gone.md", "there.md#none", "#other"]
    lines = [*(f"[text]({target})" for target in (*good, *bad)), "`[code](no.md)`", "```", "[code](no.md)", "```"]
    page.write_text("\n\n".join(["# Own", *lines]))
    assert broken(page) == bad
    assert anchors(tmp_path / "there.md") == {"one", "the-second-twice", "the-second-twice-1"}
