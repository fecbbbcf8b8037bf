"""Sizes in letters are what the same arithmetic gives on numbers, wherever the conditions on record hold."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from netstat.analysis.formula import Pattern, formula
from netstat.analysis.replay import Sample, replay
from netstat.analysis.validity import settled, validity
from netstat.errors import ShapeError
from netstat.frontends.builder import build_graph
from netstat.graph import TensorSpec
from netstat.models.layers import adaptive_avg_pool2d, avg_pool2d, conv2d, max_pool2d, relu
from netstat.models.spec import sequential
from netstat.ops.arithmetic import ceil_div, common_divisor, least, most
from netstat.ops.extent import Extent, UndecidedError, letter
from netstat.ops.terms import Book
from netstat.ops.terms_text import text
from netstat.records.algebra import compiled

SAMPLES = (40, 57, 91)
Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["+", "*", "//", "ceil", "min", "max", "gcd", "%", "-", "and itself"]), st.integers(1, 12)
    ),
    max_size=7,
)
RULES: dict[str, Callable[[Any, int], Any]] = {
    "+": lambda x, k: x + k,
    "-": lambda x, k: k - x,
    "*": lambda x, k: x * k,
    "//": lambda x, k: x // k,
    "%": lambda x, k: x % k,
    "ceil": ceil_div,
    "min": least,
    "max": most,
    "gcd": common_divisor,
    "and itself": lambda x, k: x + (x + 1) // k,
}


def worked_out(start: Any, steps: list[Step]) -> Any:
    for name, number in steps:
        start = RULES[name](start, number)
    return start


@settings(deadline=None)
@given(STEPS, st.integers(1, 500))
def test_arithmetic_on_letters_is_that_on_numbers(steps: list[Step], size: int) -> None:
    book = Book()
    found = worked_out(letter(book, "S", SAMPLES), steps)
    if isinstance(found, Extent):
        assert found.values == tuple(worked_out(sample, steps) for sample in SAMPLES)
        assert book.value(found.terms, {"S": size}) == worked_out(size, steps)
        assert compiled(text(book, found.terms))({"S": size}) == worked_out(size, steps)
        assert book.value(settled(book, found.terms, validity(book, {"S": 1}).ranges), {"S": size}) == worked_out(
            size, steps
        )


@settings(deadline=None)
@given(STEPS, st.integers(-20, 60), st.integers(1, 500))
def test_a_comparison_goes_as_at_the_samples_wherever_the_conditions_hold(
    steps: list[Step], number: int, size: int
) -> None:
    for compare in (lambda x: x < number, lambda x: x >= number, lambda x: x == number, lambda x: x != number):
        book = Book()
        found = worked_out(letter(book, "S", SAMPLES), steps)
        try:
            answer = compare(found)
        except UndecidedError:
            assert (
                len({compare(worked_out(sample, steps)) for sample in SAMPLES}) > 1
                or any(worked_out(sample, steps) == number for sample in SAMPLES)
                or (min(found.values) < number < max(found.values))
            )
            continue
        held = validity(book, {"S": SAMPLES[0]})
        low, high = held.ranges["S"]
        inside = low <= size and (high is None or size <= high)
        if inside and all(book.value(terms, {"S": size}) >= 0 for terms in held.others):
            assert compare(worked_out(size, steps)) == answer


@settings(deadline=None)
@given(st.integers(-40, 40), st.integers(1, 9), st.integers(1, 9))
def test_the_ranges_of_a_condition_are_as_wide_as_it_holds(shift: int, divisor: int, other: int) -> None:
    book = Book()
    size = letter(book, "S", (2000, 2500, 3001))
    assert ((size + shift) // divisor + shift) // other >= 1
    low = validity(book, {"S": 2000}).ranges["S"].least
    holds = [((side + shift) // divisor + shift) // other >= 1 for side in range(1, 2000)]
    assert low == 1 + max((side for side, held in enumerate(holds, 1) if not held), default=0)


LAYERS = st.lists(
    st.one_of(
        st.builds(lambda k, s, p: ("conv", k, s, min(p, k)), st.integers(1, 5), st.integers(1, 3), st.integers(0, 2)),
        st.builds(lambda k, s: ("max", k, s, 0), st.integers(1, 4), st.integers(1, 3)),
        st.builds(lambda k, s: ("avg", k, s, 0), st.integers(1, 4), st.integers(1, 3)),
        st.builds(lambda o: ("adaptive", o, 0, 0), st.integers(1, 7)),
        st.just(("relu", 0, 0, 0)),
    ),
    min_size=1,
    max_size=5,
)


def built(layers: list[tuple[str, int, int, int]], sizes: dict[str, int]) -> Any:
    makers = {
        "conv": lambda k, s, p: conv2d(4, 4, k, stride=s, padding=p),
        "max": lambda k, s, p: max_pool2d(k, s),
        "avg": lambda k, s, p: avg_pool2d(k, s),
        "adaptive": lambda o, s, p: adaptive_avg_pool2d(o),
        "relu": lambda *_: relu(),
    }
    stack = sequential(*(makers[name](*numbers) for name, *numbers in layers))
    return build_graph("stack", stack, TensorSpec((sizes["N"], 4, sizes["H"], sizes["W"])))


@pytest.mark.slow
@settings(deadline=None)
@given(LAYERS, st.integers(1, 4), st.integers(1, 300), st.integers(1, 300))
def test_stacks_of_layers_have_formulas_that_hold_where_they_say(
    layers: list[tuple[str, int, int, int]], batch: int, height: int, width: int
) -> None:
    from netstat.analysis.profile import profile
    from netstat.conventions import CONVENTIONS

    three = [{"N": n, "H": h, "W": w} for n, h, w in ((1, 400, 420), (2, 464, 580), (3, 437, 475))]
    try:
        samples = [Sample(sizes, built(layers, sizes)) for sizes in three]
    except ShapeError:  # a window larger than what an adaptive pool leaves
        assume(False)
    pattern = Pattern((("N", 4, "H", "W"),), three[0])
    found = formula(replay(samples, pattern.inputs), samples, pattern)
    chosen = {"N": batch, "H": height, "W": width}
    if not all(letter.admits(chosen[letter.name]) for letter in found.letters):
        with pytest.raises(ShapeError):
            built(layers, chosen)
        return
    totals = profile(built(layers, chosen), CONVENTIONS["documents"]).totals
    assert found.at(**chosen) == {figure.name: getattr(totals, figure.name) for figure in found.figures}


@pytest.mark.parametrize(
    "question",
    [
        int,
        float,
        range,
        lambda size: [0] * size,
        lambda size: size / 7,
        lambda size: 5 // size,
        lambda size: size == 57,
    ],
    ids=["int", "float", "range", "repeated", "with a rest", "below", "equal at one sample"],
)
def test_what_only_a_number_can_tell_is_refused(question: Callable[[Any], Any]) -> None:
    with pytest.raises(UndecidedError):
        question(letter(Book(), "S", SAMPLES))
