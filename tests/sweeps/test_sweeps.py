"""The page says what was kept, and what is kept is chosen and split as it says. Without torch."""

import json

import pytest

from tests.sweeps import page
from tests.sweeps.kept import PAGE, RAW
from tests.sweeps.of_timm import evenly


def test_the_page_is_what_the_kept_figures_say() -> None:
    assert page.render(json.loads(RAW.read_text(encoding="utf-8"))) == PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("count", "chosen"), [(1, "a"), (2, "ac"), (3, "abd"), (5, "abcde"), (9, "abcde")])
def test_models_are_chosen_evenly(count: int, chosen: str) -> None:
    assert evenly(list("abcde"), count) == list(chosen)
