"""No chart writes one thing over another, or beyond its edge: measured by matplotlib's own renderer."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

import netstat
from netstat.analysis.compare import compare
from netstat.records.base import Record, pictures
from netstat.reports.charts._chart import stacked
from netstat.reports.charts._style import look
from tests.reports.samples import (
    BENCHMARKS,
    CHECKS,
    CPU,
    FULL_PROFILE,
    MEMORY,
    RECORDS,
    SCALING,
    benchmark_of,
    roofline_of,
)

pytestmark = pytest.mark.charts
MODELS = ("alexnet", "vgg19_bn", "resnet152", "vit_b_16")
OTHERS = {  # of every kind, the ones with hostile names where there are some
    *("a hostile, incomplete profile", "a comparison", "stacks", "timed activations", "forecasts", "a partition"),
    *("ceilings", "benchmarks under roofs", "training steps", "hostile scaling", "a hostile input pipeline"),
    *("views of an image", "views of no whole image"),
}
TOUCH = 1.0  # pixels that two boxes may share: letters do not fill theirs


def drawn(record: Record) -> Iterator[tuple[str, Figure]]:
    """Every picture of the record, laid out."""
    for name, picture in pictures(record).items():
        with look():
            figure = stacked([picture], Figure)
            FigureCanvasAgg(figure).draw()
            yield name, figure


def written(figure: Figure) -> list[Text]:
    """Every text that is seen; of tick labels those within the limits."""
    seen: dict[Text, bool] = {}
    for axes in figure.findobj(lambda artist: hasattr(artist, "get_xaxis")):
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                seen[tick.label1] = low <= tick.get_loc() <= high
    texts = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    return [text for text in texts if seen.get(text, True)]


def boxes(figure: Figure) -> list[tuple[str, Any]]:
    """The upright texts and where they stand, words alone."""
    upright = [text for text in written(figure) if text.get_rotation() % 90 == 0]
    return [(text.get_text(), Text.get_window_extent(text).padded(-TOUCH / 2)) for text in upright]


def faults(record: Record) -> list[str]:
    """Each text that covers another, or does not fit into its picture."""
    found = []
    for name, figure in drawn(record):
        placed = boxes(figure)
        assert placed
        for (text, box), (other, over) in combinations(placed, 2):
            if box.overlaps(over):
                found.append(f"{name}: '{text}' and '{other}'")
        edge = figure.bbox
        for text, box in placed:
            if box.x0 < edge.x0 or box.x1 > edge.x1 or box.y0 < edge.y0 or box.y1 > edge.y1:
                found.append(f"{name}: '{text}' is cut")
    return found


@cache
def timed(model: str) -> Any:
    """A profile with times and a roofline, in the order of their sizes."""
    profile = netstat.profile(model)
    benchmark = benchmark_of(profile)
    return replace(profile, benchmarks=(benchmark,), roofline=(roofline_of(profile, benchmark),))


def test_texts_are_apart_in_every_chart_of_alexnet() -> None:
    assert faults(FULL_PROFILE) == []


@pytest.mark.parametrize("record", [CHECKS, MEMORY, SCALING], ids=lambda record: record.kind)
def test_texts_are_apart(record: Record) -> None:
    assert faults(record) == []


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.parametrize("model", MODELS)
def test_texts_are_apart_in_every_chart_of_a_model(model: str) -> None:
    assert faults(timed(model)) == []
    assert faults(netstat.memory(model)) == []


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.peers
@pytest.mark.parametrize("model", MODELS)
def test_texts_are_apart_in_cross_checks_of_a_model(model: str) -> None:
    assert faults(netstat.crosscheck(model, against=["thop"])) == []


@pytest.mark.slow
@pytest.mark.torch
def test_texts_are_apart_where_models_are_compared() -> None:
    assert faults(compare([timed(model) for model in (*MODELS, "vgg16", "lenet")])) == []


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS[:2])
def test_texts_are_apart_where_a_model_grows(model: str) -> None:
    assert faults(netstat.scaling(model)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(OTHERS))
def test_texts_are_apart_in_charts_of_any_record(name: str) -> None:
    assert faults(RECORDS[name]) == []


def test_texts_are_apart_where_reasons_are_long() -> None:
    thop, *others = CHECKS.crosscheck
    terms = [replace(thop.terms[0], reason=f"counted {number} times " * 20) for number in range(30)]
    assert faults(replace(CHECKS, crosscheck=(replace(thop, terms=tuple(terms)), *others))) == []


def test_texts_are_apart_in_a_sweep() -> None:
    runs = [(batch, 0.02 + 0.004 * batch) for batch in (1, 2, 4, 8, 16, 32)]
    ways = [
        replace(CPU, batch=batch, median_seconds=time, ci95_seconds=(time, time), examples_per_second=batch / time)
        for batch, time in runs
    ]
    assert faults(replace(BENCHMARKS, benchmarks=tuple(ways))) == []


def test_a_text_over_another_and_one_beyond_the_edge_are_found() -> None:
    figure = Figure()
    FigureCanvasAgg(figure)
    figure.text(0.5, 0.5, "one")
    figure.text(0.51, 0.5, "two")
    (_, one), (_, two) = boxes(figure)
    assert one.overlaps(two)
