"""Images a second by workers: the pipeline alone, the model alone, and the two together."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from netstat.records.pipeline import PerImage, Pipeline, rate
from netstat.reports._style import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, worded
from netstat.reports._table import printable, title
from netstat.units import often
from netstat.units import shape as shape_text

_COLORS = ((ORANGE, VERMILLION), (SKY, GREEN), (PURPLE, GREEN))  # of a model alone, and of the loop that feeds it


def pipeline_chart(record: Pipeline) -> Figure:
    """The loader and each loop as a line over the workers, each model as a level line; whiskers are 95 % intervals."""
    figure = Figure(figsize=(7.5, 4.2))
    axes = figure.subplots()
    loaders = [(loader.workers, loader.time) for loader in record.loaders]
    _line(axes, loaders, "pipeline alone", BLUE)
    for index, model in enumerate(record.models):
        alone, fed = _COLORS[index % len(_COLORS)]
        name = printable(f"{model.device}, {model.mode}")
        axes.axhline(model.time.images_per_second, color=alone, linestyle="--", label=f"model alone ({name})")
        loops = [loop for loop in record.loops if (loop.device, loop.mode) == (model.device, model.mode)]
        _line(axes, [(loop.workers, loop.time) for loop in loops], f"together ({name})", fed)
    axes.set(xlabel="worker processes", ylim=(0, None))
    axes.set_ylabel("images/s")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(worded(often))
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    figure.suptitle(printable(_heading(record)), x=0.01, ha="left", weight="bold")
    return figure


def _heading(record: Pipeline) -> str:
    recipe = record.recipe
    sizes = (
        f"{shape_text(recipe.image)} to {shape_text(recipe.crop)}, {'with' if recipe.decode else 'without'} decoding"
    )
    return title("input pipeline", record.model, sizes, f"batch {recipe.batch}")


def _line(axes: Any, points: Sequence[tuple[int, PerImage]], label: str, color: str) -> None:
    points = sorted(points, key=lambda point: point[0])
    rates = [time.images_per_second for _, time in points]
    slowest = [value - rate(time.ci95_seconds[1]) for value, (_, time) in zip(rates, points, strict=True)]
    fastest = [rate(time.ci95_seconds[0]) - value for value, (_, time) in zip(rates, points, strict=True)]
    workers = [workers for workers, _ in points]
    axes.errorbar(workers, rates, yerr=[slowest, fastest], marker="o", capsize=3, label=label, color=color)
