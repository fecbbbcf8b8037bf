"""How receptive fields grow from layer to layer."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from netstat.records.profile import Layer, Profile
from netstat.reports._table import place
from netstat.reports.charts._chart import chart
from netstat.reports.charts._style import VERMILLION, Axes, named
from netstat.reports.charts.layers import KINDS, Slot, frame, kind_of, say_at_bars, slots
from netstat.units import exact, shape


class Extents(NamedTuple):
    """Receptive fields along one dimension, or along any where they are alike."""

    profile: Profile
    dim: int
    alike: bool


def _extents(profile: Profile) -> list[Extents]:
    """One for each spatial dimension, or one for all."""
    shown = _with_fields(profile.layers)
    if not shown:
        return []
    dims = len(shown[-1].receptive_field or ())
    alike = len(set(_input_sizes(shown, dims))) < 2 and all(len(set(row.receptive_field or ())) == 1 for row in shown)
    return [Extents(profile, dim, alike) for dim in range(1 if alike else dims)]


def _with_fields(layers: Sequence[Layer]) -> list[Layer]:
    return [layer for layer in layers if layer.receptive_field]


def _input_sizes(shown: Sequence[Layer], dims: int) -> tuple[int, ...]:
    """Sizes of the input where the first window meets them; none where something has changed them before."""
    for layer in shown:
        if max(layer.receptive_field or (1,)) > 1:
            return layer.input_shape[-dims:] if len(layer.input_shape) > dims else ()
        if set(layer.jump or ()) != {"1"}:
            break
    return ()


@chart("receptive-field", "profile", subjects=_extents, over="layers")
def receptive_field(axes: Axes, extents: Extents) -> None:
    """Receptive field per layer.

    How many input positions one output value depends on, along a side, written where it grows; the dashed line is the
    input's size, beyond which a value sees all of it. Bars have the colour of the kind of layer.
    """
    found, shown = slots(extents.profile.layers), _with_fields(extents.profile.layers)
    tallest = [_tallest(slot, extents.dim) for slot in found]
    for kind, color in KINDS.items():
        places = [at for at, layer in enumerate(tallest) if layer and kind_of(layer) == kind]
        if places:
            heights = [_extent(tallest[at], extents.dim) for at in places]
            axes.bar(places, heights, color=color, label=kind)
    _say_growth(axes, [_extent(layer, extents.dim) for layer in tallest])
    for limit in _input_sizes(shown, len(shown[-1].receptive_field or ()))[extents.dim : extents.dim + 1]:
        label = f"the input's {exact(limit)}"
        axes.axhline(limit, label=label, color=VERMILLION, linewidth=1, linestyle="--", zorder=0.5)  # behind the bars
        axes.set_ylim(top=max(axes.get_ylim()[1], 1.1 * limit))
    axes.set_ylabel("input positions")
    axes.set_title(_said(extents, shown), loc="left")
    frame(axes, found)


def _tallest(slot: Slot, dim: int) -> Layer | None:
    """The layer of a slot that sees furthest."""
    return max(_with_fields(slot.members), key=lambda layer: _extent(layer, dim), default=None)


def _extent(layer: Layer | None, dim: int) -> int:
    fields = layer.receptive_field or () if layer else ()
    return fields[dim] if len(fields) > dim else 0


def _say_growth(axes: Axes, extents: Sequence[int]) -> None:
    """Extents that are new, at their bars."""
    spoken, last = {}, 0
    for at, extent in enumerate(extents):
        if extent and extent != last:
            spoken[at], last = (extent, exact(extent)), extent
    say_at_bars(axes, spoken, len(extents))


def _said(extents: Extents, shown: Sequence[Layer]) -> str:
    widest = max(shown, key=lambda layer: prod(layer.receptive_field or ()))
    which = "" if extents.alike else f", dimension {extents.dim + 1}"
    most = f"{shape(widest.receptive_field or ())} at {named(place(widest.path, widest.call), 40)}"
    return f"receptive field{which}: up to {most}"
