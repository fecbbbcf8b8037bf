"""Figures in print: each stated reading gives the printed digits, or it is said why not. Without torch."""

import re
from fractions import Fraction

import pytest

import netstat
from netstat.analysis.published import match
from netstat.analysis.published import published as analyse
from netstat.conventions import CONVENTIONS
from netstat.errors import UsageError
from netstat.frontends.subject import Inputs, built_in
from netstat.graph import Graph
from netstat.models import MODELS
from netstat.models.published import VARIANTS, Claim, claims, family
from netstat.records.published import PublishedFigure
from netstat.units import parse_printed

ALL = claims()
NAMES = [f"{claim.source}: {claim.model} {claim.scope} {claim.figure} {claim.noun}" for claim in ALL]
MADE: dict[tuple[str, int], Graph] = {}


def graph(variant: str, batch: int) -> Graph:
    if (variant, batch) not in MADE:
        MADE[variant, batch] = built_in(variant, {}, Inputs(batch=batch)).graph
    return MADE[variant, batch]


def beside_ours(claim: Claim) -> PublishedFigure:
    return analyse(claim.model, [claim], graph)[0]


def claim(figure: str, counted: str = "parameters", **rest) -> Claim:
    return Claim("a text", "alexnet", figure, "of it", counted, **{"variant": "alexnet", **rest})


@pytest.mark.parametrize("stated", ALL, ids=NAMES)
def test_the_stated_reading_has_the_printed_digits_or_it_is_said_why_not(stated: Claim) -> None:
    figure = beside_ours(stated)
    assert figure.explained
    assert figure.reproduced is not bool(stated.differences or stated.why)
    assert figure.reproduced is (figure.nearest is None)


@pytest.mark.parametrize("stated", [claim for claim in ALL if not claim.why], ids=lambda claim: claim.figure)
@pytest.mark.parametrize("by", [-1, 1])
def test_a_figure_changed_in_its_last_digit_is_not_reproduced(stated: Claim, by: int) -> None:
    figure = beside_ours(stated._replace(figure=changed(stated, by)))
    assert not figure.reproduced
    assert figure.nearest is not None
    assert not figure.explained  # differences do not lead there either


def changed(stated: Claim, by: int) -> str:
    """The figure with one more or less of the last digit that means something."""
    value, last = parse_printed(stated.figure, stated.digits)
    _, prefix = re.fullmatch(r"([\d.,]+)(.*)", stated.figure).groups()
    unit, _ = parse_printed(f"1{prefix}")
    number = (value + by * last) / unit
    decimals = len(stated.figure.split()[0].partition(".")[2])
    return f"{int(number):,}{prefix}" if not decimals else f"{float(number):.{decimals}f}{prefix}"


@pytest.mark.parametrize("stated", [claim for claim in ALL if claim.differences], ids=lambda claim: claim.figure)
def test_differences_lead_to_the_printed_digits_and_only_all_of_them_do(stated: Claim) -> None:
    assert beside_ours(stated).explained
    assert not beside_ours(stated._replace(differences=stated.differences[1:])).explained
    assert not beside_ours(stated._replace(differences=(*stated.differences, ("one more", 10**8)))).explained


@pytest.mark.parametrize(
    ("figure", "how"),
    [
        ("61,100,840", "exact"), ("61.1 M", "rounded"), ("61.10 M", "rounded"), ("61.101 M", "rounded"),
        ("61.100 M", "truncated"), ("61 M", "rounded"), ("62 M", ""), ("60 M", ""), ("61,100,841", ""),
    ],
)  # fmt: skip
def test_digits_are_rounded_cut_off_or_not_there(figure: str, how: str) -> None:
    assert beside_ours(claim(figure)).reading.match == how


@pytest.mark.parametrize("figure", ["2 k", "3 k"])
def test_a_half_may_be_rounded_up_or_to_even(figure: str) -> None:
    assert match(claim(figure), Fraction(2500)) == "rounded"
    assert match(claim("4 k"), Fraction(2500)) == ""


def test_a_figure_is_truncated_only_where_that_is_stated() -> None:
    assert not beside_ours(claim("62.3 M", variant="alexnet-paper")).reproduced
    assert beside_ours(claim("62.3 M", variant="alexnet-paper", truncated=True)).reproduced
    assert not beside_ours(claim("62.4 M", variant="alexnet-paper", truncated=True)).reproduced


def test_a_figure_that_nothing_gives_names_the_nearest() -> None:
    figure = beside_ours(claim("700 M", "macs"))
    assert not figure.reproduced
    assert not figure.explained
    assert (figure.nearest.variant, figure.nearest.counted, figure.nearest.amount) == ("alexnet", "macs", 714_188_480)


def test_candidates_are_those_with_the_same_digits_and_the_reading_is_none_of_them() -> None:
    figure = beside_ours(claim("0.72 G", "ptflops-readme"))
    assert [(other.variant, other.counted, other.scope) for other in figure.also] == [
        ("alexnet-bvlc", "macs", "whole model")
    ]
    assert figure.reading not in figure.also


def test_a_rough_figure_has_more_readings_than_a_fine_one() -> None:
    rough, fine = (len(beside_ours(claim(figure, "macs")).also) for figure in ("0.7 G", "714.188 M"))
    assert rough > 5
    assert fine == 0


def test_candidates_do_not_change_with_the_conventions_that_exist() -> None:
    ways = {other.counted for stated in ALL for other in beside_ours(stated).also}
    own = {"documents", "macs", "literature", "paper", "thop-readme", "ptflops-readme"}
    assert ways <= {*own, "parameters", "weights", "neurons", "values"}


def test_what_is_stated_is_there() -> None:
    for stated in ALL:
        assert stated.variant in VARIANTS[stated.model]
        assert stated.variant in MODELS
        assert stated.counted in {"parameters", "weights", "neurons", "values", "bytes"} | set(CONVENTIONS.names())
        assert not (stated.differences and stated.why)
    assert {claim.model for claim in ALL} == set(VARIANTS)


def test_a_part_the_variant_does_not_have_is_a_fault_of_the_record() -> None:
    with pytest.raises(ValueError, match="'alexnet' has no layer 9, of which 'a text' has a figure"):
        beside_ours(claim("1", scope="layer 9"))


@pytest.mark.parametrize(("layer", "connections"), [(1, (25 + 1) * 6 * 28 * 28), (4, 10_164), (3, 48_120)])
def test_connections_are_those_of_the_lenet_paper(layer: int, connections: int) -> None:
    rows = [row for row in netstat.profile("lenet", convention="paper").layers if row.params]
    assert rows[layer - 1].count == connections


def test_the_whole_of_cs231n_s_table_is_the_sum_of_its_rows_and_not_what_it_says() -> None:
    rows = [claim for claim in ALL if claim.source.startswith("CS231n") and claim.counted == "values"]
    *parts, total = (beside_ours(row).reading.amount for row in rows)
    assert sum(parts) == total == 15_237_608


def test_a_variant_is_looked_up_by_the_name_it_goes_by() -> None:
    assert family("alexnet-bvlc") == "alexnet"
    assert family("vgg16_bn") == "vgg16_bn"
    assert family("resnet50") is None
    assert netstat.published("alexnet-d2l") == netstat.published("alexnet")
    assert netstat.published("alexnet").model == "alexnet"


@pytest.mark.parametrize(
    ("model", "said"), [("resnet50", "'resnet50'"), (3, "an object of class int"), ("alexnet(num_classes=2)", "'al")]
)
def test_a_model_without_published_figures_is_told_which_have_some(model: object, said: str) -> None:
    with pytest.raises(
        UsageError, match=f"^no published figures are on record for {re.escape(said)}.*alexnet, lenet, vgg11"
    ):
        netstat.published(model)


@pytest.mark.parametrize(
    ("text", "digits", "value", "last"),
    [
        ("62.3 M", None, 62_300_000, 100_000), ("122,304", None, 122_304, 1), ("0.714 G", None, 714_000_000, 10**6),
        ("800 K", 2, 800_000, 10_000), ("6 %", None, 6, 1), ("93 MB", None, 93_000_000, 10**6),
        ("650,000", 2, 650_000, 10_000), ("0.077 G", 1, 77_000_000, 10**7),
    ],
)  # fmt: skip
def test_a_printed_figure_has_a_value_and_a_last_digit(text: str, digits: int | None, value: int, last: int) -> None:
    assert parse_printed(text, digits) == (value, last)


@pytest.mark.parametrize("text", ["", "many", "1 X", "1.2.3", "-", "1e9"])
def test_what_is_no_figure_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no figure"):
        parse_printed(text)
