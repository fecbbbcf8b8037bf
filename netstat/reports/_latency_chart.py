"""Latency against throughput: what a larger batch, another format or mode buys, and what it costs."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from netstat.records.benchmark import Benchmark
from netstat.reports._style import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, SMALL, VERMILLION, worded
from netstat.reports._table import printable, title
from netstat.units import duration, plural, rate

COLOURS = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, GREY)
MARKERS = "osD^v"
SETTINGS = ("device", "dtype", "threads", "memory_format", "mode")  # a line each; its points are the batches

Key = tuple[Any, ...]


def latency_chart(benchmarks: Sequence[Benchmark], model: str) -> Figure:
    """A line per way of running the model, a point per batch with its 95 % interval; unreliable points are hollow."""
    lines: dict[Key, list[Benchmark]] = {}
    for each in sorted(benchmarks, key=lambda run: run.batch):
        lines.setdefault(tuple(getattr(each, name) for name in SETTINGS), []).append(each)
    figure = Figure(figsize=(8.0, 5.0))
    axes = figure.subplots()
    for place, (key, runs) in enumerate(lines.items()):
        _line(axes, runs, _words(key, list(lines)), COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)])
    _frame(axes)
    figure.suptitle(printable(title(model, "latency and throughput")), x=0.01, ha="left", weight="bold")
    return figure


def _line(axes: Any, runs: Sequence[Benchmark], label: str, colour: str, marker: str) -> None:
    xs, ys = [run.median_seconds for run in runs], [run.examples_per_second for run in runs]
    below = [max(0.0, run.median_seconds - run.ci95_seconds[0]) for run in runs]
    above = [max(0.0, run.ci95_seconds[1] - run.median_seconds) for run in runs]
    axes.errorbar(xs, ys, xerr=[below, above], color=colour, capsize=2, linewidth=1.2, label=printable(label))
    for run, x, y in zip(runs, xs, ys, strict=True):
        face = colour if run.reliable else "white"
        axes.plot([x], [y], marker=marker, color=colour, markerfacecolor=face, linestyle="none")
        axes.annotate(f"{run.batch}", (x, y), (4, 5), textcoords="offset points", fontsize=SMALL, color=colour)


def _frame(axes: Any) -> None:
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_formatter(worded(duration))
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(worded(lambda per: rate(per, "examples")))
    axes.set_xlabel("time of one forward pass (log), 95 % interval; numbers: the batch; hollow: unreliable")
    axes.legend(loc="best", fontsize=SMALL)


def _words(key: Key, keys: Sequence[Key]) -> str:
    """What tells a line from the others; all of it where there is one line only."""
    differing = [place for place in range(len(key)) if len({each[place] for each in keys}) > 1] or range(3)
    words = [plural(key[place], "thread") if SETTINGS[place] == "threads" else str(key[place]) for place in differing]
    return ", ".join(words)
