"""The documentation site: what is made from netstat itself is all there, and nothing of it is fetched."""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest
from fetched import loads

import netstat
from netstat.analysis.wording import preamble, wording
from netstat.cli import main
from netstat.cli._arguments import COMMANDS
from netstat.ops import OPERATORS

DOCS = Path(__file__).parents[2] / "docs"
Maker = Callable[[str], ModuleType]


@pytest.fixture
def maker(monkeypatch: pytest.MonkeyPatch) -> Maker:
    """Modules of the site's extension by name."""
    monkeypatch.syspath_prepend(DOCS / "_ext")
    return lambda name: import_module(f"netstat_site.{name}")


def letters(text: str) -> str:
    """Letters and digits alone, powers as plain digits."""
    plain = text.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")).replace("Σ", "").replace("Π", "")
    return re.sub(r"[\W_]|[∑∏]", "", plain)


def test_no_formula_loses_or_gains_a_letter_when_it_is_set(maker: Maker) -> None:
    html = maker("equations").html
    for kind in OPERATORS:
        words = wording(kind)
        for text in (*words.equation, words.counting, preamble(kind)):
            page = ElementTree.fromstring(f"<p>{html(text)}</p>")
            assert letters("".join(page.itertext())) == letters(text), kind.name


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("y = Σ_c w[o, c]", ["<msub><mo>∑</mo><mi>c</mi></msub>", "<msub><mi>w</mi><mrow>"]),
        ("K^d taps of x²", ["<msup><mi>K</mi><mrow><mi>d</mi></mrow></msup>", " taps of ", "<mn>2</mn></msup>"]),
        ("√(V + eps)", ["<msqrt><mi>V</mi><mo>+</mo><mi>eps</mi></msqrt>"]),
        ("the `dim` of <x>", ["the <code>dim</code> of &lt;x&gt;"]),
        ("(see the docs", ["(see the docs"]),
    ],
)
def test_a_formula_becomes_mathml_and_words_stay_words(maker: Maker, text: str, parts: list[str]) -> None:
    made = maker("equations").html(text)
    assert all(part in made for part in parts), made


def test_every_command_and_option_is_in_the_reference(maker: Maker, capsys: pytest.CaptureFixture[str]) -> None:
    sections = maker("commands").page().split("\n## ")[1:]
    assert [section.partition("\n")[0] for section in sections] == [f"netstat {name}" for name in COMMANDS]
    for name, section in zip(COMMANDS, sections, strict=True):
        with pytest.raises(SystemExit):
            main([name, "--help"])
        options = re.findall(r"^  (-[\w-]+)(?:[^,\n]*, (--[\w-]+))?", capsys.readouterr().out, re.MULTILINE)
        shown = {option for pair in options for option in pair if option} - {"-h", "--help"}
        assert shown
        assert [option for option in shown if f"`{option}`" not in section] == []


@pytest.mark.torch
def test_every_operator_has_its_place_in_the_reference(maker: Maker) -> None:
    headings = "\n".join(
        re.findall(r"^## (.*)$", "".join(text for _, text in maker("operators").pages()), re.MULTILINE)
    )
    assert sorted(re.findall(r"\w+", headings)) == sorted(kind.name for kind in OPERATORS)


def test_every_public_name_and_every_key_of_a_result_is_in_the_reference(maker: Maker) -> None:
    page = maker("api").page()
    assert [name for name in netstat.__all__ if f":: netstat.{name}\n" not in page] == ["__version__"]
    keys = maker("schema").page()
    for definition in netstat.schema()["$defs"].values():
        assert [key for key in definition["properties"] if f"| `{key}` |" not in keys] == []


def test_pages_that_the_index_does_not_name_are_listed_behind_the_others(maker: Maker) -> None:
    index = "# Title\n\n## Start\n\n- [One](one.md): first\n\n## Notebooks\n\n- [First](generated/notebooks/1.ipynb)\n"
    names = ["index", "one", "two", "generated/operators/fourier", "generated/notebooks/2", "generated/notebooks/1"]
    made = maker("contents").listed(index, names)
    assert made.startswith(index)
    assert re.findall(r":caption: (.*)\n\n((?:.+\n)+?)```", made) == [
        ("Start", "one\n"),
        ("Notebooks", "generated/notebooks/1\ngenerated/notebooks/2\n"),
        ("Further pages", "two\n"),
    ]


def test_a_page_asks_only_for_references_that_are_made() -> None:
    asked = {name for page in DOCS.glob("*.md") for name in re.findall(r"<!-- here: (\w+) -->", page.read_text())}
    assert asked == {"api", "commands", "operators", "schema"}


def test_what_a_page_would_fetch_is_found_and_a_link_to_follow_is_not() -> None:
    fetched = [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        "<style>@import url(https://cdn.example/f.css)</style>",
        '<p style="background: url(http://a.example/b.png)">',
        '<img src="http://a.example/b.png">',
    ]
    assert [len(loads(page)) for page in fetched] == [1] * 5
    assert (
        loads('<a href="https://a.example">a</a><img src="data:image/png;base64,x"><script src="x.js"></script>') == []
    )
