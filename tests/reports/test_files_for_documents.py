"""Markdown and LaTeX: tables that stay tables, names that stay text."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from netstat.records.base import Record
from netstat.registry import REPORTS
from netstat.units import exact
from tests.reports.samples import ALEXNET_PROFILE, FULL_PROFILE, HOSTILE_PROFILE, MACS, PARAMS, RECORDS


def text_of(record: Record, format: str) -> str:
    return REPORTS[format].render(record).decode()


def unescaped(text: str, char: str) -> int:
    """How often `char` stands in `text` without a backslash that is not escaped itself."""
    return len(re.findall(rf"(?<!\\)(?:\\\\)*{re.escape(char)}", text))


# Markdown


@pytest.mark.parametrize("name", RECORDS)
def test_every_row_of_a_markdown_table_has_as_many_cells_as_its_heading(name: str) -> None:
    for block in text_of(RECORDS[name], "md").split("\n\n"):
        if block.startswith("| "):
            assert len({unescaped(line, "|") for line in block.splitlines()}) == 1


def test_markdown_has_layers_totals_summary_and_every_section() -> None:
    text = text_of(FULL_PROFILE, "md")
    assert "| classifier.1 | linear | 1×4096 | 1×4096 |" in text
    assert re.search(rf"^\| total \|.*\| {exact(PARAMS)} \|.*\| {exact(MACS)} \|", text, re.MULTILINE)
    assert r"- **fully connected**: 3 layers: 95.96 % of params, 8.21 % of MACs" in text
    assert [line for line in text.splitlines() if line.startswith("### ")] == [
        "### alexnet · input 1×3×224×224 float32 · counted as documents (flops)",
        "### cross-check · alexnet · 1 of 2 tools closed · 1 predicted only",
        "### time · alexnet · cpu (Example CPU) · batch 1 · float32 · 2 threads",
    ]


def test_numbers_are_aligned_right_in_markdown() -> None:
    assert "| :--- | :--- | :--- | :--- | ---: | ---: | ---: | ---: | ---: |" in text_of(ALEXNET_PROFILE, "md")


@pytest.mark.parametrize(
    "markup", ["<script>", "[x](javascript:y)", "![x](y)", "`code`", "**bold**", "$x$", "a|b", "&lt;", "~~s~~", "a_b_c"]
)
def test_markup_in_a_name_is_text_in_markdown(markup: str) -> None:
    named = replace(ALEXNET_PROFILE.layers[0], path=markup)
    row = next(
        line for line in text_of(replace(ALEXNET_PROFILE, layers=(named,)), "md").splitlines() if "conv2d" in line
    )
    cell = row.removeprefix("| ").partition(" | conv2d")[0]
    assert re.sub(r"\\(?=[^a-z\s])", "", cell) == markup
    assert all(unescaped(cell, char) == 0 for char in "<>[]`*$|&~_!" if char in markup)


def test_a_name_mentions_nobody() -> None:
    assert "@" not in text_of(HOSTILE_PROFILE, "md")


# LaTeX


@pytest.mark.parametrize("name", RECORDS)
def test_every_row_of_a_latex_table_has_a_cell_per_column(name: str) -> None:
    for columns, body in re.findall(
        r"\\begin\{tabular\}\{([lr]+)\}\n(.*?)\\end\{tabular\}", text_of(RECORDS[name], "tex"), re.DOTALL
    ):
        rows = [line for line in body.splitlines() if line.endswith(r" \\")]
        assert rows
        assert {unescaped(row, "&") for row in rows} == {len(columns) - 1}


@pytest.mark.parametrize("name", RECORDS)
def test_braces_in_latex_are_balanced(name: str) -> None:
    text = text_of(RECORDS[name], "tex")
    assert unescaped(text, "{") == unescaped(text, "}")


def test_latex_uses_booktabs_rules() -> None:
    text = text_of(ALEXNET_PROFILE, "tex")
    assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 2, 1]
    assert r"\hline" not in text


@pytest.mark.parametrize(
    ("name", "written"),
    [
        (r"\input{a}", r"\textbackslash{}input\{a\}"),
        ("a_b^c~d", r"a\_b\textasciicircum{}c\textasciitilde{}d"),
        ("100 % & $x$ #1", r"100 \% \& \$x\$ \#1"),
        ("[x]*", "{[}x{]}{*}"),
        ("<a|b>", r"\textless{}a\textbar{}b\textgreater{}"),
        ("a-b--train", r"a-b-\/-train"),
        ("2⁴ é层", r"2$^4$ \netstatchar{é}{00E9}\netstatchar{层}{5C42}"),
    ],
)
def test_commands_in_a_name_are_text_in_latex(name: str, written: str) -> None:
    named = replace(ALEXNET_PROFILE.layers[0], path=name)
    assert f"\n{written} & conv2d" in text_of(replace(ALEXNET_PROFILE, layers=(named,)), "tex")


def test_a_long_table_goes_over_pages_and_says_what_it_needs() -> None:
    long = replace(ALEXNET_PROFILE, layers=ALEXNET_PROFILE.layers * 3)
    assert r"\usepackage{booktabs,longtable}" in text_of(long, "tex").partition("\n")[0]
    assert r"\usepackage{booktabs,graphicx}" in text_of(ALEXNET_PROFILE, "tex").partition("\n")[0]
    assert [text_of(long, "tex").count(name) for name in (r"{tabular}", r"{longtable}", r"\endhead")] == [0, 2, 1]


def typeset(texts: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """pdfTeX's verdict on a document that has these texts one after the other, as its first error stops it."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed here")
    for number, text in enumerate(texts):
        (folder / f"{number}.tex").write_text(text, encoding="utf-8")
    body = "\n".join(rf"\input{{{number}}}\clearpage" for number in range(len(texts)))
    document = (
        rf"\documentclass{{article}}\usepackage{{booktabs,graphicx,longtable}}\begin{{document}}{body}\end{{document}}"
    )
    (folder / "all.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "all.tex"]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False)


@pytest.mark.slow
def test_every_record_compiles(tmp_path: Path) -> None:
    long = replace(HOSTILE_PROFILE, layers=HOSTILE_PROFILE.layers * 30)
    done = typeset([text_of(record, "tex") for record in (*RECORDS.values(), long)], tmp_path)
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.slow
def test_every_printable_sign_of_ascii_and_names_in_other_scripts_compile(tmp_path: Path) -> None:
    signs = "".join(map(chr, range(0x20, 0x7F)))
    names = [*signs, signs, *(f"[{sign}]*" for sign in signs), r"\undefined{", "层 é ß ð ą ẞ я ∀ 🙂 e\u0301 \u200d ﬁ"]
    layers = tuple(replace(ALEXNET_PROFILE.layers[0], path=name) for name in names)
    done = typeset([text_of(replace(ALEXNET_PROFILE, layers=layers), "tex")], tmp_path)
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.slow
def test_a_file_that_is_broken_does_not_compile(tmp_path: Path) -> None:
    assert typeset([text_of(ALEXNET_PROFILE, "tex").replace("conv2d", "conv_2d", 1)], tmp_path).returncode == 1
