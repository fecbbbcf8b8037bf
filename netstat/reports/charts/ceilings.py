"""Ceilings: what each probe computed, and what each moved by working set."""

from collections.abc import Sequence

from netstat.records.ceilings import Ceiling, Ceilings
from netstat.reports._ceilings import byte_rate, flop_rate, settings
from netstat.reports.charts._chart import WIDTH, chart
from netstat.reports.charts._style import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    SMALL,
    VERMILLION,
    Axes,
    dress,
    legend,
    listed,
    named,
    worded,
)
from netstat.units import scaled

_COLORS = (BLUE, SKY, GREEN, ORANGE, PURPLE)


def _each(record: Ceilings) -> Sequence[Ceiling]:
    return record.ceilings


def _size(ceiling: Ceiling) -> tuple[float, float]:
    return WIDTH, 0.26 * len(ceiling.compute) + 1.0


@chart("ceilings", "ceilings", subjects=_each, size=_size)
def compute(axes: Axes, ceiling: Ceiling) -> None:
    """What a machine computes at most.

    A bar per probe: the rate of arithmetic it reached; the highest is the compute roof of a roofline.
    """
    probes = ceiling.compute
    colors = [SKY if probe.name == "matrix product" else ORANGE for probe in probes]
    axes.barh(range(len(probes)), [probe.flops_per_second for probe in probes], color=colors)
    listed(axes, [f"{probe.name} {probe.size}" for probe in probes])
    axes.xaxis.set_major_formatter(worded(flop_rate))
    axes.locator_params(axis="x", nbins=5)
    axes.set_title(named(settings(ceiling), 100), loc="left")


@chart("bandwidth", "ceilings", subjects=_each)
def bandwidth(axes: Axes, ceiling: Ceiling) -> None:
    """What a machine moves at most.

    A line per kernel: bytes per second by the size of what it works on; it falls where that no longer fits into
    a cache, whose size is a dotted line.
    """
    kernels = dict.fromkeys(probe.name for probe in ceiling.traffic)
    for color, kernel in zip(_COLORS, kernels, strict=False):
        probes = [probe for probe in ceiling.traffic if probe.name == kernel]
        sizes, rates = [probe.working_set for probe in probes], [probe.bytes_per_second for probe in probes]
        axes.plot(sizes, rates, marker=".", color=color, label=named(kernel, 24))
    for cache in ceiling.levels:
        axes.axvline(cache.capacity, color=VERMILLION, linewidth=0.8, linestyle=":")
        style = {"ha": "right", "va": "top", "fontsize": SMALL, "color": VERMILLION}
        axes.text(cache.capacity, 1.0, f"{named(cache.name, 24)} ", transform=axes.get_xaxis_transform(), **style)
    axes.set_xscale("log", base=2)
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_formatter(worded(_size_text))
    axes.yaxis.set_major_formatter(worded(byte_rate))
    axes.set_xlabel("working set", fontsize=SMALL)
    axes.set_title(named(settings(ceiling), 60), loc="left")
    dress(axes)
    legend(axes)


def _size_text(count: float) -> str:
    factor, unit = (2**30, "GiB") if count >= 2**30 else (2**20, "MiB") if count >= 2**20 else (2**10, "KiB")
    return scaled(count / factor, "").strip() + f" {unit}"
