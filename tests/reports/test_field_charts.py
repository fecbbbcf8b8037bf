"""The chart of receptive fields: what stands in it is what the rows say."""

from dataclasses import replace

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from netstat import profile
from netstat.records.base import pictures
from netstat.records.profile import Profile
from netstat.reports.charts._chart import stacked
from netstat.reports.charts._style import look
from tests.reports.samples import FULL_PROFILE

pytestmark = pytest.mark.charts


def drawn(record: Profile) -> Figure:
    with look():
        found = [each for each in pictures(record).values() if each.chart.name == "receptive-field"]
        figure = stacked(found, Figure)
        FigureCanvasAgg(figure).draw()
    return figure


def test_bars_are_the_extents_and_each_new_one_is_written_once() -> None:
    alexnet = profile("alexnet")
    (axes,) = drawn(alexnet).axes
    extents = [layer.receptive_field[0] for layer in alexnet.layers if layer.receptive_field]
    bars = sorted(axes.patches, key=lambda bar: bar.get_x())  # one colour after the other
    assert [bar.get_height() for bar in bars] == extents
    assert [text.get_text().strip() for text in axes.texts] == ["11", "19", "51", "67", "99", "131", "163", "195"]
    assert axes.get_title(loc="left") == "receptive field: up to 195×195 at features.12"


def test_a_line_shows_the_size_of_the_input() -> None:
    (axes,) = drawn(profile("vgg11")).axes
    (line,) = axes.get_lines()
    assert list(line.get_ydata()) == [224, 224]
    assert line.get_label() == "the input's 224"


def test_dimensions_that_differ_have_a_panel_each() -> None:
    alexnet = profile("alexnet", (3, 224, 320))
    height, width = drawn(alexnet).axes
    assert [max(axes.get_lines()[0].get_ydata()) for axes in (height, width)] == [224, 320]


def test_a_model_without_fields_has_no_such_chart() -> None:
    gone = replace(FULL_PROFILE, layers=tuple(replace(row, receptive_field=None) for row in FULL_PROFILE.layers))
    assert not any("receptive" in name for name in pictures(gone))
