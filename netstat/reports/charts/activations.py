"""Every activation function with its gradient, and their measured times."""

from collections.abc import Sequence
from typing import Any

from netstat.records.activations import REACH, Activation, Activations
from netstat.records.benchmark import Benchmark
from netstat.reports._activations import device
from netstat.reports.charts._chart import WIDTH, chart
from netstat.reports.charts._style import BLUE, GREY, ORANGE, SMALL, VERMILLION, Axes, dress, legend, logarithmic, named
from netstat.units import duration

ACROSS = 4  # panels in a row
PANEL, AROUND = 1.45, 0.2  # inches of height
_COLORS = (BLUE, ORANGE, VERMILLION, GREY)


def _drawn(record: Activations) -> list[Activation]:
    return [found for found in record.activations if found.value]


def _down(record: Activations) -> int:
    return max(-(-len(_drawn(record)) // ACROSS), 1)


@chart("activations", "activations", size=lambda record: (WIDTH, PANEL * _down(record) + AROUND))
def activations(axes: Axes, record: Activations) -> None:
    """Activation functions and their gradients.

    A panel for each function of one value: the function in blue, its gradient in orange. Where the gradient lies on 0
    nothing is learned.
    """
    axes.set_axis_off()
    down = _down(record)
    handles: Sequence[Any] = ()
    for number, found in enumerate(_drawn(record)):
        row, column = divmod(number, ACROSS)
        corner = (column / ACROSS + 0.01, 1 - (row + 0.86) / down)
        panel = axes.inset_axes((*corner, 0.9 / ACROSS, 0.6 / down))
        _panel(panel, record.x, found)
        panel.tick_params(labelleft=column == 0)
        handles = panel.get_lines()
    if handles:
        place = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "borderaxespad": 0.2}
        axes.legend(handles=handles, ncols=2, **place)


def _panel(axes: Axes, x: Sequence[float], found: Activation) -> None:
    axes.plot(x, found.value, color=BLUE, label="function")
    axes.plot(x, found.gradient, color=ORANGE, label="gradient")
    axes.set_title(named(found.name, 24), loc="left", fontsize=SMALL + 1)
    axes.set_ylim(-1.4, 2.4)  # those that grow go on beyond
    axes.set_xticks((-REACH, 0, REACH))
    axes.set_yticks((-1, 0, 1, 2))
    axes.tick_params(labelsize=SMALL)
    dress(axes)


def _timed(record: Activations) -> list[Activations]:
    return [record] if record.benchmarks else []


@chart("activation-times", "activations", subjects=_timed)
def times(axes: Axes, record: Activations) -> None:
    """Time per element of activation functions, forward.

    A bar per function and device, on a logarithmic axis; an unreliable device says so in the legend.
    """
    benchmarks, found = record.benchmarks or (), record.activations
    thickness = 0.8 / max(len(benchmarks), 1)
    for index, benchmark in enumerate(benchmarks):
        heights = [record.seconds_per_element(each, benchmark) or 0.0 for each in found]
        places = [position - 0.4 + thickness * (index + 0.5) for position in range(len(found))]
        axes.bar(places, heights, thickness, color=_COLORS[index % len(_COLORS)], label=named(_said(benchmark), 40))
    axes.margins(x=0.01)
    axes.set_xticks(range(len(found)), [named(each.name, 20) for each in found], rotation=90, fontsize=SMALL)
    if any(benchmark.layers for benchmark in benchmarks):
        logarithmic(axes, "y", duration)
    dress(axes)
    legend(axes)


def _said(benchmark: Benchmark) -> str:
    return device(benchmark) if benchmark.reliable else f"{device(benchmark)} (unreliable)"
