"""What docs/fine-tuning.md shows is what happens."""

import pytest
from readme import FINE_TUNING, blocks, output_of

pytestmark = [pytest.mark.torch]

SHOWN = blocks(FINE_TUNING.read_text(encoding="utf-8"))


def test_the_page_shows_a_profile_and_two_predictions_of_memory() -> None:
    assert [command.split()[0] for command, _ in SHOWN] == ["profile", "memory", "memory"]


@pytest.mark.slow
@pytest.mark.parametrize(("command", "shown"), SHOWN)
def test_an_output_shown_on_the_page_is_the_commands_output(command: str, shown: str) -> None:
    assert output_of(command) == shown
