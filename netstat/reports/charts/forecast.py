"""Forecasts with their intervals."""

from netstat.records.forecast import Forecast, Forecasts
from netstat.reports._table import title
from netstat.reports.charts._chart import WIDTH, chart
from netstat.reports.charts._style import BLUE, ORANGE, SMALL, Axes, legend, listed, worded
from netstat.units import duration, percent


def _forecasts(record: Forecasts) -> list[Forecasts]:
    return [record] if record.forecasts else []


def _size(record: Forecasts) -> tuple[float, float]:
    return WIDTH, 0.36 * len(record.forecasts) + 1.1


@chart("forecast", "forecast", subjects=_forecasts, size=_size)
def forecast(axes: Axes, record: Forecasts) -> None:
    """Forecast time by device.

    A bar is the expected time, the line across its end the interval. No device here was timed: orange ones are of
    a kind whose times no constant was fitted to.
    """
    forecasts = record.forecasts
    for label, color, unseen in (("fitted to times of such a device", BLUE, False), ("fitted without", ORANGE, True)):
        chosen = [at for at, made in enumerate(forecasts) if ("unseen" in made.remarks) is unseen]
        if chosen:
            axes.barh(chosen, [forecasts[at].seconds for at in chosen], color=color, label=label)
    for position, made in enumerate(forecasts):
        low, high = made.interval_seconds
        axes.plot([low, high], [position, position], color="black", linewidth=1, marker="|", markersize=8)
        axes.text(high, position, f"  {duration(made.seconds)} ", va="center", fontsize=SMALL)
    listed(axes, [made.device.title for made in forecasts])
    axes.margins(x=0.15)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(worded(duration))
    axes.set_title(_settings(forecasts[0]), loc="left")
    legend(axes)


def _settings(first: Forecast) -> str:
    what = "training step" if first.training else "forward pass"
    return title("FORECAST", what, f"batch {first.batch:,}", first.dtype, f"{percent(first.level, 1, 0)} intervals")
