"""docs/formulas.md says what netstat says now, and what stands there gives the figures of profiles."""

from random import Random

import pytest

import netstat
from netstat.analysis.formula import FIGURES
from netstat.records.algebra import compiled
from tests.formulas.page import MODELS, PAGE, SOLVED, printed, render

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_is_what_its_command_writes() -> None:
    assert render() == TEXT


@pytest.mark.parametrize("name", MODELS)
def test_formulas_read_back_from_the_page_give_the_profile(name: str) -> None:
    formulas = {figure: compiled(printed(TEXT, name, figure)) for figure in FIGURES}
    random = Random(name)
    for _ in range(10):
        batch, height, width = random.randint(1, 9), random.randint(63, 700), random.randint(63, 700)
        totals = netstat.profile(name, (3, height, width), batch=batch).totals
        for figure, value in formulas.items():
            assert value({"N": batch, "H": height, "W": width}) == getattr(totals, figure)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("bound", SOLVED)
def test_largest_inputs_on_the_page_are_so_by_profiles(name: str, bound: str) -> None:
    line = next(
        line for line in TEXT.partition(f"### {name}: largest")[2].splitlines() if line.startswith(f"| {bound} |")
    )
    side, there, further = (int(cell.replace(",", "")) for cell in line.split("|")[2:5])
    figure = bound.split()[0]
    found = [getattr(netstat.profile(name, (3, size, size)).totals, figure) for size in (side, side + 1)]
    assert found == [there, further]
    limit = netstat.formula(name).solve(bound).limit
    assert there <= limit < further or (there < limit <= further and "<=" not in bound)
