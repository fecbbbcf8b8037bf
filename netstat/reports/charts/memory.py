"""Live memory over a forward pass, and over a training step: what is there, in layers, moment by moment."""

from collections.abc import Sequence
from itertools import groupby

from netstat.records.memory import Memory, Moment, Need
from netstat.reports._memory_levels import KINDS, levels
from netstat.reports._table import place, title
from netstat.reports.charts._chart import WIDTH, chart
from netstat.reports.charts._style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY,
    SMALL,
    VERMILLION,
    Axes,
    dress,
    ending,
    legend,
    named,
    powers,
    worded,
)
from netstat.units import mebibytes

_COLORS = dict(zip(KINDS, (GREY, "#CCCCCC", BLUE, GREEN, ORANGE, SKY), strict=True))


def _inference(memory: Memory) -> list[tuple[str, Need]]:
    return [(title("inference", memory.dtype), memory.inference)]


def _training(memory: Memory) -> list[tuple[str, Need]]:
    if memory.training is None:
        return []
    heading = title("training", memory.dtype, memory.optimizer, memory.amp and f"autocast {memory.amp}")
    return [(heading, memory.training)]


@chart("memory", "memory", subjects=_inference, size=lambda needed: (WIDTH, 3.4))
def memory(axes: Axes, needed: tuple[str, Need]) -> None:
    """Live memory over a forward pass.

    What is in memory while each operator runs, in the order they run, stacked by what it is for; the triangle marks
    the operator that needs most.
    """
    _timeline(axes, *needed)


@chart("training-memory", "memory", subjects=_training, size=lambda needed: (WIDTH, 3.4))
def training_memory(axes: Axes, needed: tuple[str, Need]) -> None:
    """Live memory over a training step.

    As live memory over a forward pass. What is saved grows until the forward pass ends and goes as the backward pass
    uses it; gradients stay until the optimizer has run.
    """
    _timeline(axes, *needed)


def _timeline(axes: Axes, heading: str, need: Need) -> None:
    moments, stacked = need.timeline, levels(need)
    axes.stackplot(
        range(len(moments) + 1),
        *[[*level.nbytes, level.nbytes[-1]] for level in stacked],
        colors=[_COLORS[level.kind] for level in stacked],
        labels=[KINDS[level.kind] for level in stacked],
        step="post",
        linewidth=0,
    )
    axes.set_xlim(0, len(moments))
    axes.set_ylim(0, 1.25 * need.peak_bytes)
    _phases(axes, moments)
    _mark(axes, need)
    powers(axes.yaxis, need.peak_bytes)
    axes.locator_params(axis="x", integer=True)
    axes.yaxis.set_major_formatter(worded(lambda count: mebibytes(round(count))))
    axes.set_xlabel("operators, in the order they run", fontsize=SMALL)
    axes.set_title(f"{heading}: peak {mebibytes(need.peak_bytes)}", loc="left")
    dress(axes)
    legend(axes)


def _phases(axes: Axes, moments: Sequence[Moment]) -> None:
    """A line where each phase begins, and its name; one that lasts a moment has no room for it."""
    start = 0
    for phase, run in groupby(moments, lambda moment: moment.phase):
        length = len(list(run))
        if start:
            axes.axvline(start, color="black", linewidth=0.6, linestyle=":")
        if 0.06 * len(moments) < length < len(moments):
            axes.text(start + length / 2, 0.99, phase, transform=axes.get_xaxis_transform(), ha="center", va="top")
        start += length


def _mark(axes: Axes, need: Need) -> None:
    moment, at = need.moment, need.peak + 0.5
    text = f"{ending(place(moment.path, moment.call), 40)} {named(moment.op, 24)}"
    axes.plot([at], [need.peak_bytes], marker="v", color=VERMILLION, clip_on=False)
    side = "right" if at > 0.6 * len(need.timeline) else "left"
    axes.annotate(
        text, (at, need.peak_bytes), (6 if side == "left" else -6, 5), textcoords="offset points", ha=side,
        fontsize=SMALL, color=VERMILLION,
    )  # fmt: skip
