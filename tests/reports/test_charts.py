"""Charts: that they are there, readable, the same each time, and leave matplotlib as it was."""

import struct
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from netstat.errors import UsageError
from netstat.records.profile import Profile
from netstat.registry import REPORTS
from netstat.reports.charts._files import charts, figure
from netstat.reports.charts._style import look
from tests.reports.samples import (
    ACTIVATIONS,
    ALEXNET_PROFILE,
    BENCHMARKS,
    CHECKS,
    COMPARISON,
    CPU,
    FULL_PROFILE,
    PIPELINE,
    TIMED_ACTIVATIONS,
    benchmark_of,
    profile_of,
)

pytestmark = pytest.mark.charts


def drawn(record: Any) -> Figure:
    """The record's figure, laid out."""
    with look():
        result = figure(record)
        FigureCanvasAgg(result).draw()
    return result


def deep(layers: int) -> Profile:
    """A model of so many layers, timed, every second one a convolution as VGG with batch norm has them."""
    rows = tuple(
        replace(ALEXNET_PROFILE.layers[i % 2 * 3], path=f"features.{i}", op=("conv2d", "batch_norm")[i % 2])
        for i in range(layers)
    )
    profile = profile_of("deep", rows)
    return replace(profile, benchmarks=(benchmark_of(profile),))


def overlaps(texts: list[Any]) -> bool:
    boxes = [text.get_window_extent() for text in texts if text.get_text() and text.get_visible()]
    boxes.sort(key=lambda box: box.x0)
    return any(left.overlaps(right) for left, right in pairwise(boxes))


@pytest.mark.slow
@pytest.mark.parametrize("layers", [2, 22, 62, 400])
def test_no_two_labels_of_layers_overlap(layers: int) -> None:
    labels = drawn(deep(layers)).axes[-1].get_xticklabels()
    assert len(labels) > 1
    assert not overlaps(labels)


def test_layers_with_parameters_are_labelled_by_path() -> None:
    labels = [label.get_text() for label in drawn(FULL_PROFILE).axes[-1].get_xticklabels()]
    assert labels == [layer.path for layer in FULL_PROFILE.layers if layer.params]


@pytest.mark.slow
@pytest.mark.parametrize("profile", [FULL_PROFILE, deep(150)], ids=["alexnet", "deep"])
def test_the_shares_at_the_bars_stay_inside_their_panel_and_apart(profile: Profile) -> None:
    for axes in drawn(profile).axes[:2]:
        panel = axes.get_window_extent()
        assert not overlaps(list(axes.texts))
        assert all(text.get_window_extent().y1 <= panel.y1 for text in axes.texts)


@pytest.mark.parametrize("device_name", ["", "CPU", "Example(R) Processor(TM) Platinum 8481C CPU @ 2.70GHz" * 3])
def test_no_title_runs_into_the_legend(device_name: str) -> None:
    times = (replace(CPU, device_name=device_name),)
    for axes in drawn(replace(FULL_PROFILE, benchmarks=times)).axes:
        written = axes.get_title(loc="left")
        (title,) = (text for text in axes.findobj(Text) if text.get_text() == written)
        assert not title.get_window_extent().overlaps(axes.get_legend().get_window_extent())


def heights(axes: Any) -> list[float]:
    """What stands at each place of an axis over layers, all colours together."""
    found: dict[int, float] = {}
    for bar in axes.patches:
        at = round(bar.get_x() + bar.get_width() / 2)
        found[at] = found.get(at, 0) + bar.get_height()
    return [found[at] for at in sorted(found)]


def test_bars_are_as_high_as_the_counts() -> None:
    params, macs, time = drawn(FULL_PROFILE).axes
    assert heights(params) == [layer.params for layer in FULL_PROFILE.layers]
    assert heights(macs) == [layer.macs for layer in FULL_PROFILE.layers]
    shares = [bar.get_height() for bar in time.patches]
    measured, counted = shares[: len(FULL_PROFILE.layers)], shares[len(FULL_PROFILE.layers) :]
    assert sum(measured) == pytest.approx(1 - CPU.unattributed_seconds / CPU.median_seconds)
    assert sum(counted) == pytest.approx(1)


def test_a_profile_without_times_has_two_panels() -> None:
    assert len(drawn(ALEXNET_PROFILE).axes) == 2


def test_a_benchmark_has_a_panel_per_device() -> None:
    assert len(drawn(BENCHMARKS).axes) == len(BENCHMARKS)


def test_a_cross_check_has_a_bar_per_reason() -> None:
    axes = drawn(CHECKS).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [18_432, 714_188_480, 7, 0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[0].startswith("thop: adaptive average pooling")
    assert labels[2:] == ["torch: UNEXPLAINED", "fvcore: no figure"]


def test_a_comparison_has_a_bar_per_model_and_kind_of_layer() -> None:
    params, macs = drawn(COMPARISON).axes
    assert len(params.patches) == len(macs.patches) == 3 * 2
    assert {bar.get_height() for bar in macs.patches} >= {655_566_528, 58_621_952}


def test_a_pipeline_has_a_line_of_its_own_of_each_loop_and_a_level_one_of_each_model() -> None:
    (axes,) = drawn(PIPELINE).axes
    lines = {line.get_label(): list(line.get_ydata()) for line in axes.lines if not line.get_label().startswith("_")}
    assert lines == {f"model alone ({m.device}, inference)": [m.time.images_per_second] * 2 for m in PIPELINE.models}
    drawn_points = {bars.get_label(): [list(xy) for xy in bars.lines[0].get_xydata()] for bars in axes.containers}
    assert drawn_points == {
        "pipeline alone": [[loader.workers, loader.time.images_per_second] for loader in PIPELINE.loaders],
        **{
            f"together ({device}, inference)": [
                [loop.workers, loop.time.images_per_second] for loop in PIPELINE.loops if loop.device == device
            ]
            for device in ("cpu", "cuda:0")
        },
    }


def test_activation_functions_and_their_gradients_are_right() -> None:
    lines = {line.get_label(): line for line in ACTIVATIONS.plot("activation-functions", Figure().subplots()).lines}
    x = np.array(lines["sigmoid"].get_xdata())
    assert (x[0], x[-1]) == (-10, 10)
    away_from_zero = abs(x) > 0.1  # where ReLU has its corner
    saturated = {}
    for name in ("sigmoid", "tanh", "ReLU"):
        slope = np.array(lines[f"{name}, gradient"].get_ydata())
        expected = np.gradient(lines[name].get_ydata(), x)
        assert np.allclose(expected[away_from_zero], slope[away_from_zero], atol=1e-3)
        saturated[name] = slope[-1] < 1e-4
    assert saturated == {"sigmoid": True, "tanh": True, "ReLU": False}


def test_png_is_as_large_as_said_and_svg_has_no_date(tmp_path: Path) -> None:
    png, svg = REPORTS["png"].render(CHECKS), REPORTS["svg"].render(CHECKS)
    assert png.startswith(b"\x89PNG\r\n")
    assert struct.unpack(">I", png[16:20])[0] == 1350
    assert svg.startswith(b"<?xml")
    assert b"<dc:date>" not in svg


def test_a_name_is_never_taken_for_mathematics() -> None:
    drawn(replace(ALEXNET_PROFILE, model=r"$\frac$", layers=(replace(ALEXNET_PROFILE.layers[0], path="$x_{$"),)))


def test_the_users_settings_of_matplotlib_change_nothing_and_are_left_alone() -> None:
    plain = REPORTS["png"].render(CHECKS)
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        before = dict(matplotlib.rcParams)
        assert REPORTS["png"].render(CHECKS) == plain
        assert dict(matplotlib.rcParams) == before


@pytest.mark.slow
def test_pyplot_is_never_loaded() -> None:
    program = """
import sys
from netstat.registry import REPORTS
from tests.reports.samples import CHECKS
REPORTS["png"].render(CHECKS)
print("matplotlib.pyplot" in sys.modules)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.slow
def test_charts_go_into_a_folder_each_as_png_and_svg(tmp_path: Path) -> None:
    written = charts(FULL_PROFILE, tmp_path / "new" / "charts")
    names = [
        *("macs", "params", "flops", "receptive-field", "roofline", "time"),
        *("crosscheck", "crosscheck-overview", "activation-functions"),
    ]
    assert [path.name for path in written] == [f"{name}.{suffix}" for name in names for suffix in ("png", "svg")]
    assert all(path.stat().st_size > 1000 for path in written)


@pytest.mark.slow
def test_charts_spare_foreign_files(tmp_path: Path) -> None:
    foreign = tmp_path / "crosscheck.png"
    foreign.write_bytes(b"mine")
    with pytest.raises(UsageError, match="netstat did not write it"):
        charts(CHECKS, tmp_path)
    assert foreign.read_bytes() == b"mine"
    assert foreign in charts(CHECKS, tmp_path, force=True)


def test_a_folder_for_charts_that_cannot_be_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot make the folder"):
        charts(CHECKS, tmp_path / "file")


def test_every_function_of_one_value_has_a_panel_with_its_gradient() -> None:
    panels = ACTIVATIONS.plot("activations", Figure().subplots()).child_axes
    assert [axes.get_title(loc="left") for axes in panels] == ["relu", "sigmoid"]
    for axes, found in zip(panels, ACTIVATIONS.activations, strict=False):
        assert [tuple(line.get_ydata()) for line in axes.lines] == [found.value, found.gradient]


def test_times_per_element_are_bars_and_an_unreliable_device_says_so() -> None:
    axes = TIMED_ACTIVATIONS.plot("activation-times", Figure().subplots())
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([1e-9, 2e-9, 0])
    assert axes.get_legend_handles_labels()[1] == ["cpu (unreliable)"]
