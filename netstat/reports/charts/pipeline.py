"""Images a second by workers: the pipeline alone, the model alone, and the two together."""

from collections.abc import Sequence

from netstat.records.pipeline import PerImage, Pipeline, rate
from netstat.reports._table import title
from netstat.reports.charts._chart import WIDTH, chart
from netstat.reports.charts._style import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    Axes,
    beside,
    dress,
    named,
    worded,
)
from netstat.units import often, shape

_COLORS = ((ORANGE, VERMILLION), (SKY, GREEN), (PURPLE, GREEN))  # of a model alone, and of the loop that feeds it


@chart("pipeline", "pipeline", size=lambda record: (WIDTH, 4.0))
def pipeline(axes: Axes, record: Pipeline) -> None:
    """Images a second by worker processes.

    The pipeline alone and each loop are lines over the workers, each model alone a level one: where the pipeline lies
    below it, the model waits for images. Whiskers are 95 % intervals.
    """
    _line(axes, [(loader.workers, loader.time) for loader in record.loaders], "pipeline alone", BLUE)
    for index, model in enumerate(record.models):
        alone, fed = _COLORS[index % len(_COLORS)]
        name = named(f"{model.device}, {model.mode}", 30)
        axes.axhline(model.time.images_per_second, color=alone, linestyle="--", label=f"model alone ({name})")
        loops = [loop for loop in record.loops if (loop.device, loop.mode) == (model.device, model.mode)]
        _line(axes, [(loop.workers, loop.time) for loop in loops], f"together ({name})", fed)
    axes.set_xlabel("worker processes")
    axes.set_ylabel("images/s")
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="x", integer=True)
    axes.yaxis.set_major_formatter(worded(often))
    axes.set_title(_recipe(record), loc="left")
    dress(axes)
    beside(axes)


def _recipe(record: Pipeline) -> str:
    recipe = record.recipe
    decoding = f"{'with' if recipe.decode else 'without'} decoding"
    return title(f"{shape(recipe.image)} to {shape(recipe.crop)}, {decoding}", f"batch {recipe.batch}")


def _line(axes: Axes, points: Sequence[tuple[int, PerImage]], label: str, color: str) -> None:
    points = sorted(points, key=lambda point: point[0])
    rates = [time.images_per_second for _, time in points]
    slowest = [value - rate(time.ci95_seconds[1]) for value, (_, time) in zip(rates, points, strict=True)]
    fastest = [rate(time.ci95_seconds[0]) - value for value, (_, time) in zip(rates, points, strict=True)]
    workers = [workers for workers, _ in points]
    axes.errorbar(workers, rates, yerr=[slowest, fastest], marker="o", capsize=3, label=label, color=color)
