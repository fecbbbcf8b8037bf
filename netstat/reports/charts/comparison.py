"""Models side by side."""

from collections.abc import Sequence

from netstat.records.comparison import Compared, Comparison
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
    YELLOW,
    Axes,
    dress,
    legend,
    logarithmic,
    named,
    worded,
)
from netstat.units import scaled

_FAMILIES = (BLUE, ORANGE, GREEN, SKY, PURPLE, YELLOW, GREY)
MODEL = 0.16  # inches that a line of small text needs in a bar chart
AREA, DOT = 1200.0, 20.0  # points² of the largest bubble, and of the least at least
NAMED = 40  # bubbles that have a name at most
MARGIN = 3.0  # times further than the outermost bubble, on either side


def _size(record: Comparison) -> tuple[float, float]:
    bars = len(record.models) * (len(_families(record.models)) + 1)
    return min(max(MODEL * bars + 1.2, WIDTH), 2 * WIDTH), 3.4


@chart(
    "bubbles", "comparison", subjects=lambda record: [record] if _bubbles(record) else [], size=lambda r: (WIDTH, 5.0)
)
def bubbles(axes: Axes, record: Comparison) -> None:
    """Models by MACs and parameters.

    A bubble per model, its area what the layers write: the memory of activations. Right is more arithmetic, up is
    more parameters, both logarithmic; nothing here says how well a model predicts.
    """
    from netstat.reports.charts._labels import label

    shown = _bubbles(record)
    most = max(model.totals.activation_bytes for model in shown) or 1
    areas = [max(DOT, AREA * model.totals.activation_bytes / most) for model in shown]
    xs, ys = [model.totals.macs for model in shown], [model.totals.params for model in shown]
    axes.set_xlim(min(xs) / MARGIN, max(xs) * MARGIN)
    axes.set_ylim(min(ys) / MARGIN, max(ys) * MARGIN)
    logarithmic(axes, "x", scaled)
    logarithmic(axes, "y", scaled)
    axes.scatter(xs, ys, s=areas, color=BLUE, edgecolors="white", alpha=0.5, zorder=3)
    axes.scatter(xs, ys, s=4, color=DARK, zorder=4)
    axes.set_xlabel("MACs (log)")
    axes.set_ylabel("parameters (log)")
    dress(axes, "both")
    heading = f"area: activations, {scaled(most, 'B')} at most"
    axes.set_title(heading, loc="left")
    names = [named(model.model, 28) for model in shown]
    left_out = label(axes, list(zip(names, xs, ys, areas, strict=True)), most=NAMED, merge=False)
    if left_out:
        axes.set_title(f"{heading}; {left_out} without room for a name", loc="left")


def _bubbles(record: Comparison) -> list[Compared]:
    """Models that have a place on logarithmic axes, largest bubble first, so that none hides a smaller one."""
    found = [model for model in record.models if model.totals.macs and model.totals.params]
    return sorted(found, key=lambda model: -model.totals.activation_bytes)


@chart("compared-params", "comparison", size=_size, over="models")
def compared_params(axes: Axes, record: Comparison) -> None:
    """Parameters of models by family of layer.

    Side by side at each model, a bar per family of layers.
    """
    _group_bars(axes, record.models, "params", "parameters")


@chart("compared-macs", "comparison", size=_size, over="models")
def compared_macs(axes: Axes, record: Comparison) -> None:
    """MACs of models by family of layer.

    Side by side at each model, a bar per family of layers.
    """
    _group_bars(axes, record.models, "macs", "MACs")


def _families(models: Sequence[Compared]) -> list[str]:
    groups = (group for model in models for group in model.groups)
    return list(dict.fromkeys(group.name for group in groups if group.params or group.macs))


def _group_bars(axes: Axes, models: Sequence[Compared], name: str, word: str) -> None:
    families = _families(models)
    thickness = 0.8 / max(len(families), 1)
    for index, family in enumerate(families):
        counts = [sum(getattr(group, name) for group in model.groups if group.name == family) for model in models]
        places = [position - 0.4 + thickness * (index + 0.5) for position in range(len(models))]
        color = _FAMILIES[index % len(_FAMILIES)]
        axes.bar(places, counts, thickness, color=color, label=named(family, 24))
        for at, count in zip(places, counts, strict=True):
            text = f" {scaled(count)}" if count else ""
            axes.text(at, count, text, rotation=90, ha="center", va="bottom", fontsize=SMALL)
    axes.set_ylim(0, 1.5 * max((bar.get_height() for bar in axes.patches), default=0) or 1)
    names = [named(model.model, 24) for model in models]
    axes.set_xticks(range(len(models)), names, rotation=90 if len(models) > 6 else 0)
    axes.yaxis.set_major_formatter(worded(scaled))
    axes.set_title(word, loc="left")
    dress(axes)
    legend(axes)
