"""Bars of forecasts with their intervals."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from netstat.records.forecast import Forecast
from netstat.reports._style import BLUE, ORANGE, SMALL, legend, worded
from netstat.reports._table import middle, printable, title
from netstat.units import duration, percent


def forecast_chart(forecasts: Sequence[Forecast], model: str) -> Figure:
    """The expected time on each device, with the interval as a whisker; those never fitted to in another colour."""
    figure = Figure(figsize=(9.0, 0.36 * len(forecasts) + 1.6))
    axes = figure.subplots()
    for label, color, unseen in (("times of it were fitted to", BLUE, False), ("none were", ORANGE, True)):
        chosen = [i for i, made in enumerate(forecasts) if ("unseen" in made.remarks) is unseen]
        if chosen:
            axes.barh(chosen, [forecasts[i].seconds for i in chosen], color=color, label=label)
    for position, made in enumerate(forecasts):
        low, high = made.interval_seconds
        axes.plot([low, high], [position, position], color="black", linewidth=1, marker="|", markersize=8)
        axes.text(high, position, f"  {duration(made.seconds)} ", va="center", fontsize=SMALL)
    names = [middle(printable(made.device.title), 44) for made in forecasts]
    axes.set_yticks(range(len(forecasts)), names, fontsize=SMALL)
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.margins(x=0.15)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_formatter(worded(duration))
    legend(axes)
    figure.suptitle(printable(title("FORECAST", model, *_settings(forecasts))), x=0.01, ha="left", weight="bold")
    return figure


def _settings(forecasts: Sequence[Forecast]) -> list[str]:
    if not forecasts:
        return []
    first = forecasts[0]
    what = "training step" if first.training else "forward pass"
    return [what, f"batch {first.batch:,}", first.dtype, f"{percent(first.level, 1, 0)} intervals"]
