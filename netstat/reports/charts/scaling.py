"""Cost against the size of the input: arithmetic and memory, and who does the arithmetic."""

from collections.abc import Callable, Sequence
from math import prod
from operator import truediv

from netstat.records.scaling import Scaling, ScalingPoint
from netstat.reports._table import place
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
    beside,
    dress,
    logarithmic,
    named,
    powers,
    worded,
)
from netstat.units import mebibytes, plural, scaled, shape

COLOURS = (BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY)
LARGEST = 5  # layers that have a band of their own
SIZE = (WIDTH, 3.4)


@chart("scaling", "scaling", size=lambda record: SIZE)
def work(axes: Axes, scaling: Scaling) -> None:
    """MACs against input size.

    A line per batch, both axes logarithmic: a straight line that rises twice as steeply as it goes right is a cost in
    proportion to the area.
    """
    _curves(axes, scaling, lambda point: point.macs or point.flops, scaled)
    logarithmic(axes, "y", scaled)
    axes.set_title("MACs (log)" if any(point.macs for point in scaling.points) else "FLOPs (log)", loc="left")


@chart("scaling-memory", "scaling", size=lambda record: SIZE)
def memory(axes: Axes, scaling: Scaling) -> None:
    """Memory against input size.

    A line per batch: the predicted peak of a forward pass; what does not grow is parameters.
    """
    most = max(point.inference_peak_bytes for point in scaling.points)
    _curves(axes, scaling, lambda point: point.inference_peak_bytes, _bytes)
    axes.set_ylim(0, 1.1 * most)
    powers(axes.yaxis, most)
    axes.set_title("predicted peak of a forward pass", loc="left")


@chart("scaling-shares", "scaling", size=lambda record: SIZE)
def shares(axes: Axes, scaling: Scaling) -> None:
    """Shares of FLOPs against input size.

    Bands are the layers with the largest share at any size, by how they grow, and all others in grey; what grows
    slowest lies at the bottom and gives way as the input grows.
    """
    places, _ = _sides(scaling.of_batch(scaling.batches[0]))
    order = sorted(range(len(places)), key=lambda at: places[at])
    bands = _bands(scaling)
    wholes = [sum(layer.flops[at] for layer in scaling.layers) or 1 for at in order]
    heights = [[100 * values[at] / whole for at, whole in zip(order, wholes, strict=True)] for _, values, _ in bands]
    labels, colours = [label for label, _, _ in bands], [colour for _, _, colour in bands]
    xs = [places[at] for at in order]
    axes.stackplot(xs, *heights, labels=labels, colors=colours, edgecolor="white", linewidth=0.4)
    axes.set_xscale("log")
    axes.set_ylim(0, 100)
    axes.yaxis.set_major_formatter(worded(lambda share: f"{share:.0f} %"))
    axes.set_title("share of FLOPs", loc="left")
    _ticks(axes, scaling)
    beside(axes, reverse=True)


def _bytes(count: float) -> str:
    return mebibytes(round(count))


def _sides(points: Sequence[ScalingPoint]) -> tuple[list[int], list[str]]:
    """Where a size stands: at the root of its height times width."""
    sizes = [point.side or (1,) for point in points]
    alike = all(len(set(each)) == 1 for each in sizes)
    places = [each[0] if alike else round(prod(each) ** (1 / len(each))) for each in sizes]
    return places, [str(each[0]) if alike else shape(each) for each in sizes]


def _curves(axes: Axes, scaling: Scaling, value: Callable[[ScalingPoint], int], text: Callable[[float], str]) -> None:
    for batch, colour in zip(scaling.batches, COLOURS, strict=False):
        points = scaling.of_batch(batch)
        ordered = sorted(zip(_sides(points)[0], map(value, points), strict=True))
        axes.plot(*zip(*ordered, strict=True), marker="o", markersize=4, color=colour, label=f"batch {batch}")
        style = {"textcoords": "offset points", "ha": "right", "fontsize": SMALL, "color": colour}
        axes.annotate(text(ordered[-1][1]), ordered[-1], (-4, 4), **style)
    axes.set_xscale("log")
    axes.yaxis.set_major_formatter(worded(text))
    _ticks(axes, scaling)
    beside(axes)


def _ticks(axes: Axes, scaling: Scaling) -> None:
    places, labels = _sides(scaling.of_batch(scaling.batches[0]))
    axes.minorticks_off()
    axes.set_xticks(places, labels, fontsize=SMALL, rotation=45 if max(map(len, labels)) > 4 else 0)
    axes.set_xlabel("input size (log)", fontsize=SMALL)
    dress(axes)


def _bands(scaling: Scaling) -> list[tuple[str, list[int], str]]:
    """Label, FLOPs at each size, and colour: layers that grow slowest at the bottom."""
    count = len(scaling.layers[0].flops) if scaling.layers else 0
    wholes = [sum(layer.flops[at] for layer in scaling.layers) or 1 for at in range(count)]
    by_share = sorted(scaling.layers, key=lambda layer: -max(map(truediv, layer.flops, wholes)))
    shown = sorted(by_share[:LARGEST], key=lambda layer: layer.degree)
    rest = by_share[LARGEST:]
    bands = [
        (f"{named(place(layer.path, layer.call), 24)} ({named(layer.growth, 20)})", list(layer.flops), colour)
        for layer, colour in zip(shown, COLOURS, strict=False)
    ]
    if rest:
        others = [sum(layer.flops[at] for layer in rest) for at in range(count)]
        bands.append((plural(len(rest), "other layer"), others, GREY))
    return bands
