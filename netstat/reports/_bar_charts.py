"""Bars of cross-checks and comparisons."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from matplotlib.figure import Figure
from matplotlib.ticker import SymmetricalLogLocator

from netstat.records.comparison import Compared
from netstat.records.crosscheck import CrossCheck
from netstat.reports._style import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, SMALL, VERMILLION, YELLOW, legend, worded
from netstat.reports._table import middle, printable, title
from netstat.units import deviation, scaled, signed

_FAMILIES = (BLUE, ORANGE, GREEN, SKY, PURPLE, YELLOW, GREY)


class Deviation(NamedTuple):
    """One reason why a counter's figure is not our MACs."""

    label: str
    amount: int = 0
    color: str = BLUE


def crosscheck_chart(checks: Sequence[CrossCheck], model: str) -> Figure:
    """What each counter's figure differs by from our MACs, reason by reason, on a logarithmic axis."""
    bars = [bar for check in checks for bar in _deviations(check)]
    figure = Figure(figsize=(9.0, 0.28 * len(bars) + 1.2))
    axes = figure.subplots()
    axes.barh(range(len(bars)), [bar.amount for bar in bars], color=[bar.color for bar in bars])
    for position, bar in enumerate(bars):
        text = f" {signed(bar.amount)} " if bar.amount else ""
        axes.text(bar.amount, position, text, va="center", ha="right" if bar.amount < 0 else "left", fontsize=SMALL)
    axes.set_yticks(range(len(bars)), [middle(printable(bar.label), 60) for bar in bars], fontsize=SMALL)
    axes.invert_yaxis()
    axes.set_xscale("symlog", linthresh=1)
    axes.xaxis.set_major_locator(SymmetricalLogLocator(base=1000, linthresh=1))
    axes.xaxis.set_major_formatter(worded(scaled))
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.2)
    figure.suptitle(printable(title(model, "what other counters add to our MACs")), x=0.01, ha="left", weight="bold")
    return figure


def overview_chart(checks: Sequence[CrossCheck], model: str) -> Figure:
    """How far each counter is from our MACs, as a share of them."""
    known = [check for check in checks if check.off is not None]
    figure = Figure(figsize=(9.0, 0.28 * len(known) + 1.2))
    axes = figure.subplots()
    offs = [check.off or 0.0 for check in known]
    axes.barh(range(len(known)), offs, color=[VERMILLION if check.unexplained else BLUE for check in known])
    for position, off in enumerate(offs):
        axes.text(off, position, f" {deviation(off)} ", va="center", ha="right" if off < 0 else "left", fontsize=SMALL)
    names = [check.peer if check.reported is not None else f"{check.peer} (predicted)" for check in known]
    axes.set_yticks(range(len(known)), [middle(printable(name), 60) for name in names], fontsize=SMALL)
    axes.invert_yaxis()
    axes.set_xscale("symlog", linthresh=1e-5)
    axes.xaxis.set_major_locator(SymmetricalLogLocator(base=100, linthresh=1e-5))
    axes.xaxis.set_major_formatter(worded(deviation))
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.2)
    figure.suptitle(
        printable(title(model, "how far other counters are from our MACs")), x=0.01, ha="left", weight="bold"
    )
    return figure


def comparison_chart(models: Sequence[Compared]) -> Figure:
    """Parameters and MACs of each model, by family of layer."""
    families = list(
        dict.fromkeys(group.name for model in models for group in model.groups if group.params or group.macs)
    )
    figure = Figure(figsize=(min(max(0.25 * len(models) * (len(families) + 1) + 1.5, 7.0), 30.0), 6.0))
    counts = (("params", "parameters"), ("macs", "MACs"))
    for axes, (name, word) in zip(figure.subplots(2, 1, sharex=True), counts, strict=True):
        _group_bars(axes, models, families, name)
        axes.set_title(word)
        axes.yaxis.set_major_formatter(worded(scaled))
    legend(figure.axes[0])
    labels = [middle(printable(model.model), 24) for model in models]
    figure.axes[1].set_xticks(range(len(models)), labels, rotation=90 if len(models) > 8 else 0)
    return figure


def _deviations(check: CrossCheck) -> Iterator[Deviation]:
    if check.reported is None:
        yield Deviation(f"{check.peer}: no figure")
        return
    for term in check.terms:
        yield Deviation(f"{check.peer}: {term.reason}", term.amount)
    if check.unexplained:
        yield Deviation(f"{check.peer}: UNEXPLAINED", check.unexplained, VERMILLION)
    elif not check.terms:
        yield Deviation(f"{check.peer}: no difference")


def _group_bars(axes: Any, models: Sequence[Compared], families: Sequence[str], name: str) -> None:
    """Side by side at each model, one bar per family."""
    thickness = 0.8 / max(len(families), 1)
    for index, family in enumerate(families):
        counts = [sum(getattr(group, name) for group in model.groups if group.name == family) for model in models]
        places = [position - 0.4 + thickness * (index + 0.5) for position in range(len(models))]
        axes.bar(places, counts, thickness, color=_FAMILIES[index % len(_FAMILIES)], label=family)
        for place, count in zip(places, counts, strict=True):
            axes.text(
                place,
                count,
                f" {scaled(count)}" if count else "",
                rotation=90,
                ha="center",
                va="bottom",
                fontsize=SMALL,
            )
    axes.margins(y=0.3)
