"""Names beside points, apart from each other, from the points and from what else is written."""

from collections.abc import Sequence
from itertools import product
from math import pi
from typing import Any

from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from netstat.reports.charts._style import DARK, SMALL, Axes

Mark = tuple[str, float, float, float]  # name, x, y, area in points²

DISTANCES = (2.0, 14.0, 28.0, 42.0)  # points from the edge of a point to its name
APART = 4.0  # pixels between two names
AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))  # where a name may stand


def label(axes: Axes, marks: Sequence[Mark], *, most: int, merge: bool = True) -> int:
    """Names of the first marks, as far as there is room; everything else has to be on the axes already.

    Args:
        axes: where the points are.
        marks: greatest first.
        most: how many names at most.
        merge: marks whose centres lie in a greater one share its name.

    Returns:
        How many points have no name, neither their own nor a shared one.
    """
    axes.figure.figure.draw_without_rendering()  # names are placed in pixels: the layout has to be settled
    frame = axes.get_window_extent()
    together = _together(axes, marks) if merge else [[mark] for mark in marks]
    taken = [_disc(axes, mark) for mark in marks]
    taken += [text.get_window_extent() for text in axes.texts]
    taken += [line.get_window_extent().padded(2) for line in axes.lines[:1]]  # a level line, such as a roof
    nameless = sum(map(len, together[most:]))
    for members in together[:most]:
        box = _place(axes, members, frame, taken)
        if box is None:
            nameless += len(members)
        else:
            taken.append(box.padded(APART))
    return nameless


def _place(axes: Axes, members: Sequence[Mark], frame: Bbox, taken: Sequence[Bbox]) -> Bbox | None:
    """Write the name where it is free and return where it stands, None where it is free nowhere."""
    for distance, way in product(DISTANCES, AROUND):
        text = _text(axes, members, way, distance)
        text.update_positions(axes.figure.figure._get_renderer())  # matplotlib has no public name for it
        box = Text.get_window_extent(text)  # of the words alone, without the line
        if _inside(box, frame) and not any(box.overlaps(other) for other in taken):
            return box
        text.remove()
    return None


def _together(axes: Axes, marks: Sequence[Mark]) -> list[list[Mark]]:
    """Marks whose centres lie in the disc of a greater one share its name: equal layers lie on top of each other."""
    found: list[list[Mark]] = []
    for mark in marks:
        x, y = axes.transData.transform(mark[1:3])
        shared = next((members for members in found if _disc(axes, members[0]).padded(2).contains(x, y)), None)
        if shared is None:
            found.append([mark])
        else:
            shared.append(mark)
    return found


def _text(axes: Axes, members: Sequence[Mark], way: tuple[int, int], distance: float) -> Any:
    """The name of a mark, and how many more there are, beside it."""
    (name, x, y, area), more = members[0], len(members) - 1
    away = ((area / pi) ** 0.5 + distance) * (0.71 if all(way) else 1.0)
    text = axes.annotate(
        f"{name} +{more}" if more else name,
        (x, y),
        (way[0] * away, way[1] * away),
        textcoords="offset points",
        fontsize=SMALL,
        ha={-1: "right", 0: "center", 1: "left"}[way[0]],
        va={-1: "top", 0: "center", 1: "bottom"}[way[1]],
        arrowprops={"arrowstyle": "-", "color": DARK, "linewidth": 0.5} if distance > DISTANCES[0] else None,
        zorder=4,
    )
    text.set_path_effects([withStroke(linewidth=2, foreground="white")])
    text.set_in_layout(False)
    return text


def _disc(axes: Axes, mark: Mark) -> Bbox:
    x, y = axes.transData.transform(mark[1:3])
    radius = (mark[3] / pi) ** 0.5 * axes.figure.dpi / 72
    return Bbox.from_extents(x - radius, y - radius, x + radius, y + radius)


def _inside(box: Bbox, frame: Bbox) -> bool:
    return bool(box.x0 >= frame.x0 and box.x1 <= frame.x1 and box.y0 >= frame.y0 and box.y1 <= frame.y1)
