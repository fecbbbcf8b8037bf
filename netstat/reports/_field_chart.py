"""How receptive fields grow from layer to layer."""

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from netstat.records.profile import Layer, Profile
from netstat.reports._layer_charts import KINDS, Panel, kind_of, profile_chart, say_at_bars
from netstat.reports._style import VERMILLION, legend
from netstat.reports._table import place, printable
from netstat.units import exact, shape

Axes = Any


class _Bar(NamedTuple):
    """A layer's extent along one dimension."""

    position: int
    extent: int
    kind: str


def has_fields(profile: Profile) -> bool:
    """Whether any layer has a receptive field."""
    return any(layer.receptive_field for layer in profile.layers)


def field_chart(profile: Profile) -> Figure:
    """Extent per layer, with the input's size: a panel per spatial dimension, or one for all where they are alike."""
    shown = [layer for layer in profile.layers if layer.receptive_field]
    dims = len(shown[-1].receptive_field or ())
    sizes = _input_sizes(shown, dims)
    alike = len(set(sizes)) < 2 and all(len(set(layer.receptive_field or ())) == 1 for layer in shown)
    widest = max(shown, key=lambda layer: prod(layer.receptive_field or ()))
    most = f"{shape(widest.receptive_field or ())} at {place(widest.path, widest.call)}"
    titles = ["receptive field" if alike else f"receptive field, dimension {dim + 1}" for dim in range(dims)]
    bars = [_bars(profile.layers, dim) for dim in range(1 if alike else dims)]
    panels = [
        _panel(found, len(profile.layers), f"{title}: up to {most}", sizes[dim : dim + 1])
        for dim, (found, title) in enumerate(zip(bars, titles, strict=False))
    ]
    return profile_chart(profile, panels)


def _input_sizes(shown: Sequence[Layer], dims: int) -> tuple[int, ...]:
    """Sizes of the input where the first window meets them; none where something has changed them before."""
    for layer in shown:
        if max(layer.receptive_field or (1,)) > 1:
            return layer.input_shape[-dims:] if len(layer.input_shape) > dims else ()
        if set(layer.jump or ()) != {"1"}:
            break
    return ()


def _bars(layers: Sequence[Layer], dim: int) -> list[_Bar]:
    return [
        _Bar(position, layer.receptive_field[dim], kind_of(layer))
        for position, layer in enumerate(layers)
        if layer.receptive_field and len(layer.receptive_field) > dim
    ]


def _panel(bars: Sequence[_Bar], layers: int, title: str, size: Sequence[int]) -> Panel:
    """The extents, those that are new written at their bars."""
    before = [0, *(bar.extent for bar in bars)]
    grown = {bar.position: bar.extent for bar, last in zip(bars, before, strict=False) if bar.extent != last}
    drawn = [kind for kind in KINDS if any(bar.kind == kind for bar in bars)]

    def draw(axes: Axes) -> None:
        colors = [KINDS[bar.kind] for bar in bars]
        axes.bar([bar.position for bar in bars], [bar.extent for bar in bars], color=colors)
        say_at_bars(axes, {at: (extent, exact(extent)) for at, extent in grown.items()}, layers)
        for limit in size:
            style = {"color": VERMILLION, "linewidth": 1, "linestyle": "--", "zorder": 0.5}  # behind the bars
            axes.axhline(limit, label=f"the input's {exact(limit)}", **style)
        axes.set_ylabel("input positions")
        axes.set_title(printable(title))
        legend(axes, [*(Patch(color=KINDS[kind], label=kind) for kind in drawn), *axes.get_lines()])

    return draw
