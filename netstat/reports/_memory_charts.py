"""Live memory over a forward pass, and over a training step: what is there, in layers, moment by moment."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator

from netstat.records.memory import Memory, Moment, Need
from netstat.reports._memory_levels import KINDS, levels
from netstat.reports._style import BLUE, GREEN, GREY, ORANGE, SKY, SMALL, VERMILLION, legend, worded
from netstat.reports._table import middle, place, printable, title
from netstat.units import mebibytes, shape

PANEL, WIDTH = 3.4, 11.0  # inches
_COLORS = dict(zip(KINDS, (GREY, "#CCCCCC", BLUE, GREEN, ORANGE, SKY), strict=True))


def memory_chart(memory: Memory) -> Figure:
    """One panel per pass, components stacked, the peak marked."""
    passes = [(name, need) for name in ("inference", "training") if (need := memory.predicted(name)) is not None]
    figure = Figure(figsize=(WIDTH, PANEL * len(passes) + 0.5))
    panels = figure.subplots(len(passes), 1, squeeze=False)[:, 0]
    for axes, (name, need) in zip(panels, passes, strict=True):
        _panel(axes, name, need)
    sizes = ", ".join(shape(given.shape) for given in memory.inputs)
    trained = memory.optimizer if memory.training is not None else ""
    heading = title(memory.model, "live memory", sizes, memory.dtype, trained, memory.amp and f"autocast {memory.amp}")
    figure.suptitle(printable(heading), x=0.01, ha="left", weight="bold")
    return figure


def _panel(axes: Any, name: str, need: Need) -> None:
    moments = need.timeline
    stacked = levels(need)
    axes.stackplot(
        range(len(moments) + 1),
        *[[*level.nbytes, level.nbytes[-1]] for level in stacked],
        colors=[_COLORS[level.kind] for level in stacked],
        labels=[KINDS[level.kind] for level in stacked],
        step="post",
        linewidth=0,
    )
    _phases(axes, moments)
    _mark(axes, need)
    axes.set_xlim(0, len(moments))
    axes.set_ylim(0, 1.22 * need.peak_bytes)
    axes.yaxis.set_major_locator(MultipleLocator(2 ** max((need.peak_bytes // 5).bit_length(), 1)))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(worded(lambda count: mebibytes(round(count))))
    axes.set_xlabel("operators, in the order they run", fontsize=SMALL)
    axes.set_title(f"{name}: peak {mebibytes(need.peak_bytes)}")
    legend(axes)


def _phases(axes: Any, moments: Sequence[Moment]) -> None:
    """A line where each phase begins, and its name; one that lasts a moment has no room for it."""
    start = 0
    for phase, run in groupby(moments, lambda moment: moment.phase):
        length = len(list(run))
        if start:
            axes.axvline(start, color="black", linewidth=0.6, linestyle=":")
        if length > 0.06 * len(moments):
            axes.text(start + length / 2, 0.99, phase, transform=axes.get_xaxis_transform(), ha="center", va="top")
        start += length


def _mark(axes: Any, need: Need) -> None:
    moment, at = need.moment, need.peak + 0.5
    text = f"{middle(printable(place(moment.path, moment.call)), 40)} {moment.op}"
    axes.plot([at], [need.peak_bytes], marker="v", color=VERMILLION, clip_on=False)
    side = "right" if at > 0.6 * len(need.timeline) else "left"
    axes.annotate(
        text, (at, need.peak_bytes), (6 if side == "left" else -6, 5), textcoords="offset points", ha=side,
        fontsize=SMALL, color=VERMILLION,
    )  # fmt: skip
