"""How charts look and become files: matplotlib's object-oriented side, never pyplot, nothing of the user's settings."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO

import matplotlib
from matplotlib.figure import Figure

from netstat import __version__

# Okabe and Ito's colours, told apart by colour-blind readers and in grey.
ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILLION, PURPLE, GREY = "#0072B2", "#D55E00", "#CC79A7", "#999999"

SMALL = 7.0  # points: the smallest text that is read at 1×

_LOOK = {
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "font.size": 9,
    "axes.titlesize": 10,
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


def _saved(draw: Callable[[], Figure], kind: str, metadata: dict[str, str | None]) -> bytes:
    """Byte for byte the same for the same figure: no date, no random names."""
    content = BytesIO()
    with _look():
        draw().savefig(content, format=kind, metadata=metadata)
    return content.getvalue()


@contextmanager
def _look() -> Iterator[None]:
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a name in a script the font lacks shows boxes
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_LOOK)
        yield
