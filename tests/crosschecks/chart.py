"""Who is how far off: every counter on every model, as a field of colours."""

from typing import Any

from matplotlib.colors import SymLogNorm
from matplotlib.figure import Figure

from netstat.reports.charts import _style as style
from tests.crosschecks.page import distance

DARK = 0.3  # of the MACs: beyond it, black is hard to read on the colour


def png(kept: dict[str, Any]) -> bytes:
    return style.png(lambda: drawn(kept))


def drawn(kept: dict[str, Any]) -> Figure:
    """A row per counter, a column per model; colour and text are the figure's distance from our MACs."""
    models = list(kept["models"])
    tools = [row["peer"] for row in next(iter(kept["models"].values()))]
    found = {(row["peer"], model): row for model, rows in kept["models"].items() for row in rows}
    cells = [[found[tool, model] for model in models] for tool in tools]
    figure = Figure(figsize=(1.0 * len(models) + 2.5, 0.36 * len(tools) + 1.6))
    axes = figure.subplots()
    norm = SymLogNorm(linthresh=1e-3, vmin=-1, vmax=1)
    axes.imshow([[row["off"] for row in line] for line in cells], cmap="RdBu_r", norm=norm, aspect="auto", alpha=0.75)
    for y, line in enumerate(cells):
        for x, row in enumerate(line):
            color = "white" if abs(row["off"]) > DARK else "black"
            axes.text(x, y, distance(row), ha="center", va="center", fontsize=style.SMALL, color=color)
    axes.set_xticks(range(len(models)), models, rotation=30, ha="right")
    axes.set_yticks(range(len(tools)), tools)
    axes.grid(visible=False)
    figure.suptitle(
        "How far each counter is from our MACs (* predicted: it fails on the model)", x=0.01, ha="left", weight="bold"
    )
    return figure
