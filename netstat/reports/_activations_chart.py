"""Every activation function with its gradient, and their measured times, as charts."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from netstat.records.activations import REACH, Activation, Activations
from netstat.records.benchmark import Benchmark
from netstat.reports._activations import device
from netstat.reports._style import BLUE, GREY, ORANGE, SMALL, VERMILLION, legend, worded
from netstat.reports._table import middle, printable
from netstat.units import duration

ACROSS = 4  # panels in a row
_COLORS = (BLUE, ORANGE, VERMILLION, GREY)


def functions_chart(record: Activations) -> Figure:
    """A panel for each function of one value: the function and its gradient, x from −REACH to REACH."""
    drawn = [found for found in record.activations if found.value]
    down = max(-(-len(drawn) // ACROSS), 1)
    figure = Figure(figsize=(9.0, 1.55 * down + 0.5))
    panels: Any = figure.subplots(down, ACROSS, sharex=True, sharey=True, squeeze=False)
    for axes, found in zip(panels.flat, drawn, strict=False):
        _draw(axes, record.x, found)
    for axes in panels.flat[len(drawn) :]:
        axes.set_axis_off()
    if drawn:
        figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    figure.suptitle("activation functions and their gradients", x=0.01, ha="left", weight="bold")
    return figure


def _draw(axes: Any, x: Sequence[float], found: Activation) -> None:
    axes.plot(x, found.value, color=BLUE, label="function")
    axes.plot(x, found.gradient, color=ORANGE, label="gradient")
    axes.set_title(middle(printable(found.name), 24), fontsize=SMALL + 1)
    axes.set_ylim(-1.4, 2.4)  # those that grow go on beyond
    axes.set_xticks((-REACH, 0, REACH))
    axes.tick_params(labelsize=SMALL)


def _said(benchmark: Benchmark) -> str:
    return device(benchmark) if benchmark.reliable else f"{device(benchmark)} (unreliable)"


def times_chart(record: Activations) -> Figure:
    """Measured seconds per element on a logarithmic axis, a bar per function and device."""
    benchmarks, found = record.benchmarks or (), record.activations
    figure = Figure(figsize=(9.0, 3.6))
    axes = figure.subplots()
    thickness = 0.8 / max(len(benchmarks), 1)
    for index, benchmark in enumerate(benchmarks):
        heights = [record.seconds_per_element(each, benchmark) or 0.0 for each in found]
        places = [position - 0.4 + thickness * (index + 0.5) for position in range(len(found))]
        axes.bar(places, heights, thickness, color=_COLORS[index % len(_COLORS)], label=_said(benchmark))
    axes.set_xticks(range(len(found)), [middle(printable(each.name), 20) for each in found], rotation=90)
    axes.tick_params(axis="x", labelsize=SMALL)
    if any(benchmark.layers for benchmark in benchmarks):
        axes.set_yscale("log")
    axes.yaxis.set_major_formatter(worded(duration))
    legend(axes)
    figure.suptitle("time per element, forward", x=0.01, ha="left", weight="bold")
    return figure
