"""Formulas set as such: the grammar of the line they are written on, and what each format makes of it."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

import netstat
from netstat.records.profile import Profile
from netstat.records.report import Report
from netstat.registry import REPORTS
from netstat.reports._math import FormulaError, latex, latex_lines, latex_pieces, mathml
from netstat.reports.table import record_text
from tests.reports.samples import EXPLANATION, FORMULA, HOSTILE_EXPLANATION, RECORDS

# What MathML says by where things stand.
PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", " _/()")
VOID = {"meta", "br"}


class Page(HTMLParser):
    """What elements a page has, and whether each is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("K²·C_in", r"K^{2} \cdot C_{\mathrm{in}}"),
        ("(H − 7)/4", r"\frac{H - 7}{4}"),
        ("N·⌊(H−7)/4⌋", r"N \cdot \left\lfloor \frac{H - 7}{4} \right\rfloor"),
        ("(⌊H/4⌋ + 1)²", r"\left(\left\lfloor \frac{H}{4} \right\rfloor + 1 \right)^{2}"),
        ("⌊(H_in + 2·P − K)/S⌋ + 1", r"\left\lfloor \frac{H_{\mathrm{in}} + 2 \cdot P - K}{S} \right\rfloor + 1"),
        ("2·(a + b)", r"2 \cdot (a + b)"),
        ("23,296", "23{,}296"),
        ("1 = 55.25 → 55", r"1 = 55.25 \to 55"),
        ("min(a, gcd(b, 6))", r"\mathrm{min}(a, \mathrm{gcd}(b, 6))"),
        ("taps_h·C_2", r"\mathrm{taps}_{h} \cdot C_{2}"),
    ],
)
def test_a_formula_in_latex(line: str, written: str) -> None:
    assert latex(line) == written


@pytest.mark.parametrize(
    "line", ["", "a b", "a +", "(a", "a)", "⌊a)", "a$b", "<b>", "a/", "²", "f(", "a = ", "1,·2", "(" * 5000]
)
def test_what_is_no_formula_is_not_set_as_one(line: str) -> None:
    with pytest.raises(FormulaError):
        latex(line)
    with pytest.raises(FormulaError):
        mathml(line)


def formulas(model: str) -> list[str]:
    steps = [step for layer in netstat.explain(model, batch=3).layers for step in layer.steps]
    totals = [figure.text for figure in netstat.formula(model, letters="N").figures]
    return [*dict.fromkeys(f"{step.formula} = {step.numbers} = {step.result:,}" for step in steps), *totals]


TOTALS = [figure.text for model in ("alexnet", "vgg16") for figure in netstat.formula(model).figures]


def test_a_long_total_is_cut_between_its_terms_and_nowhere_else() -> None:
    term = "256·(⌊(H−31)/32⌋ + 6 − gcd(⌊(H−31)/32⌋, 6))"
    found = latex_pieces(f"N·({term} + {term} − {term}) + 10")
    spelled = latex(term)
    assert found == [rf"N \cdot ({spelled}", f"{{}} + {spelled}", f"{{}} - {spelled})", "{} + 10"]
    assert latex_lines(f"N·({term} + {term} − {term}) + 10")[2:] == [f"{{}} - {spelled}) + 10"]
    assert mathml(f"N·({term} + {term} − {term}) + 10").count('<math><mo form="infix">') == 3


def test_a_long_total_is_stacked_in_a_cell_of_latex() -> None:
    text = REPORTS["tex"].render(netstat.formula("alexnet")).decode()
    (macs,) = (line for line in text.splitlines() if line.startswith("macs & "))
    assert macs.count(r"\\[3pt]") == 2
    assert macs.endswith(r" \\[3pt] \end{array}$ & 714,188,480 \\")


@pytest.mark.parametrize("around", ["⌊{}⌋", "max({}, 1)", "({})²", "({})/4", "4/({})", "2·((({})))"])
def test_what_has_to_stay_together_is_not_cut(around: str) -> None:
    line = around.format(" + ".join("a" * 40))
    assert len(latex_pieces(line)) == 1
    ElementTree.fromstring(mathml(line))


@pytest.mark.parametrize("model", ["alexnet", "alexnet-bvlc", "vgg11_bn", "lenet"])
def test_every_formula_that_is_printed_is_well_formed_mathml(model: str) -> None:
    for line in [*formulas(model), *TOTALS]:
        tree = ElementTree.fromstring(f"<div>{mathml(line)}</div>")
        assert "".join(tree.itertext()).translate(PLAIN) == line.translate(PLAIN)
        assert {len(fraction) for fraction in tree.iter("mfrac")} <= {2}


@pytest.mark.slow
@pytest.mark.charts
@pytest.mark.parametrize("model", ["alexnet", "alexnet-bvlc", "lenet"])
def test_every_formula_that_is_printed_is_latex_that_matplotlib_can_set(model: str) -> None:
    from matplotlib.mathtext import MathTextParser

    parser = MathTextParser("path")
    for line in [*formulas(model), *TOTALS]:
        assert parser.parse(f"${latex(line)}$").width > 0


def test_a_formula_that_is_none_stays_text() -> None:
    for format in ("md", "tex", "html"):
        text = REPORTS[format].render(HOSTILE_EXPLANATION).decode()
        assert "<script>" not in text
        assert "<math>" not in text
    assert "a\\_b/\\$x\\$" in REPORTS["md"].render(HOSTILE_EXPLANATION).decode()


@pytest.mark.parametrize("name", [name for name in RECORDS if not isinstance(RECORDS[name], Profile | Report)])
def test_a_page_is_whole_and_fetches_and_runs_nothing(name: str) -> None:
    text = REPORTS["html"].render(RECORDS[name]).decode()
    page = Page(text)
    assert page.open == []
    assert page.tags.isdisjoint({"script", "img", "link", "iframe", "object", "a", "form", "base", "svg"})
    assert page.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class", "form"}
    assert "default-src 'none'; style-src 'sha256-" in text


def test_the_policy_of_a_page_allows_its_style() -> None:
    from base64 import b64encode
    from hashlib import sha256

    text = REPORTS["html"].render(EXPLANATION).decode()
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in text


def test_an_explanation_in_markdown_is_symbols_numbers_result() -> None:
    text = REPORTS["md"].render(EXPLANATION).decode()
    assert (
        r"- **parameters**: $K^{2} \cdot C_{\mathrm{in}} \cdot C_{\mathrm{out}} + C_{\mathrm{out}}"
        r" = 11^{2} \cdot 3 \cdot 64 + 64 = 23{,}296$"
    ) in text


def test_ascii_has_signs_of_its_own_for_a_formula() -> None:
    text = record_text(EXPLANATION, 120, unicode=False)
    assert text.isascii()
    assert "K^2*C_in*C_out + C_out = 11^2*3*64 + 64 = 23,296" in text
    assert "floor((H_in + 2*P - K)/S) + 1 = floor((224 + 2*2 - 11)/4) + 1 = 55.25 -> 55" in text
    assert "?" not in text
    assert "N*(27*floor(H/2)*W + 1)" in record_text(FORMULA, 120, unicode=False)


def test_what_repeats_is_named_and_not_repeated() -> None:
    text = REPORTS["table"].render(EXPLANATION).decode()
    assert re.search(r"^multiplies +as MACs: 70,276,800$", text, re.MULTILINE)
    assert re.search(r"^again · dropout \(Dropout\).*\nsame as +dropout$", text, re.MULTILINE)
    assert "55.25 → 55" in text
    assert "no formula" in text
    assert "deform in features.1, deform in (model)" in text
