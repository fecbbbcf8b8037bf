"""`record.plot`: charts on one's own Axes or a new figure, and nothing of the user's touched."""

import subprocess
import sys
import warnings
from pathlib import Path

import matplotlib
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from netstat.errors import UsageError
from netstat.records.base import Record, pictures
from netstat.records.report import side_by_side
from netstat.registry import CHARTS
from netstat.reports.charts._style import BOX, named
from tests.reports.samples import EXPLANATION, FULL_PROFILE, HOSTILE, HOSTILE_PROFILE, MEMORY, RECORDS

pytestmark = pytest.mark.charts
ROOT = Path(__file__).parents[2]
ALL = {
    *("macs", "params", "flops", "receptive-field", "latency-throughput", "roofline", "time", "training-step"),
    *("memory", "training-memory", "crosscheck", "crosscheck-overview", "bubbles", "compared-params", "compared-macs"),
    *("scaling", "scaling-memory", "scaling-shares", "forecast", "partition", "pipeline", "views", "activations"),
    *("activation-times", "activation-functions", "ceilings", "bandwidth"),
}


def test_every_chart_has_a_title_and_says_how_it_is_read() -> None:
    assert {chart.name for chart in CHARTS} == ALL
    assert all(chart.title and chart.reading.endswith(".") for chart in CHARTS)


def test_kinds_of_charts_are_kinds_of_records() -> None:
    kinds = {record.kind for record in RECORDS.values()}
    assert all(chart.kinds and set(chart.kinds) <= kinds for chart in CHARTS)


def test_a_chart_is_drawn_on_the_users_axes_and_these_come_back() -> None:
    left, right = Figure(figsize=(12, 4)).subplots(1, 2)
    assert FULL_PROFILE.plot("params", ax=left) is left
    assert FULL_PROFILE.plot("macs", right) is right
    assert [axes.get_title(loc="left") for axes in (left, right)] == ["parameters: 61.1 M", "MACs: 714.2 M"]


def test_without_axes_there_is_a_new_figure_that_pyplot_shows() -> None:
    axes = FULL_PROFILE.plot("time")
    try:
        assert axes.figure.number in pyplot.get_fignums()
        assert axes.figure.get_suptitle() == "alexnet · Time per layer"
    finally:
        pyplot.close(axes.figure)


def test_the_first_chart_of_a_record_is_the_one_drawn() -> None:
    assert MEMORY.plot(ax=Figure().subplots()).get_title(loc="left").startswith("inference")


def test_an_unknown_name_lists_those_that_are_there() -> None:
    with pytest.raises(UsageError, match=r"^unknown chart 'mac'; this memory has memory, training-memory$"):
        MEMORY.plot("mac")


def test_a_record_without_charts_says_so() -> None:
    with pytest.raises(UsageError, match="no chart"):
        EXPLANATION.plot()


def test_the_users_settings_stay_as_they_are() -> None:
    with matplotlib.rc_context({"font.size": 30, "text.parse_math": True}):
        before = dict(matplotlib.rcParams)
        for name in pictures(FULL_PROFILE):
            FULL_PROFILE.plot(name, Figure().subplots())
        assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(
    "record", [HOSTILE_PROFILE, RECORDS["forecasts"], RECORDS["hostile scaling"]], ids=lambda record: record.kind
)
def test_hostile_names_are_drawn_quietly_in_the_users_own_figure(record: Record) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in pictures(record):
            figure = Figure(figsize=(9, 4))
            record.plot(name, figure.subplots())
            figure.draw_without_rendering()  # with the user's settings, in which $ begins mathematics


def test_what_the_font_lacks_is_a_box_and_what_controls_is_gone() -> None:
    assert named("层.conv\x1b[31m\u202e") == f"{BOX}.conv[31m"
    assert named("Übung·αβ") == "Übung·αβ"
    assert BOX in named(HOSTILE)


def test_charts_are_listed_without_matplotlib() -> None:
    program = "import sys, netstat.registry as r; print(len(r.CHARTS.names()), 'matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(ALL)), "False"]


def test_a_report_of_several_models_has_the_charts_of_each() -> None:
    found = pictures(side_by_side([FULL_PROFILE, HOSTILE_PROFILE]))
    assert set(found) == {f"{number}-{name}" for number in (1, 2) for name in pictures(FULL_PROFILE)}
    assert found["2-macs"].record is HOSTILE_PROFILE
