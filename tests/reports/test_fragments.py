"""What notebooks show of a record: a piece of HTML that keeps to itself."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

import netstat
from netstat.records.profile import Profile
from netstat.reports._fragment import MOST, OPEN
from tests.reports.samples import RECORDS

VOID = {"meta", "br", "hr"}


class Reader(HTMLParser):
    """Every element with its attributes, the text between, and whether all that opened was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def long(layers: int) -> Profile:
    profile = netstat.profile("lenet")
    return replace(profile, layers=tuple(replace(profile.layers[0], path=f"block.{i}") for i in range(layers)))


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_is_shown_without_scripts_and_whatever_it_is_called(name: str) -> None:
    read = Reader(RECORDS[name]._repr_html_())
    assert read.open == []
    allowed = {"div", "style", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd"}
    mathematics = {tag for tag, _ in read.elements if tag.startswith("m")}
    assert {tag for tag, _ in read.elements} - mathematics <= allowed | {"details", "summary", "code"}
    words = {key for _, attributes in read.elements for key in attributes}
    assert words <= {"class", "display", "mathvariant", "xmlns", "stretchy", "lspace", "rspace"}


def test_its_style_reaches_nothing_outside_and_sets_no_colour_of_text() -> None:
    style = re.findall(r"<style>(.*?)</style>", netstat.profile("lenet")._repr_html_(), re.DOTALL)[0]
    selectors = [each.strip() for rule in re.findall(r"([^{}]+)\{", style) for each in rule.split(",")]
    assert all(selector.startswith(".netstat") for selector in selectors)
    assert re.findall(r"[^-]color: (\w+)", style) == ["inherit"]
    assert "@import" not in style
    assert "url(" not in style


def test_a_long_table_is_folded_and_its_totals_stay_in_sight() -> None:
    assert "<details>" not in long(OPEN - 1)._repr_html_()
    folded = long(OPEN)._repr_html_()
    assert f"<summary>{OPEN} rows</summary>" in folded
    assert "61,706" in folded.partition("</details>")[2]


def test_of_a_very_long_table_it_is_said_how_much_is_left_out() -> None:
    shown = long(MOST + 1_234)._repr_html_()
    assert f"block.{MOST - 1}<" in shown
    assert f"block.{MOST}<" not in shown
    assert "<p>1,234 more: " in shown


def test_a_notebook_gets_the_table_and_what_print_shows() -> None:
    profile = netstat.profile("lenet")
    assert profile._repr_mimebundle_() == {"text/html": profile._repr_html_(), "text/plain": str(profile)}
