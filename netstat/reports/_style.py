"""How charts look and become files: matplotlib's object-oriented side, never pyplot, nothing of the user's settings."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from netstat import __version__

# Okabe and Ito's colours, which colour-blind readers tell apart.
ORANGE, SKY, GREEN, BLUE, VERMILLION, GREY = "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#999999"
PURPLE, YELLOW = "#CC79A7", "#F0E442"
SMALL = 7.5  # points: the smallest text that is read at 1×

_LOOK: Any = {  # rcParams
    "figure.dpi": 100,
    "savefig.dpi": 100,
    "figure.constrained_layout.use": True,
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#DDDDDD",
    "legend.frameon": False,
    "svg.hashsalt": "netstat",
    "text.parse_math": False,
}


def png(draw: Callable[[], Figure]) -> bytes:
    """The figure that `draw` makes, as PNG."""
    return _saved(draw, "png", {"Software": f"netstat {__version__}"})


def svg(draw: Callable[[], Figure]) -> bytes:
    """The figure that `draw` makes, as SVG."""
    return _saved(draw, "svg", {"Title": f"netstat {__version__}", "Creator": "netstat", "Date": None})


def legend(axes: Any, handles: Sequence[Any] | None = None) -> None:
    """A legend of `handles`, or of all that is labelled, in one line above the axes at the right, where no bar is."""
    shown = axes.get_legend_handles_labels()[0] if handles is None else handles
    if shown:
        place = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "borderaxespad": 0.2}
        axes.legend(handles=shown, ncols=len(shown), **place)


def worded(text: Callable[[float], str]) -> FuncFormatter:
    """Tick labels made by `text`."""
    return FuncFormatter(lambda value, _: text(value))


def _saved(draw: Callable[[], Figure], kind: str, metadata: dict[str, str | None]) -> bytes:
    """Byte for byte the same for the same figure: no date, no random names."""
    content = BytesIO()
    with look():
        draw().savefig(content, format=kind, metadata=metadata)
    return content.getvalue()


@contextmanager
def look() -> Iterator[None]:
    """While it lasts, figures look as netstat's do, whatever the user's settings; these are back afterwards."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a script that the font lacks is drawn as boxes
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_LOOK)
        yield
