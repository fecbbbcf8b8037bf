"""The roofline chart: a point a timed layer, its area the time, labels apart, inside and few."""

from dataclasses import replace
from itertools import combinations
from math import log10
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from netstat.records.roofline import Roofline
from netstat.reports.charts._files import figure
from netstat.reports.charts._style import look
from netstat.reports.charts.roofline import AREA, DOT
from tests.records.ceilings_made import CEILING, CEILINGS
from tests.reports.samples import BENCHMARKS, ROOFLINE, UNDER_ROOFS

pytestmark = pytest.mark.charts


def drawn(roofline: Roofline = ROOFLINE) -> Figure:
    with look():
        result = figure(replace(UNDER_ROOFS, roofline=(roofline,)))
        FigureCanvasAgg(result).draw()
    return result


def placed(roofline: Roofline) -> list[Any]:
    """The timed layers that do arithmetic and move bytes, greatest first."""
    found = [layer for layer in roofline.layers if layer.known_seconds and layer.flops and layer.bytes_moved]
    return sorted(found, key=lambda layer: -layer.known_seconds)


def deep(layers: int) -> Roofline:
    """As many layers, none where another is."""
    rows = [
        replace(
            ROOFLINE.layers[i % 2 * 3], path=f"block.{i}.conv", flops=10**6 * (i + 1), bytes_moved=10**5 * (3 + i % 7)
        )
        for i in range(layers)
    ]
    return replace(ROOFLINE, layers=tuple(rows))


def test_there_is_one_point_a_timed_layer_where_it_belongs() -> None:
    (points,) = drawn().axes[0].collections
    layers = placed(ROOFLINE)
    assert len(layers) > 5
    assert points.get_offsets().tolist() == [
        [layer.flops / layer.bytes_moved, layer.flops / layer.measured_seconds] for layer in layers
    ]


def test_the_area_of_a_point_is_the_share_of_the_time() -> None:
    (points,) = drawn().axes[0].collections
    shares = [AREA * layer.measured_seconds / ROOFLINE.measured_seconds for layer in placed(ROOFLINE)]
    assert points.get_sizes().tolist() == pytest.approx([max(DOT, share) for share in shares])


def test_roofs_are_as_high_as_measured_and_meet() -> None:
    level, *slopes = drawn().axes[0].lines
    assert set(level.get_ydata()) == {CEILING.flops_per_second}
    for line, (_, rate) in zip(slopes, CEILING.roofs, strict=True):
        x, y = line.get_data()
        assert y == pytest.approx([rate * at for at in x])
        assert y[-1] == CEILING.flops_per_second


@pytest.mark.slow
@pytest.mark.parametrize("roofline", [ROOFLINE, deep(3), deep(60)], ids=["alexnet", "three", "sixty"])
def test_labels_are_apart_and_inside(roofline: Roofline) -> None:
    chart = drawn(roofline)
    (axes,) = chart.axes
    renderer: Any = chart.canvas.get_renderer()  # type: ignore[attr-defined]  # Agg's
    boxes = [Text.get_window_extent(text, renderer) for text in axes.texts if text.get_rotation() == 0]
    assert len(boxes) > 2
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    frame = axes.get_window_extent()
    assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)


def test_all_points_and_corners_of_roofs_are_in_the_picture() -> None:
    (axes,) = drawn().axes
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    for x, y in axes.collections[0].get_offsets():
        assert left < x < right
        assert low < y < high
    assert all(left < CEILING.flops_per_second / rate < right for _, rate in CEILING.roofs)
    assert log10(high) > log10(CEILING.flops_per_second)


def test_timed_layers_that_have_no_place_are_counted() -> None:
    timed = [layer for layer in ROOFLINE.layers if layer.measured_seconds is not None]
    assert f"{len(timed) - len(placed(ROOFLINE))} timed layers" in drawn().axes[0].get_xlabel()


def test_a_roofline_of_no_layers_shows_the_roofs() -> None:
    (axes,) = drawn(replace(ROOFLINE, layers=())).axes
    assert len(axes.lines) == 1 + len(CEILING.roofs)


def test_a_benchmark_shows_its_roofline_and_one_without_its_times() -> None:
    with look():
        assert figure(UNDER_ROOFS).axes[0].get_xscale() == "log"
        assert figure(BENCHMARKS).axes[0].get_xscale() == "linear"


def test_ceilings_have_a_bar_a_probe_and_a_line_a_kernel() -> None:
    with look():
        compute, _, traffic, _ = figure(CEILINGS).axes
    assert [bar.get_width() for bar in compute.patches] == [probe.flops_per_second for probe in CEILING.compute]
    lines = {line.get_label(): list(line.get_ydata()) for line in traffic.lines if len(line.get_xdata()) != 2}
    assert lines["copy"] == [p.bytes_per_second for p in CEILING.traffic if p.name == "copy"]
