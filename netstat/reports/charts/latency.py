"""Latency against throughput: what a larger batch, another format or mode buys, and what it costs."""

from collections.abc import Sequence
from typing import Any

from netstat.records.benchmark import Benchmark
from netstat.reports._benchmark import MOST_WITH_LAYERS
from netstat.reports.charts._chart import WIDTH, chart
from netstat.reports.charts._style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    SMALL,
    VERMILLION,
    Axes,
    dress,
    logarithmic,
    named,
    worded,
)
from netstat.units import duration, plural, rate

COLOURS = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, GREY)
MARKERS = "osD^v"
SETTINGS = ("device", "dtype", "threads", "memory_format", "mode")  # a line each; its points are the batches

Key = tuple[Any, ...]


def sweeps(record: Any) -> bool:
    """Whether a model ran in more ways than anybody reads the layers of."""
    runs = record.benchmarks or ()
    return record.kind == "benchmark" and (len(runs) > MOST_WITH_LAYERS or len({run.batch for run in runs}) > 1)


def _swept(record: Any) -> list[Sequence[Benchmark]]:
    return [record.benchmarks] if sweeps(record) else []


@chart("latency-throughput", "benchmark", subjects=_swept, size=lambda runs: (WIDTH, 4.6))
def latency_throughput(axes: Axes, benchmarks: Sequence[Benchmark]) -> None:
    """Latency and throughput.

    A line per way of running the model, a point per batch with its 95 % interval; up is more examples a second, right
    is longer to wait. The number at a point is the batch, hollow points are unreliable.
    """
    lines: dict[Key, list[Benchmark]] = {}
    for each in sorted(benchmarks, key=lambda run: run.batch):
        lines.setdefault(tuple(getattr(each, name) for name in SETTINGS), []).append(each)
    for place, (key, runs) in enumerate(lines.items()):
        _line(axes, runs, _words(key, list(lines)), COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)])
    _frame(axes)


def _line(axes: Axes, runs: Sequence[Benchmark], label: str, colour: str, marker: str) -> None:
    xs, ys = [run.median_seconds for run in runs], [run.examples_per_second for run in runs]
    below = [max(0.0, run.median_seconds - run.ci95_seconds[0]) for run in runs]
    above = [max(0.0, run.ci95_seconds[1] - run.median_seconds) for run in runs]
    axes.errorbar(xs, ys, xerr=[below, above], color=colour, capsize=2, linewidth=1.2, label=named(label, 60))
    for run, x, y in zip(runs, xs, ys, strict=True):
        face = colour if run.reliable else "white"
        axes.plot([x], [y], marker=marker, color=colour, markerfacecolor=face, linestyle="none")
        axes.annotate(f"{run.batch}", (x, y), (4, 5), textcoords="offset points", fontsize=SMALL, color=colour)


def _frame(axes: Axes) -> None:
    logarithmic(axes, "x", duration)
    axes.set_ylim(0, 1.1 * axes.dataLim.y1)  # the numbers stand above their points
    axes.yaxis.set_major_formatter(worded(lambda per: rate(per, "examples")))
    axes.set_xlabel("time of one forward pass (log)")
    dress(axes, "both")
    axes.legend(loc="best", fontsize=SMALL)


def _words(key: Key, keys: Sequence[Key]) -> str:
    """What tells a line from the others; all of it where there is one line only."""
    differing = [place for place in range(len(key)) if len({each[place] for each in keys}) > 1] or range(3)
    words = [plural(key[place], "thread") if SETTINGS[place] == "threads" else str(key[place]) for place in differing]
    return ", ".join(words)
