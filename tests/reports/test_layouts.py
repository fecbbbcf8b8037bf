"""The layout of the main outputs is what was agreed on; `python -m tests.reports` writes a new agreement."""

import pytest

from tests.reports.layouts import outdated


@pytest.mark.parametrize("torch", [False, pytest.param(True, marks=[pytest.mark.torch, pytest.mark.slow])])
def test_the_layout_is_as_it_was_agreed(torch: bool) -> None:
    for path, text in outdated(torch=torch).items():
        assert text == (path.read_text(encoding="utf-8") if path.exists() else None), path.name
