"""Ceilings as a chart: what each probe computed, and what each moved by working set."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from netstat.records.ceilings import Ceiling
from netstat.reports._ceilings import byte_rate, flop_rate, settings
from netstat.reports._style import BLUE, GREEN, ORANGE, PURPLE, SKY, SMALL, VERMILLION, legend, worded
from netstat.reports._table import middle, printable
from netstat.units import scaled

_COLORS = (BLUE, SKY, GREEN, ORANGE, PURPLE)
DARK = "#444444"


def ceilings_chart(ceilings: Sequence[Ceiling]) -> Figure:
    """Two panels for each device, number format and number of threads."""
    figure = Figure(figsize=(9.0, 3.2 * max(len(ceilings), 1) + 0.4))
    panels: Any = figure.subplots(max(len(ceilings), 1), 2, squeeze=False, width_ratios=(1, 1.2))
    for (computing, moving), ceiling in zip(panels, ceilings, strict=False):
        _compute(computing, ceiling)
        _traffic(moving, ceiling)
    figure.suptitle("what this machine computes and moves at most", x=0.01, ha="left", weight="bold")
    return figure


def _compute(axes: Any, ceiling: Ceiling) -> None:
    probes = ceiling.compute
    colors = [SKY if probe.name == "matrix product" else ORANGE for probe in probes]
    axes.barh(range(len(probes)), [probe.flops_per_second for probe in probes], color=colors)
    for position, probe in enumerate(probes):
        axes.text(0, position, f" {probe.name} {probe.size}", va="center", fontsize=SMALL)
    axes.set_yticks([])
    axes.invert_yaxis()
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_formatter(worded(flop_rate))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.tick_params(axis="x", labelsize=SMALL)
    axes.set_title(middle(printable(settings(ceiling)), 60))


def _traffic(axes: Any, ceiling: Ceiling) -> None:
    kernels = dict.fromkeys(probe.name for probe in ceiling.traffic)
    for color, kernel in zip(_COLORS, kernels, strict=False):
        probes = [probe for probe in ceiling.traffic if probe.name == kernel]
        sizes, rates = [p.working_set for p in probes], [p.bytes_per_second for p in probes]
        axes.plot(sizes, rates, marker=".", color=color, label=kernel)
    for cache in ceiling.levels:
        axes.axvline(cache.capacity, color=VERMILLION, linewidth=0.8, linestyle=":")
        axes.text(cache.capacity, 1.0, f"{cache.name} ", transform=axes.get_xaxis_transform(), ha="right", va="top",
                  fontsize=SMALL, color=VERMILLION)  # fmt: skip
    axes.set_xscale("log", base=2)
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_formatter(worded(_size))
    axes.yaxis.set_major_formatter(worded(byte_rate))
    axes.tick_params(labelsize=SMALL)
    axes.set_xlabel("working set", fontsize=SMALL)
    legend(axes)


def _size(count: float) -> str:
    factor, unit = (2**30, "GiB") if count >= 2**30 else (2**20, "MiB") if count >= 2**20 else (2**10, "KiB")
    return scaled(count / factor, "").strip() + f" {unit}"
