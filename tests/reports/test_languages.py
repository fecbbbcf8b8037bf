"""Tables and pages in Chinese: what is netstat's own is looked up, figures and names stay, lines still fit."""

import ast
import json
import re
import string
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import netstat
from netstat.analysis.meanings import meaning
from netstat.cli._listed import KINDS
from netstat.errors import UsageError
from netstat.language import LANGUAGES, language, speaking
from netstat.records.base import Record
from netstat.records.view import View
from netstat.registry import REPORTS
from netstat.reports._columns import COLUMNS
from netstat.reports._phrases import Phrases, compiled, fixed, phrases, translated
from netstat.reports._roofline import lost_tables
from netstat.reports._table import Column, Formula, Table, cells
from netstat.reports._tables import sections
from netstat.reports._wrap import wrapped
from netstat.reports.page._words import words
from netstat.reports.table import record_text, tables_text
from tests.reports.samples import ALEXNET_PROFILE, FULL_PROFILE, HOSTILE, RECORDS

ROOT = Path(__file__).parents[2]
SECTIONS = ("title", "heading", "label", "word", "cell", "sentence")
HAN = re.compile(r"[\u4e00-\u9fff]")
# What is called the same in Chinese: names, of the models and devices that the samples are of.
SAME = {
    "alexnet", "features.0", "avgpool #2", "H_out", "adaptive_avg_pool2d", "conv2d (Conv2d)", "dropout",
    "dropout (Dropout)", "cpu", "cpu (Example CPU)", "cuda (Example GPU)", "cuda:0 (Example GPU)", "Example H100",
    "float32", "bfloat16", "2×3 float32", "FLOPs（other）", "MACs（other）",
}  # fmt: skip
HOLE = re.compile(r"\{(\w+)\}")


@cache
def every_table() -> list[Table]:
    """Tables of all records, of where time is lost, of all columns, and of what there is."""
    views = [(record, view) for record in RECORDS.values() for view in (View(), View(tree=True))]
    found = [page for record, view in views for page in sections(record, view)]
    for unit in ("macs", "flops"):
        found += sections(replace(ALEXNET_PROFILE, convention="other", unit=unit))
    found += [*lost_tables(FULL_PROFILE.roofline or (), "alexnet"), Table("layers", list(COLUMNS))]
    return [*found, *(page for listed in KINDS.values() for page in listed())]


def shown(page: Table) -> list[str]:
    """Every cell as text."""
    rows = (row for group in page.groups for row in group)
    return [column.show(value) for row in rows for column, value in zip(page.columns, row, strict=True)]


def test_no_title_heading_or_label_stays_english() -> None:
    left: set[str] = set()
    for page in every_table():
        other = translated(page, phrases("zh"))
        labels = (label for label, _ in (*other.lead, *other.notes))
        left |= {*other.title.split(" · "), *(column.heading for column in other.columns), *labels}
    words = {text for text in left if re.search("[a-z]{3}", text) and not HAN.search(text)}
    assert {text for text in words if HOSTILE[:20] not in text} == SAME


def test_every_english_text_is_one_that_netstat_says() -> None:
    said = set(every_text())
    for english in phrases("zh").known:
        assert pieces_in_code(english) or any(map(compiled(english).fullmatch, said)), english


def every_text() -> Iterator[str]:
    """What the tables say, whole and in parts; and what letters and sections are called."""
    yield from (meaning(f"{letter}_{side}", {}) for letter in "CHWL" for side in ("in", "out"))
    yield from (f"no {section}" for section in ("crosscheck", "time", "memory", "derivations"))
    for page in every_table():
        facts = [text for fact in (*page.lead, *page.notes) for text in fact]
        for text in (page.title, *(column.heading for column in page.columns), *facts, *shown(page)):
            yield from (text, *re.split("; |, | · ", text))


@cache
def code() -> str:
    """All texts in the package."""
    trees = [ast.parse(file.read_text("utf-8")) for file in (ROOT / "netstat").rglob("*.py")]
    constants = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return "\n".join(text.replace("_", " ") for text in constants if isinstance(text, str))


def pieces_in_code(english: str) -> bool:
    """Whether all that stands between holes is written somewhere."""
    pieces = re.split(r"\{\w+\}|\[\w+\]|[:;] ", english)
    return all(piece.strip(" ,;:()[]–") in code() for piece in pieces)


def test_a_sentence_has_the_same_holes_in_both_languages() -> None:
    for english, chinese in phrases("zh").known.items():
        assert sorted(HOLE.findall(english)) == sorted(HOLE.findall(chinese)), english


def test_the_page_has_the_same_words_and_holes_in_every_language() -> None:
    for other in LANGUAGES:
        assert words(other).keys() == words("en").keys()
        for key, text in words("en").items():
            assert holes(words(other)[key]) == holes(text), key


def holes(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_figures_are_the_same_in_both_languages() -> None:
    for page in every_table():
        other = translated(page, phrases("zh"))
        texts = [(text, say) for (_, text), (_, say) in zip(page.notes, other.notes, strict=True)]
        for english, chinese in [*zip(shown(page), shown(other), strict=True), *texts]:
            assert sorted(re.findall(r"\d", english)) == sorted(re.findall(r"\d", chinese)), english


@pytest.mark.parametrize("name", RECORDS)
def test_no_line_is_wider_than_the_terminal_in_chinese(name: str) -> None:
    with speaking("zh"):
        for width in (40, 60, 80, 97, 120):
            assert max(map(cells, record_text(RECORDS[name], width).splitlines())) <= width


def test_columns_are_aligned_by_cells() -> None:
    with speaking("zh"):
        lines = record_text(ALEXNET_PROFILE, 100).splitlines()
    rule, total = lines[2], next(line for line in lines if line.startswith("合计"))
    ends = [found.end() for found in re.finditer("-+", rule)]
    assert {cells(total[: found.end()]) for found in re.finditer(r"\d[\d,]+", total)} <= set(ends)
    assert cells(lines[1]) == ends[-1]


def test_a_layer_called_like_a_word_keeps_its_name_and_only_the_sum_is_translated() -> None:
    columns = [Column("path", "layer", left=True), Column("figure", "figure"), Column("text", "formula", Formula)]
    page = Table("t", columns, [[["total", "yes", Formula("total")]], [["total", "yes", ""]]])
    say = phrases("zh")
    in_chinese = translated(page, say)
    assert [row[0] for group in in_chinese.groups for row in group] == ["total", "合计"]
    assert in_chinese.columns[1].show("yes") == "是"
    assert in_chinese.columns[2].show(Formula("total")) == "total"


def test_a_sentence_takes_its_figures_along_and_prose_that_nobody_wrote_down_stays_whole() -> None:
    known = {"word": {"all": "全部"}, "sentence": {"{n} layer[s]: {what}": "{n} 层：{what}"}}
    say = Phrases({section: known.get(section, {}) for section in SECTIONS})
    assert [say(text) for text in ("1 layer: all", "2,000 layers: all")] == ["1 层：全部", "2,000 层：全部"]
    assert say("some layers: all") == "some layers: all"
    assert say.listed("all, x.0") == "全部，x.0"
    assert say.listed("all, or so they say") == "all, or so they say"
    assert fixed("{n} layer[s]: {what}") == " layer: "


def test_chinese_lines_are_broken_anywhere_but_before_their_commas() -> None:
    assert wrapped("参数量，乘加次数", 6) == ["参数", "量，乘", "加次数"]
    assert wrapped("（参数）conv 层", 4) == ["（参", "数）", "conv", "层"]


def test_machines_read_the_same_in_every_language() -> None:
    with speaking("zh"):
        chinese = [REPORTS[name].render(ALEXNET_PROFILE) for name in ("json", "csv")]
    assert chinese == [REPORTS[name].render(ALEXNET_PROFILE) for name in ("json", "csv")]
    assert json.loads(chinese[0])["kind"] == "profile"


@pytest.mark.parametrize("record", [ALEXNET_PROFILE, RECORDS["a comparison"]], ids=["profile", "comparison"])
@pytest.mark.parametrize("name", ["md", "tex", "html"])
def test_documents_are_in_the_language_that_was_asked_for(name: str, record: Record) -> None:
    with speaking("zh"):
        text = REPORTS[name].render(record).decode()
    assert "参数量" in re.sub(r"\\netstatchar\{(.)\}\{\w+\}", r"\1", text)
    assert name != "html" or '<html lang="zh">' in text
    assert "参数量" not in REPORTS[name].render(record).decode()


def test_ascii_is_english() -> None:
    with speaking("zh"):
        assert tables_text([Table("time")], 80, unicode=False) == "time\n"
        assert tables_text([Table("time")], 80) == "耗时\n"


def test_a_language_is_asked_for_by_name_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert language() == "en"
    monkeypatch.setenv("NETSTAT_LANG", "zh")
    with speaking(None):
        assert language() == "zh"
    with speaking("en"):
        assert language() == "en"
    assert "全连接层" in str(netstat.profile("alexnet"))
    monkeypatch.setenv("NETSTAT_LANG", "tlh")
    with pytest.raises(UsageError, match="unknown language 'tlh'; there is en, zh"):
        language()


def test_what_spoils_a_result_is_red_in_both_languages() -> None:
    for name in ("benchmarks", "cross-checks", "budgets"):
        english = record_text(RECORDS[name], 160, color=True)
        with speaking("zh"):
            chinese = record_text(RECORDS[name], 160, color=True)
        assert chinese.count("\x1b[31m") == english.count("\x1b[31m") > 0
