"""The pictures of the page and of the terminal: what they are taken of, and how large they are."""

import netstat
from netstat.records.report import Report
from tests.docs import screens


def test_the_kept_record_has_every_section_and_nothing_of_whoever_measured() -> None:
    record = netstat.load(screens.RECORD)
    assert isinstance(record, Report)
    (model,) = record.models
    assert model.lacking == ()
    assert model.memory
    assert model.derivations
    assert model.profile.crosscheck
    assert model.profile.roofline
    assert set(model.profile.environment or ()) == set(screens.PLACE)


def test_a_picture_of_a_screen_is_less_than_a_quarter_of_a_megabyte() -> None:
    assert len(screens.images()) == 7
    assert all(path.stat().st_size < 250_000 for path in screens.images())


def test_colours_of_the_terminal_are_painted_and_its_text_is_text() -> None:
    assert screens.painted("\x1b[1ma<b\x1b[0m") == "<span class=bold>a&lt;b</span>"
