"""The page lists what is on record, and says what netstat counts now."""

from netstat.models.published import claims
from tests.published.page import PAGE, render


def test_the_page_is_what_netstat_counts_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == render()


def test_the_page_lists_every_figure() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    for claim in claims():
        assert any(f"| {claim.model} | {claim.figure} {claim.noun} |" in row for row in rows)
