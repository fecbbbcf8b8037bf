"""Numbers as text where reports are the first to need them."""

from unicodedata import combining

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat.reports._table import cells, middle, place, printable
from netstat.units import bar, percent, rate, ratio, shape

counts = st.integers(0, 10**12)


@given(counts, counts, st.integers(1, 40), st.booleans())
def test_a_bar_never_outgrows_its_cells_and_shows_whatever_is_not_zero(
    part: int, rest: int, width: int, unicode: bool
) -> None:
    drawn = bar(part, part + rest, width, unicode=unicode)
    assert len(drawn) <= width
    assert bool(drawn) == (part > 0)
    assert unicode or drawn.isascii()


@given(counts, counts, counts)
def test_a_greater_share_never_has_a_shorter_bar(one: int, other: int, rest: int) -> None:
    less, more = sorted((one, other))
    whole = more + rest + 1
    assert len(bar(less, whole, 12)) <= len(bar(more, whole, 12))


@pytest.mark.parametrize(
    ("part", "whole", "blocks", "ascii"),
    [
        (5, 16, "██▌", "##"),
        (1, 10**9, "▏", "."),
        (8, 8, "████████", "########"),
        (9, 8, "████████", "########"),
        (-1, 8, "", ""),
        (1, 0, "", ""),
    ],
)
def test_a_bar_is_drawn_in_eighths_of_a_cell(part: int, whole: int, blocks: str, ascii: str) -> None:
    assert (bar(part, whole), bar(part, whole, unicode=False)) == (blocks, ascii)


def test_rates_ratios_shapes_and_percentages_read_as_people_write_them() -> None:
    assert [rate(figure, "examples") for figure in (0.01234, 63.789, 1234.56)] == [
        "0.01234 examples/s",
        "63.79 examples/s",
        "1,235 examples/s",
    ]
    assert [ratio(figure) for figure in (1, 2.26438, 0.0010099)] == ["=", "2.264×", "0.00101×"]
    assert shape((3, 224, 224), "x") == "3x224x224"
    assert (percent(1, 8), percent(1, 8, 0), percent(1, 0)) == ("12.50 %", "12 %", "-")


@given(st.text(max_size=60) | st.text("a.层網ｱ\u0301e", max_size=60), st.integers(3, 40))
def test_a_text_shortened_in_the_middle_keeps_its_ends(text: str, width: int) -> None:
    short = middle(text, width)
    assert cells(short) <= width
    assert (short == text) == (cells(text) <= width)
    if short != text:
        kept = next(at for at, char in enumerate(short) if char == "…" and text.endswith(short[at + 1 :]))
        assert text.startswith(short[:kept])
        assert cells(short) >= width - 2  # a wide character may leave a cell free on either side
        assert not combining(short[kept + 1 : kept + 2] or " ")


def test_wide_characters_count_as_the_two_cells_they_take() -> None:
    assert middle("编码器.自注意力.输出投影", 12) == "编码器…投影"
    assert middle("编码器.输出", 11) == "编码器.输出"
    assert middle("encoder.编码器", 9) == "enco…码器"
    assert middle("abcdee\u0301", 4) == "ab…e\u0301"


@given(st.text())
def test_printable_text_is_left_as_it_is_and_all_others_become_so(text: str) -> None:
    assert printable(text).isprintable()
    assert printable(printable(text)) == printable(text)
    assert not text.isprintable() or printable(text) == text


def test_a_place_has_a_name_even_at_the_root() -> None:
    assert [place("features.0"), place(""), place("pool", 2), place("", 1)] == [
        "features.0",
        "(model)",
        "pool #3",
        "(model) #2",
    ]
