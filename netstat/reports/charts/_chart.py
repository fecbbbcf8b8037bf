"""What a chart is, and drawing charts on axes of one's own or on a user's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import getdoc
from typing import Any

from netstat.registry import CHARTS
from netstat.reports._table import title
from netstat.reports.charts._style import LEFT, Axes, look, named
from netstat.units import shape

WIDTH, HEIGHT = 9.0, 3.2  # inches of a chart, unless it says otherwise
MODEL = 40  # characters of a name above a figure
HEADING, RIGHT = 0.4, 0.1  # inches above the charts of a figure, and at their right

Draw = Callable[[Axes, Any], None]
Size = tuple[float, float]


@dataclass(frozen=True)
class Drawing:
    """A chart: one way to draw records of some kinds, each picture on one Axes.

    Attributes:
        name: what `Record.plot` and the files of `--charts` call it.
        kinds: of records that may have it.
        title: what it shows.
        reading: how to read it.
        draw: draws a subject on an Axes.
        subjects: what of a record there is a picture of each; none where the record has no such chart.
        size: inches that the picture of a subject takes.
        over: what the places along its axis are; charts over the same places share their labels in a stack.
    """

    name: str
    kinds: tuple[str, ...]
    title: str
    reading: str
    draw: Draw
    subjects: Callable[[Any], Sequence[Any]]
    size: Callable[[Any], Size]
    over: str = ""

    def pictures(self, record: Any) -> "dict[str, Picture]":
        """Each picture of `record` by name; all after the first have a number."""
        found = self.subjects(record) if record.kind in self.kinds else ()
        names = [f"{self.name}-{number + 1}" if number else self.name for number in range(len(found))]
        return {name: Picture(self, record, subject) for name, subject in zip(names, found, strict=True)}


@dataclass(frozen=True)
class Picture:
    """One chart of one record."""

    chart: Drawing
    record: Any
    subject: Any

    @property
    def size(self) -> Size:
        """Width and height in inches."""
        return self.chart.size(self.subject)

    def plot(self, ax: Axes = None) -> Axes:
        """Draw on `ax`, or on a new figure of pyplot's, and return the Axes."""
        with look():
            if ax is None:
                from matplotlib.pyplot import figure

                return stacked([self], figure).axes[0]
            self.chart.draw(ax, self.subject)
        return ax


def chart(
    name: str,
    *kinds: str,
    subjects: Callable[[Any], Sequence[Any]] = lambda record: [record],
    size: Callable[[Any], Size] = lambda subject: (WIDTH, HEIGHT),
    over: str = "",
) -> Callable[[Draw], Draw]:
    """Decorator: register a function that draws as a chart; its docstring is the title, and below it how to read it."""

    def register(draw: Draw) -> Draw:
        head, _, reading = (getdoc(draw) or "").partition("\n\n")
        heading, text = head.removesuffix("."), " ".join(reading.split())
        CHARTS.add(name)(Drawing(name, kinds, heading, text, draw, subjects, size, over))
        return draw

    return register


def stacked(pictures: Sequence[Picture], make: Callable[..., Any]) -> Any:
    """A figure of the pictures, one above the other.

    Args:
        pictures: of one record.
        make: makes a figure of a size.
    """
    widths, heights = zip(*(picture.size for picture in pictures), strict=True)
    width, height = max(widths), sum(heights) + HEADING
    figure = make(figsize=(width, height))
    # Where the axes will about be: labels are thinned by it before the layout is known.
    margins = {"left": LEFT / width, "right": 1 - RIGHT / width, "height_ratios": heights}
    stack = figure.subplots(len(pictures), 1, squeeze=False, gridspec_kw=margins)[:, 0]
    figure.suptitle(_heading(pictures), x=0.01, ha="left", weight="bold")
    for axes, picture in zip(stack, pictures, strict=True):
        picture.chart.draw(axes, picture.subject)
    for axes, upper, lower in zip(stack, pictures, pictures[1:], strict=False):
        if upper.chart.over and upper.chart.over == lower.chart.over:
            axes.tick_params(labelbottom=False)
            axes.set_xlabel("")
    return figure


def _heading(pictures: Sequence[Picture]) -> str:
    record = pictures[0].record
    inputs = ", ".join(shape(given.shape) for given in getattr(record, "inputs", ()) if hasattr(given, "dtype"))
    what = pictures[0].chart.title if len(pictures) == 1 else inputs
    return title(named(getattr(record, "model", ""), MODEL), what)
