"""The roofline: one point a timed layer, its area the time it takes, under the roofs of the machine."""

from collections.abc import Iterator, Sequence
from math import atan, degrees, log10
from typing import Any, NamedTuple

from netstat.records.ceilings import Ceiling
from netstat.records.roofline import LayerRoof, Roofline
from netstat.reports._ceilings import byte_rate, flop_rate, settings
from netstat.reports._table import place, title
from netstat.reports.charts._chart import WIDTH, chart
from netstat.reports.charts._style import (
    BLUE,
    DARK,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    SMALL,
    VERMILLION,
    YELLOW,
    Axes,
    dots,
    dress,
    ending,
    logarithmic,
    named,
)
from netstat.units import duration, plural, scaled

AREA = 4000.0  # points² of a layer that takes the whole time
DOT = 9.0  # points² at least: what is there is seen
MARGIN = 2.0  # times further than the outermost point, on either side
LABELS = 12
CLOSE = 1.25  # roofs that are not so many times apart share a label
FAMILIES = {"convolution": BLUE, "fully connected": ORANGE, "activation": GREEN, "pooling": PURPLE,
            "normalisation": SKY, "matrix product": YELLOW, "attention": YELLOW}  # fmt: skip


class Point(NamedTuple):
    """A layer that has a place in the chart."""

    layer: LayerRoof
    x: float
    y: float
    area: float


def _each(record: Any) -> Sequence[Roofline]:
    """One per device, number format and number of threads."""
    return record.roofline or ()


@chart("roofline", "profile", "benchmark", subjects=_each, size=lambda roofline: (WIDTH, 5.6))
def roofline(axes: Axes, record: Roofline) -> None:
    """Roofline.

    A point per timed layer, its area the time: right is more arithmetic per byte, up is faster. The lines are what the
    machine was measured to do at most; under a slope a layer waits for memory, under the level line for arithmetic.
    """
    from netstat.reports.charts._labels import label

    points = list(_points(record))
    _limit(axes, points, record.ceiling)
    logarithmic(axes, "x", lambda number: f"{number:g}")
    logarithmic(axes, "y", scaled)
    _explain(axes, points, record)
    dress(axes, "both")
    _draw_points(axes, points)
    _draw_roofs(axes, record.ceiling)
    names = [ending(place(point.layer.path, point.layer.call), 28) for point in points]
    marks = [(name, point.x, point.y, point.area) for name, point in zip(names, points, strict=True)]
    label(axes, marks, most=LABELS)


def _points(roofline: Roofline) -> Iterator[Point]:
    """Greatest first, so that no point hides a smaller one."""
    for layer in sorted(roofline.layers, key=lambda layer: -(layer.measured_seconds or 0.0)):
        seconds, intensity, rate = layer.known_seconds, layer.arithmetic_intensity, layer.flops_per_second
        if seconds and intensity and rate:
            yield Point(layer, intensity, rate, max(DOT, AREA * seconds / roofline.measured_seconds))


def _limit(axes: Axes, points: Sequence[Point], ceiling: Ceiling) -> None:
    """All points, all corners of roofs, and some air."""
    peak, corners = ceiling.flops_per_second, [ceiling.flops_per_second / rate for _, rate in ceiling.roofs]
    xs = [*corners, *(point.x for point in points)]
    ys = [peak, *(point.y for point in points)]
    axes.set_xlim(min(xs) / MARGIN, max(xs) * MARGIN)
    axes.set_ylim(min(ys) / MARGIN, max(ys) * MARGIN)


def _draw_roofs(axes: Axes, ceiling: Ceiling) -> None:
    peak, (left, right) = ceiling.flops_per_second, axes.get_xlim()
    first = min(peak / rate for _, rate in ceiling.roofs)
    axes.plot([first, right], [peak, peak], color=DARK, linewidth=1.5)
    text = named(f"{flop_rate(peak)} ({ceiling.fastest.name} {ceiling.fastest.size})", 60)
    axes.annotate(text, (right, peak), (-4, 4), textcoords="offset points", ha="right", fontsize=SMALL, color=DARK)
    for _, rate in ceiling.roofs:
        axes.plot([left, peak / rate], [left * rate, peak], color=DARK, linewidth=1.0)
    for names, rate in _apart(ceiling.roofs):
        _name_roof(axes, names, rate, peak)


def _apart(roofs: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Labels of the roofs and where they stand; what lies together has one."""
    labels: list[tuple[str, float]] = []
    for name, rate in roofs:
        text = f"{named(name, 24)} {byte_rate(rate)}"
        if labels and labels[-1][1] < CLOSE * rate:
            labels[-1] = (f"{labels[-1][0]}, {text}", labels[-1][1])
        else:
            labels.append((text, rate))
    return labels


def _name_roof(axes: Axes, text: str, rate: float, peak: float) -> None:
    """Along the roof, below its corner."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    x = max(left, low / rate) * 1.15
    box = axes.get_window_extent()
    steepness = (box.height / log10(high / low)) / (box.width / log10(right / left))
    axes.annotate(text, (x, x * rate), (-2, 3), textcoords="offset points", fontsize=SMALL, color=DARK,
                  rotation=degrees(atan(steepness)), rotation_mode="anchor")  # fmt: skip


def _draw_points(axes: Axes, points: Sequence[Point]) -> None:
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


def _explain(axes: Axes, points: Sequence[Point], record: Roofline) -> None:
    """Title, axes, legend, and how many timed layers have no place."""
    timed = sum(1 for layer in record.layers if layer.measured_seconds is not None)
    left_out = f"; {plural(timed - len(points), 'timed layer')} without arithmetic or too short to place" * (
        timed > len(points)
    )
    axes.set_xlabel(f"FLOPs per byte of minimum traffic (area: time{left_out})")
    axes.set_ylabel("FLOP/s")
    families = dict.fromkeys(point.layer.family or "other" for point in points)
    known = [family for family in FAMILIES if family in families]
    kinds = [*known, *(["other"] if len(known) < len(families) else [])]
    heading = title(named(settings(record.ceiling), 100), duration(record.measured_seconds))
    axes.set_title(heading, loc="left", fontsize=SMALL, pad=22 if kinds else 6)
    dots(axes, {kind: FAMILIES.get(kind, GREY) for kind in kinds})
