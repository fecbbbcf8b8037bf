"""Bars over a model's layers in the order of execution: parameters, MACs, FLOPs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from netstat.records.profile import Layer, Profile
from netstat.reports._table import place
from netstat.reports.charts._chart import chart
from netstat.reports.charts._style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SMALL,
    Axes,
    dress,
    ending,
    inches,
    legend,
    worded,
)
from netstat.units import percent, scaled

MOST, LEAST = 64, 8  # bars that are told apart; of fewer modules than the least nobody learns much
LINE = 0.13  # inches that a line of small text needs
LONGEST = 22  # characters of a label
SPOKEN = 0.005  # a bar of this share of the whole or more says its share
KINDS = {"convolution": BLUE, "fully connected": ORANGE, "attention": GREEN, "other": GREY}


class Slot(NamedTuple):
    """A place along the axis: one call of a layer, or all calls below a module."""

    label: str
    members: tuple[Any, ...]


def slots(calls: Sequence[Any]) -> list[Slot]:
    """A slot for each call; for the modules of the deepest level that is readable where there are too many calls."""
    if len(calls) > MOST:
        deepest = max(call.path.count(".") for call in calls)
        for depth in range(deepest, 0, -1):
            modules: dict[str, list[Any]] = {}
            for call in calls:
                modules.setdefault(".".join(call.path.split(".")[:depth]), []).append(call)
            if LEAST <= len(modules) <= MOST:
                return [Slot(place(module), tuple(members)) for module, members in modules.items()]
    return [Slot(place(call.path, call.call), (call,)) for call in calls]


@chart("macs", "profile", over="layers")
def macs(axes: Axes, profile: Profile) -> None:
    """MACs per layer.

    Bars stand in the order of execution and have the colour of the kind of layer; at each is its share of the total.
    Of a model with many layers a bar is a module with all that is in it.
    """
    _counts(axes, profile, "macs", "MACs")


@chart("params", "profile", over="layers")
def params(axes: Axes, profile: Profile) -> None:
    """Parameters per layer.

    As MACs per layer: compare the two to see which layers are large and which are busy.
    """
    _counts(axes, profile, "params", "parameters")


@chart("flops", "profile", over="layers")
def flops(axes: Axes, profile: Profile) -> None:
    """FLOPs per layer.

    As MACs per layer; here activations, pooling and normalisation have their bars too.
    """
    _counts(axes, profile, "flops", "FLOPs")


def _counts(axes: Axes, profile: Profile, name: str, word: str) -> None:
    found, whole = slots(profile.layers), getattr(profile.totals, name)
    tops = [0] * len(found)
    for kind, color in KINDS.items():
        heights = [sum(getattr(call, name) for call in slot.members if kind_of(call) == kind) for slot in found]
        if any(heights):
            axes.bar(range(len(found)), heights, bottom=tops, color=color, label=kind)
        tops = [top + height for top, height in zip(tops, heights, strict=True)]
    spoken = {at: (top, percent(top, whole)) for at, top in enumerate(tops) if whole and top / whole >= SPOKEN}
    say_at_bars(axes, spoken, len(found))
    axes.yaxis.set_major_formatter(worded(scaled))
    bound = "" if profile.complete or name == "params" else "at least "
    axes.set_title(f"{word}: {bound}{scaled(whole)}", loc="left")
    frame(axes, found)


def frame(axes: Axes, found: Sequence[Slot]) -> None:
    """What all charts over layers have: labels of those with parameters below, the legend above."""
    labels = [slot.label if any(getattr(call, "params", 1) for call in slot.members) else "" for slot in found]
    shown = list(_with_room(axes, (at for at, label in enumerate(labels) if label), len(labels)))
    axes.set_xticks(shown, [ending(labels[at], LONGEST) for at in shown], rotation=90, fontsize=SMALL)
    axes.set_xlim(-0.7, max(len(labels), 1) - 0.3)
    if any(len(slot.members) > 1 for slot in found):
        axes.set_xlabel("a bar: a module with all layers in it", fontsize=SMALL)
    dress(axes)
    legend(axes)


def _with_room(axes: Axes, positions: Iterable[int], count: int) -> Iterator[int]:
    """Those of the positions at which a line of upright text does not touch the one before."""
    slot, free = inches(axes) / max(count, 1), 0.0
    for position in positions:
        if position * slot >= free:
            yield position
            free = position * slot + LINE


def say_at_bars(axes: Axes, spoken: Mapping[int, tuple[int, str]], count: int) -> None:
    """Texts at the ends of bars, by the bar's position and height, as far as they do not touch each other."""
    for position in _with_room(axes, spoken, count):
        height, text = spoken[position]
        style = {"ha": "center", "va": "bottom", "fontsize": SMALL, "bbox": {"color": "white", "pad": 0.3}}
        axes.annotate(text, (position, height), (0, 3), textcoords="offset points", rotation=90, **style)
    axes.set_ylim(0, 1.35 * max((height for height, _ in spoken.values()), default=1))


def kind_of(layer: Layer) -> str:
    """Which of `KINDS` a layer is."""
    if layer.op == "linear":
        return "fully connected"
    if "attention" in layer.op:
        return "attention"
    return "convolution" if layer.op.startswith("conv") else "other"
