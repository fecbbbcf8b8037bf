"""Formulas as text are read to what they say, and nothing else is read."""

from fractions import Fraction
from itertools import pairwise
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netstat
from netstat.errors import ModelError
from netstat.records.algebra import compiled, degree, is_piecewise, period

SIZES = {"N": 3, "H": 21, "W": 50}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("N*(64*((H - 7)//4) + 10)", 3 * (64 * 3 + 10)),
        ("N·(64·⌊(H−7)/4⌋ + 10)", 3 * (64 * 3 + 10)),
        ("N·(64·⌊(H − 7)/4⌋\n + 10)", 3 * (64 * 3 + 10)),
        ("−H² + W", 50 - 441),
        ("H**2*2", 882),
        ("gcd(H, 6) + min(H, W) - max(H, W)", 3 + 21 - 50),
        ("⌊−H/2⌋", -11),
    ],
)
def test_what_people_and_python_write_reads_to_the_same_number(text: str, value: int) -> None:
    assert compiled(text)(SIZES) == value


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')", "N.real", "H if W else N", "f(H, W)", "min(H)", "gcd(H, W, N)", "H**W", "2**99", "9**9**9",
        "H//0", "H//W", "H % 2", "H << 99", "'H'", "1.5*H", "True", "[H]", "lambda: H", "H(2, 3)", "", "(", "min(a=1)",
        "H := 2", "-" * 5000 + "H",
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ModelError, match=r"formula|power|divisor") as refused:
        compiled(text)
    assert "\n" not in str(refused.value)


@given(st.integers(1, 9), st.integers(-50, 50), st.integers(1, 40), st.integers(0, 9))
def test_a_whole_division_rounds_down(times: int, shift: int, divisor: int, power: int) -> None:
    found = compiled(f"(({times}*H + {shift})//{divisor})**{power}")(SIZES)
    assert found == floor(Fraction(times * 21 + shift, divisor)) ** power


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 12), st.integers(1, 400))
def test_along_a_period_a_formula_is_a_polynomial_of_its_degree(d: int, e: int, g: int, start: int) -> None:
    text = f"((S + 3)//{d})*(((S + 1)//{e}) + gcd((S//{e}), {g})) + 5*S**2"
    assert degree(text, ["S"]) == 2
    step, value = period(text), compiled(text)
    third = [value({"S": start + k * step}) for k in range(5)]
    while len(third) > 2:
        third = [after - before for before, after in pairwise(third)]
    assert third == [0, 0]


def test_minima_are_seen_and_letters_of_that_name_are_no_trouble() -> None:
    assert is_piecewise("2*min(H, 3)")
    assert not is_piecewise("gcd(H, 3) + H")


@pytest.mark.torch
@pytest.mark.parametrize("name", ["alexnet", "vgg16"])
def test_the_expressions_of_python_users_are_sympys_and_say_the_same(name: str) -> None:
    sympy = pytest.importorskip("sympy")  # comes with torch
    found = netstat.formula(name)
    for sizes in ({"N": 1, "H": 224, "W": 224}, {"N": 5, "H": 97, "W": 130}):
        letters = {sympy.Symbol(letter): size for letter, size in sizes.items()}
        for figure in ("macs", "params", "flops", "activation_bytes", "adds", "bytes_read"):
            assert getattr(found, figure).subs(letters) == found.at(**sizes)[figure]


@pytest.mark.torch
def test_letters_are_found_by_name() -> None:
    import sympy

    formula = netstat.formula("alexnet")
    counted = netstat.profile("alexnet", (3, 320, 256), batch=2).totals.macs
    assert formula.macs.subs({"N": 2, "H": 320, "W": 256}) == counted
    assert formula.macs.subs(dict(zip(sympy.symbols("N H W"), (2, 320, 256), strict=True))) == counted
    assert {str(letter) for letter in formula.macs.free_symbols} == {"N", "H", "W"}
    with pytest.raises(AttributeError, match="a formula has no mac"):
        _ = formula.mac
