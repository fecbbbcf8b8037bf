"""Who is how far off: every counter on every model, as a field of colours."""

from typing import Any

from matplotlib.colors import SymLogNorm
from matplotlib.figure import Figure

from netstat.reports import _style as style
from netstat.units import deviation

DARK = 0.3  # of the MACs: beyond it, black is hard to read on the colour


def png(kept: dict[str, Any]) -> bytes:
    return style.png(lambda: drawn(kept))


def drawn(kept: dict[str, Any]) -> Figure:
    """A row per counter, a column per model; colour and text are the figure's distance from our MACs."""
    models = list(kept["models"])
    tools = [row["peer"] for row in next(iter(kept["models"].values()))]
    shares = {(row["peer"], model): row["off"] for model, rows in kept["models"].items() for row in rows}
    field = [[shares[tool, model] or 0.0 for model in models] for tool in tools]
    figure = Figure(figsize=(1.0 * len(models) + 2.5, 0.36 * len(tools) + 1.6))
    axes = figure.subplots()
    norm = SymLogNorm(linthresh=1e-3, vmin=-1, vmax=1)
    axes.imshow(field, cmap="RdBu_r", norm=norm, aspect="auto", alpha=0.75)
    for y, row in enumerate(field):
        for x, share in enumerate(row):
            color = "white" if abs(share) > DARK else "black"
            axes.text(x, y, deviation(share), ha="center", va="center", fontsize=style.SMALL, color=color)
    axes.set_xticks(range(len(models)), models, rotation=30, ha="right")
    axes.set_yticks(range(len(tools)), tools)
    axes.grid(visible=False)
    figure.suptitle("How far each counter is from our MACs", x=0.01, ha="left", weight="bold")
    return figure
