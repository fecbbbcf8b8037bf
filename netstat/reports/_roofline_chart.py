"""The roofline as a chart: one point a timed layer, its area the time it takes, under the roofs of the machine."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import atan, degrees, log10, pi
from typing import Any, NamedTuple

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from netstat.records.ceilings import Ceiling
from netstat.records.roofline import LayerRoof, Roofline
from netstat.reports._ceilings import byte_rate, flop_rate, settings
from netstat.reports._style import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, SMALL, VERMILLION, YELLOW, worded
from netstat.reports._table import middle, place, printable, title
from netstat.units import duration, plural, scaled

SIZE = (9.0, 6.0)  # inches
FRAME = (0.09, 0.1, 0.88, 0.76)  # the axes in the figure: fixed, so that labels can be placed before it is drawn
AREA = 4000.0  # points² of a layer that takes the whole time
DOT = 9.0  # points² at least: what is there is seen
MARGIN = 2.0  # times further than the outermost point, on either side
LABELS = 12
DARK = "#444444"
CLOSE = 1.25  # roofs that are not so many times apart share a label
FAMILIES = {"convolution": BLUE, "fully connected": ORANGE, "activation": GREEN, "pooling": PURPLE,
            "normalisation": SKY, "matrix product": YELLOW, "attention": YELLOW}  # fmt: skip
DISTANCES = (2.0, 14.0)  # points from the edge of a point to its label
AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))  # where a label may stand


class Point(NamedTuple):
    """A layer that has a place in the chart."""

    layer: LayerRoof
    x: float
    y: float
    area: float


def roofline_chart(roofline: Roofline, model: str) -> Figure:
    """Points under roofs, both axes logarithmic."""
    points = list(_points(roofline))
    figure = Figure(figsize=SIZE)
    figure.set_layout_engine("none")
    FigureCanvasAgg(figure)
    axes: Any = figure.add_axes(FRAME)
    axes.set_xscale("log")
    axes.set_yscale("log")
    _limit(axes, points, roofline.ceiling)
    _draw_roofs(axes, roofline.ceiling)
    _draw_points(axes, points)
    _label(axes, points)
    _explain(axes, points, roofline)
    figure.suptitle(
        printable(title(model, "roofline", duration(roofline.measured_seconds))), x=0.01, ha="left", weight="bold"
    )
    return figure


def _points(roofline: Roofline) -> Iterator[Point]:
    """Greatest first, so that no point hides a smaller one."""
    for layer in sorted(roofline.layers, key=lambda layer: -(layer.measured_seconds or 0.0)):
        seconds, intensity, rate = layer.known_seconds, layer.arithmetic_intensity, layer.flops_per_second
        if seconds and intensity and rate:
            yield Point(layer, intensity, rate, max(DOT, AREA * seconds / roofline.measured_seconds))


def _limit(axes: Any, points: Sequence[Point], ceiling: Ceiling) -> None:
    """All points, all corners of roofs, and some air."""
    peak, corners = ceiling.flops_per_second, [ceiling.flops_per_second / rate for _, rate in ceiling.roofs]
    xs = [*corners, *(point.x for point in points)]
    ys = [peak, *(point.y for point in points)]
    axes.set_xlim(min(xs) / MARGIN, max(xs) * MARGIN)
    axes.set_ylim(min(ys) / MARGIN, max(ys) * MARGIN)


def _draw_roofs(axes: Any, ceiling: Ceiling) -> None:
    peak, (left, right) = ceiling.flops_per_second, axes.get_xlim()
    first = min(peak / rate for _, rate in ceiling.roofs)
    axes.plot([first, right], [peak, peak], color=DARK, linewidth=1.5)
    text = printable(f"{flop_rate(peak)} ({ceiling.fastest.name} {ceiling.fastest.size})")
    axes.annotate(text, (right, peak), (-4, 4), textcoords="offset points", ha="right", fontsize=SMALL, color=DARK)
    for _, rate in ceiling.roofs:
        axes.plot([left, peak / rate], [left * rate, peak], color=DARK, linewidth=1.0)
    for names, rate in _apart(ceiling.roofs):
        _name_roof(axes, names, rate, peak)


def _apart(roofs: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Labels of the roofs and where they stand; what lies together has one."""
    labels: list[tuple[str, float]] = []
    for name, rate in roofs:
        text = printable(f"{name} {byte_rate(rate)}")
        if labels and labels[-1][1] < CLOSE * rate:
            labels[-1] = (f"{labels[-1][0]}, {text}", labels[-1][1])
        else:
            labels.append((text, rate))
    return labels


def _name_roof(axes: Any, text: str, rate: float, peak: float) -> None:
    """Along the roof, below its corner."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    x = max(left, low / rate) * 1.15
    box = axes.get_window_extent()
    steepness = (box.height / log10(high / low)) / (box.width / log10(right / left))
    axes.annotate(text, (x, x * rate), (-2, 3), textcoords="offset points", fontsize=SMALL, color=DARK,
                  rotation=degrees(atan(steepness)), rotation_mode="anchor")  # fmt: skip


def _draw_points(axes: Any, points: Sequence[Point]) -> None:
    axes.scatter(
        [point.x for point in points],
        [point.y for point in points],
        s=[point.area for point in points],
        c=[FAMILIES.get(point.layer.family, GREY) for point in points],
        edgecolors=[VERMILLION if (point.layer.efficiency or 0.0) > 1 else "white" for point in points],
        linewidths=0.8,
        alpha=0.75,
        zorder=3,
    )


def _label(axes: Any, points: Sequence[Point]) -> None:
    """Names of the greatest, as far as there is room beside them."""
    renderer, frame = axes.figure.canvas.get_renderer(), axes.get_window_extent()
    together = _together(axes, points)
    taken = [_disc(axes, points[0]) for points in together]
    taken += [text.get_window_extent(renderer) for text in axes.texts]
    taken += [line.get_window_extent(renderer).padded(2) for line in axes.lines[:1]]  # the compute roof
    for members in together[:LABELS]:
        for distance, way in product(DISTANCES, AROUND):
            text = _text(axes, members, way, distance)
            text.update_positions(renderer)
            box = Text.get_window_extent(text, renderer)  # of the words alone, without the line
            if _inside(box, frame) and not any(box.overlaps(other) for other in taken):
                taken.append(box)
                break
            text.remove()


def _together(axes: Any, points: Sequence[Point]) -> list[list[Point]]:
    """Points whose centres lie in the disc of a greater one share its label: equal layers lie on top of each other."""
    found: list[list[Point]] = []
    for point in points:
        x, y = axes.transData.transform((point.x, point.y))
        shared = next((members for members in found if _disc(axes, members[0]).padded(2).contains(x, y)), None)
        if shared is None:
            found.append([point])
        else:
            shared.append(point)
    return found


def _text(axes: Any, members: Sequence[Point], way: tuple[int, int], distance: float) -> Any:
    """The name of a layer, and how many more there are, beside its point."""
    point, more = members[0], len(members) - 1
    away = ((point.area / pi) ** 0.5 + distance) * (0.71 if all(way) else 1.0)
    name = middle(printable(place(point.layer.path, point.layer.call)), 28)
    text = axes.annotate(
        f"{name} +{more}" if more else name,
        (point.x, point.y),
        (way[0] * away, way[1] * away),
        textcoords="offset points",
        fontsize=SMALL,
        ha={-1: "right", 0: "center", 1: "left"}[way[0]],
        va={-1: "top", 0: "center", 1: "bottom"}[way[1]],
        arrowprops={"arrowstyle": "-", "color": DARK, "linewidth": 0.5} if distance > DISTANCES[0] else None,
        zorder=4,
    )
    text.set_path_effects([withStroke(linewidth=2, foreground="white")])
    return text


def _disc(axes: Any, point: Point) -> Bbox:
    x, y = axes.transData.transform((point.x, point.y))
    radius = (point.area / pi) ** 0.5 * axes.figure.dpi / 72
    return Bbox.from_extents(x - radius, y - radius, x + radius, y + radius)


def _inside(box: Bbox, frame: Bbox) -> bool:
    return bool(box.x0 >= frame.x0 and box.x1 <= frame.x1 and box.y0 >= frame.y0 and box.y1 <= frame.y1)


def _explain(axes: Any, points: Sequence[Point], roofline: Roofline) -> None:
    """Title, axes, legend, and how many timed layers have no place."""
    timed = sum(1 for layer in roofline.layers if layer.measured_seconds is not None)
    axes.set_title(printable(settings(roofline.ceiling)), fontsize=SMALL, pad=24)
    left_out = f"; {plural(timed - len(points), 'timed layer')} without arithmetic or too short to place" * (
        timed > len(points)
    )
    axes.set_xlabel(f"FLOPs per byte of minimum traffic (area: time{left_out})")
    axes.set_ylabel("FLOP/s")
    axes.xaxis.set_major_formatter(worded(lambda number: f"{number:g}"))
    axes.yaxis.set_major_formatter(worded(scaled))
    axes.grid(axis="both")
    families = dict.fromkeys(point.layer.family or "other" for point in points)
    known = [family for family in FAMILIES if family in families]
    kinds = [*known, *(["other"] if len(known) < len(families) else [])]
    handles = [Line2D([], [], color=FAMILIES.get(kind, GREY), marker="o", linestyle="", label=kind) for kind in kinds]
    if handles:
        axes.legend(handles=handles, ncols=len(handles), loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2)
