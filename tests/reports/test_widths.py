"""No line is wider than the terminal, whatever is shown, at any width, in any alphabet."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netstat.records.profile import Profile
from netstat.records.view import View
from netstat.reports._branches import INDENT, drawn
from netstat.reports._table import Column, Table, cells, share_column
from netstat.reports._wrap import heading, sentence, wrapped
from netstat.reports.table import layers_text, record_text, tables_text
from tests.reports.samples import ALEXNET_PROFILE, RECORDS

WIDTHS = st.integers(40, 200)
WORDS = st.text(st.sampled_from("ab.1 %=·层卷é̈-−×"), max_size=60)


def named(profile: Profile, name: str) -> Profile:
    """The profile with other names for its layers."""
    layers = (replace(layer, path=f"{name}.{i}") for i, layer in enumerate(profile.layers))
    return replace(profile, layers=tuple(layers), modules=())


@pytest.mark.parametrize("unicode", [True, False], ids=["unicode", "ascii"])
@pytest.mark.parametrize("name", RECORDS)
def test_no_line_of_a_record_is_wider_than_the_terminal(name: str, unicode: bool) -> None:
    for view in [None, View(tree=True)] if RECORDS[name].kind in ("profile", "benchmark") else [None]:
        for width in (40, 47, 60, 73, 80, 97, 120, 163, 200):
            text = record_text(RECORDS[name], width, view, unicode=unicode)
            assert max(map(cells, text.splitlines())) <= width
            assert unicode or text.isascii()


@settings(deadline=None)
@given(width=WIDTHS, name=WORDS, tree=st.booleans())
def test_no_line_of_a_layer_table_is_wider_however_layers_are_called(width: int, name: str, tree: bool) -> None:
    text = layers_text(named(ALEXNET_PROFILE, name), width, View(tree=tree))
    assert max(map(cells, text.splitlines())) <= width


@settings(deadline=None)
@given(
    width=WIDTHS,
    headings=st.lists(WORDS, min_size=1, max_size=8),
    texts=st.lists(WORDS, min_size=8, max_size=8),
    left=st.booleans(),
)
def test_no_line_of_any_table_is_wider_and_nothing_is_lost(
    width: int, headings: list[str], texts: list[str], left: bool
) -> None:
    columns = [Column(str(i), text, left=left) for i, text in enumerate(headings)]
    shown = tables_text([Table("any", columns, [[texts[: len(columns)]]], notes=[("note", texts[0])])], width)
    assert max(map(cells, shown.splitlines())) <= width
    solid = sorted(re.sub(r"[\s\-−]", "", shown.replace("any", "", 1)))
    assert set(solid) >= set(re.sub(r"[\s\-−]", "", "".join(texts[: len(columns)])))


@settings(deadline=None)
@given(text=WORDS, width=st.integers(2, 60))
def test_wrapping_keeps_every_sign_and_the_width(text: str, width: int) -> None:
    for lines in (wrapped(text, width), sentence(text, width), heading(text, width)):
        assert all(cells(line) <= width for line in lines)
        assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_title_breaks_between_its_parts() -> None:
    assert heading("other counters · alexnet · 714,188,480 MACs", 40) == [
        "other counters · alexnet ·",
        "714,188,480 MACs",
    ]


def test_a_row_that_no_table_can_show_stands_by_itself_with_its_headings() -> None:
    columns = [Column("a", "first heading"), Column("b", "second heading"), share_column("c", "share")]
    text = tables_text([Table("t", columns, [[["123456789", "987654321", (1, 2)]]])], 30)
    assert text.splitlines()[1:] == [
        "-" * 30,
        "first heading",
        "          123456789",
        "second heading",
        "          987654321",
        "share     ███ 50.00 %",
    ]


# Trees


@settings(deadline=None)
@given(depths=st.lists(st.integers(0, 4), max_size=20))
def test_a_line_leads_from_every_branch_up_to_the_one_it_is_in(depths: list[int]) -> None:
    steps = [min(depth, before + 1) for depth, before in zip(depths, [-1, *depths], strict=False)]
    for i, depth in enumerate(steps):
        steps[i] = min(depth, steps[i - 1] + 1 if i else 0)
    lines = drawn(f"{INDENT * depth}name" for depth in steps)
    for i, (line, depth) in enumerate(zip(lines, steps, strict=True)):
        assert line.endswith("name")
        assert len(line) == 2 * depth + 4
        last = next((d for d in steps[i + 1 :] if d <= depth), 0) < depth
        assert depth == 0 or line[2 * depth - 2] == ("└" if last else "├")
    for above, below in pairwise(lines):
        for sign, next_sign in zip(above, below, strict=False):
            assert sign not in "├│" or next_sign in "├└│"


def test_a_tree_in_ascii_has_other_lines() -> None:
    columns = [Column("name", "name", left=True, tree=True)]
    rows = [[f"{INDENT * depth}{name}"] for depth, name in ((0, "a"), (1, "b"), (2, "c"), (1, "d"), (2, "e"))]
    text = tables_text([Table("t", columns, [rows])], 40, unicode=False)
    assert text.splitlines()[3:] == ["a", "+ b", "| \\ c", "\\ d", "  \\ e"]
