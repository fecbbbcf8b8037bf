"""The largest square input for a bound is the last size that satisfies it, whatever the course of the total is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netstat
from netstat.errors import UsageError
from netstat.records.algebra import compiled
from netstat.records.formula import Figure, Formula, FormulaInput, SizeLetter

ALEXNET, VGG = netstat.formula("alexnet"), netstat.formula("vgg16")


def formula_of(expression: str, least: int = 1, most: int | None = None, multiple: int = 1) -> Formula:
    """A made-up total in S."""
    figure = Figure("macs", expression, expression, compiled(expression)({"S": least}))
    letters = (SizeLetter("S", least, least, most, multiple),)
    return Formula("made up", (FormulaInput("input", ("S",), "float32"),), letters, (), (figure,), (), ())


@pytest.mark.parametrize("found", [ALEXNET, VGG], ids=["alexnet", "vgg16"])
@pytest.mark.parametrize("bound", ["macs < 5G", "macs <= 700M", "flops < 3G", "activation_bytes <= 16MiB", "adds < 1G"])
def test_the_answer_satisfies_the_bound_and_no_larger_size_does(found: Formula, bound: str) -> None:
    name, operator, _ = bound.split()
    solution = found.solve(bound)

    def holds(side: int) -> bool:
        value = found.at(N=1, H=side, W=side)[name]
        return value < solution.limit if operator == "<" else value <= solution.limit

    assert holds(solution.side)
    assert not any(map(holds, range(solution.side + 1, solution.side + 500)))
    assert solution.value == found.at(N=1, H=solution.side, W=solution.side)[name]
    assert solution.next_value == found.at(N=1, H=solution.side + 1, W=solution.side + 1)[name]


def test_the_profile_says_the_same_at_the_answer_and_one_further() -> None:
    side = VGG.solve("macs < 5G").side
    assert netstat.profile("vgg16", (3, side, side)).totals.macs < 5_000_000_000
    assert netstat.profile("vgg16", (3, side + 1, side + 1)).totals.macs >= 5_000_000_000


NUMBERS = [(1, 40), (0, 60), (1, 12), (-30, 30), (1, 9), (0, 40_000)]


@given(st.tuples(*(st.integers(*ends) for ends in NUMBERS)))
def test_courses_that_rise_and_fall_are_followed_to_their_last_size(numbers: tuple[int, ...]) -> None:
    a, b, d, c, g, most = numbers
    expression = f"{a}*(S//{d})**2 + {b}*S - 50*gcd(S, {g}) + {c} + 500"
    found = formula_of(expression)
    value = compiled(expression)
    fitting = [side for side in range(1, 2500) if value({"S": side}) <= most + 1]
    if not fitting:
        with pytest.raises(UsageError, match="no square input of made up has so few"):
            found.solve(f"macs <= {most + 1}")
    elif fitting[-1] < 2400:
        assert found.solve(f"macs <= {most + 1}").side == fitting[-1]


def test_less_than_leaves_out_the_bound_itself() -> None:
    found = formula_of("S*S")
    assert found.solve("macs < 100").side == 9
    assert found.solve("macs <= 100").side == 10
    assert found.solve("macs ≤ 100").side == 10


def test_sizes_between_which_the_formulas_hold_are_kept_to() -> None:
    assert formula_of("S*S", most=7).solve("macs < 1000").side == 7
    assert formula_of("S*S", least=32, multiple=32).solve("macs < 10000").side == 96


def test_the_batch_is_one_unless_it_is_said() -> None:
    assert VGG.solve("macs < 40G", N=8).side == VGG.solve("macs < 5G").side
    assert VGG.solve("macs < 5G", H=100).sizes["H"] == 100


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        ("macs", "'macs' is no bound; write for example 'macs < 5G'"),
        ("macs > 5G", "'macs > 5G' is no bound"),
        ("macs < five", "'five' is not a whole number"),
        ("macs < 1.5", "'1.5' is not a whole number"),
        ("macs < 0", "the bound must be positive"),
        ("mac < 5G", "unknown figure 'mac'; did you mean macs"),
        ("macs < 1k", "no square input of vgg16 has so few: its least macs are "),
        ("params < 1G", "params of vgg16 do not grow with the input: there is no largest one for the bound"),
        ("params < 1M", "no square input of vgg16 has so few: its least params are 138,357,544"),
    ],
)
def test_a_bound_that_cannot_be_solved_is_refused_in_one_line(bound: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        VGG.solve(bound)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_no_size_is_refused() -> None:
    with pytest.raises(UsageError, match="vgg16 has formulas for N ≥ 1, not for N = 0"):
        VGG.solve("macs < 5G", N=0)
    with pytest.raises(UsageError, match="vgg16 has no size left to look for"):
        VGG.solve("macs < 5G", H=64, W=64)
    with pytest.raises(UsageError, match="do not grow with the input"):
        formula_of("gcd(S, 6) + 2").solve("macs < 5")
    with pytest.raises(UsageError, match="minima or periods"):
        formula_of("min(S, 7)*S").solve("macs < 5G")
    with pytest.raises(UsageError, match="only where S - 5 is 0 or more"):
        replace(formula_of("S"), conditions=("S - 5",)).solve("macs < 5G")
