"""Cost against the size of the input: arithmetic and memory on logarithmic axes, and who does the arithmetic."""

from collections.abc import Callable, Sequence
from math import prod
from operator import truediv
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MultipleLocator, NullFormatter, NullLocator

from netstat.records.scaling import Scaling, ScalingPoint
from netstat.reports._style import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, SMALL, VERMILLION, worded
from netstat.reports._table import middle, place, printable, title
from netstat.units import mebibytes, plural, scaled, shape

COLOURS = (BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY)
LARGEST = 5  # layers that have a band of their own


def scaling_chart(scaling: Scaling) -> Figure:
    """MACs and memory by size, a line per batch; the share of the largest layers at each size."""
    figure = Figure(figsize=(11.0, 4.4))
    work, memory, shares = figure.subplots(1, 3)
    _work(work, scaling)
    _memory(memory, scaling)
    _shares(shares, scaling)
    figure.suptitle(printable(title(scaling.model, "cost against input size")), x=0.01, ha="left", weight="bold")
    return figure


def _work(axes: Any, scaling: Scaling) -> None:
    axes.set_yscale("log")
    _curves(axes, scaling, lambda point: point.macs or point.flops, scaled)
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_title(f"{'MACs' if any(point.macs for point in scaling.points) else 'FLOPs'} (log)")


def _memory(axes: Any, scaling: Scaling) -> None:
    most = max(point.inference_peak_bytes for point in scaling.points)
    _curves(axes, scaling, lambda point: point.inference_peak_bytes, _bytes)
    axes.set_ylim(0, 1.1 * most)
    axes.yaxis.set_major_locator(MultipleLocator(2 ** max((most // 5).bit_length(), 1)))
    axes.set_title("predicted peak of a forward pass")


def _bytes(count: float) -> str:
    return mebibytes(round(count))


def _sides(points: Sequence[ScalingPoint]) -> tuple[list[int], list[str]]:
    """Where a size stands: at the root of its height times width."""
    sizes = [point.side or (1,) for point in points]
    alike = all(len(set(each)) == 1 for each in sizes)
    places = [each[0] if alike else round(prod(each) ** (1 / len(each))) for each in sizes]
    return places, [str(each[0]) if alike else shape(each) for each in sizes]


def _curves(axes: Any, scaling: Scaling, value: Callable[[ScalingPoint], int], text: Callable[[float], str]) -> None:
    for batch, colour in zip(scaling.batches, COLOURS, strict=False):
        points = scaling.of_batch(batch)
        ordered = sorted(zip(_sides(points)[0], map(value, points), strict=True))
        axes.plot(*zip(*ordered, strict=True), marker="o", markersize=4, color=colour, label=f"batch {batch}")
        style = {"textcoords": "offset points", "ha": "right", "fontsize": SMALL, "color": colour}
        axes.annotate(text(ordered[-1][1]), ordered[-1], (-4, 4), **style)
    axes.set_xscale("log")
    axes.yaxis.set_major_formatter(worded(text))
    axes.legend(loc="upper left", fontsize=SMALL)
    _ticks(axes, scaling)


def _ticks(axes: Any, scaling: Scaling) -> None:
    places, labels = _sides(scaling.of_batch(scaling.batches[0]))
    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(places, labels, fontsize=SMALL, rotation=45 if max(map(len, labels)) > 4 else 0)
    axes.set_xlabel("input size (log)", fontsize=SMALL)


def _shares(axes: Any, scaling: Scaling) -> None:
    """The layers with the largest share anywhere, and the rest by how it grows."""
    places, _ = _sides(scaling.of_batch(scaling.batches[0]))
    order = sorted(range(len(places)), key=lambda at: places[at])
    bands = _bands(scaling)
    wholes = [sum(layer.flops[at] for layer in scaling.layers) or 1 for at in order]
    heights = [[100 * values[at] / whole for at, whole in zip(order, wholes, strict=True)] for _, values, _ in bands]
    labels, colours = [label for label, _, _ in bands], [colour for _, _, colour in bands]
    axes.stackplot(
        [places[at] for at in order], *heights, labels=labels, colors=colours, edgecolor="white", linewidth=0.4
    )
    axes.set_xscale("log")
    axes.set_ylim(0, 100)
    axes.yaxis.set_major_formatter(worded(lambda share: f"{share:.0f} %"))
    axes.set_title("share of FLOPs")
    handles, names = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], names[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=SMALL)
    _ticks(axes, scaling)


def _bands(scaling: Scaling) -> list[tuple[str, list[int], str]]:
    """Label, FLOPs at each size, and colour: layers that grow slowest at the bottom."""
    count = len(scaling.layers[0].flops) if scaling.layers else 0
    wholes = [sum(layer.flops[at] for layer in scaling.layers) or 1 for at in range(count)]
    by_share = sorted(scaling.layers, key=lambda layer: -max(map(truediv, layer.flops, wholes)))
    shown = sorted(by_share[:LARGEST], key=lambda layer: layer.degree)
    rest = by_share[LARGEST:]
    bands = [
        (printable(f"{middle(place(layer.path, layer.call), 24)} ({layer.growth})"), list(layer.flops), colour)
        for layer, colour in zip(shown, COLOURS, strict=False)
    ]
    if rest:
        others = [sum(layer.flops[at] for layer in rest) for at in range(count)]
        bands.append((plural(len(rest), "other layer"), others, GREY))
    return bands
