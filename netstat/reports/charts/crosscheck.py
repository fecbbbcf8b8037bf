"""What other counters say, beside our MACs."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from netstat.records.crosscheck import CrossCheck
from netstat.reports.charts._chart import WIDTH, chart
from netstat.reports.charts._style import BLUE, SMALL, VERMILLION, Axes, listed, worded
from netstat.units import deviation, scaled, signed

BAR, AROUND = 0.32, 0.6  # inches that a bar takes, and what is above and below all
TICK = 0.7  # inches that the label of a tick takes


class Deviation(NamedTuple):
    """One reason why a counter's figure is not our MACs."""

    label: str
    amount: int = 0
    color: str = BLUE


def _known(record: Any) -> list[list[CrossCheck]]:
    """The counters whose figure is known; none where no counter has one."""
    known = [check for check in record.crosscheck or () if check.off is not None]
    return [known] if known else []


def _bars(record: Any) -> list[list[Deviation]]:
    bars = [bar for check in record.crosscheck or () for bar in _deviations(check)]
    return [bars] if bars else []


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


def _size(bars: Sequence[Any]) -> tuple[float, float]:
    return WIDTH, BAR * len(bars) + AROUND


@chart("crosscheck", "crosscheck", "profile", subjects=_bars, size=_size)
def crosscheck(axes: Axes, bars: Sequence[Deviation]) -> None:
    """What other counters add to our MACs.

    A bar per counter and reason, left of 0 what it leaves out; together they are the whole difference. Red is what no
    rule explains. The axis is logarithmic on both sides of 0.
    """
    axes.barh(range(len(bars)), [bar.amount for bar in bars], color=[bar.color for bar in bars])
    texts = [signed(bar.amount) if bar.amount else "" for bar in bars]
    _say(axes, [bar.amount for bar in bars], texts)
    listed(axes, [bar.label for bar in bars], 50)
    _logarithmic(axes, scaled, 1, 1000)


@chart("crosscheck-overview", "crosscheck", "profile", subjects=_known, size=_size)
def overview(axes: Axes, known: Sequence[CrossCheck]) -> None:
    """How far other counters are from our MACs.

    A bar per counter, its whole difference as a share of our MACs; red where some of it is unexplained. The axis is
    logarithmic on both sides of 0.
    """
    offs = [check.off or 0.0 for check in known]
    axes.barh(range(len(known)), offs, color=[VERMILLION if check.unexplained else BLUE for check in known])
    _say(axes, offs, [deviation(off) for off in offs])
    listed(axes, [check.peer if check.reported is not None else f"{check.peer} (predicted)" for check in known])
    _logarithmic(axes, lambda off: deviation(off) if off else "0", 1e-6, 100)


def _say(axes: Axes, amounts: Sequence[float], texts: Sequence[str]) -> None:
    """Texts at the ends of the bars."""
    for position, (amount, text) in enumerate(zip(amounts, texts, strict=True)):
        side = "right" if amount < 0 else "left"
        axes.text(amount, position, f" {text} " if text else "", va="center", ha=side, fontsize=SMALL)


def _logarithmic(axes: Axes, text: Any, least: float, base: int) -> None:
    """On both sides of 0, with room for the texts at the ends."""
    axes.margins(x=0.3)
    axes.set_xscale("symlog", linthresh=least)
    low, high = axes.get_xlim()
    powers = [least * base**power for power in range(20)]
    ticks = [*(-power for power in reversed(powers)), 0.0, *powers]
    axes.set_xticks(_apart(axes, [tick for tick in ticks if low <= tick <= high]))
    axes.xaxis.set_major_formatter(worded(text))
    axes.minorticks_off()


def _apart(axes: Axes, ticks: Sequence[float]) -> list[float]:
    """Those of the ticks that have room for their labels, 0 first, then the greatest."""
    kept: list[float] = []
    for tick in sorted(ticks, key=lambda tick: -abs(tick) if tick else float("-inf")):
        at = _across(axes, tick)
        if all(abs(at - _across(axes, other)) > TICK for other in kept):
            kept.append(tick)
    return kept


def _across(axes: Axes, value: float) -> float:
    """Inches from the left."""
    return float(axes.transData.transform((value, 0))[0]) / float(axes.figure.dpi)
