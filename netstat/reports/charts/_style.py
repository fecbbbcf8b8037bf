"""How charts look and become files: nothing of the user's settings, and these are left alone.

Nothing here or in a module of a chart imports matplotlib before something is drawn: charts are listed without it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from textwrap import fill
from typing import Any

from netstat import __version__
from netstat.reports._table import middle, printable

Axes = Any

# Okabe and Ito's colours, which colour-blind readers tell apart.
ORANGE, SKY, GREEN, BLUE, VERMILLION, GREY = "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#999999"
PURPLE, YELLOW = "#CC79A7", "#F0E442"
DARK = "#444444"
SMALL = 7.5  # points: the smallest text that is read at 1×
SHORT = 1e4  # times from the least to the greatest on a short logarithmic axis
LEFT = 0.9  # inches that labels beside the axes take about
LEGEND = 22  # points that a legend takes below a title
BOX = "\N{WHITE SQUARE}"  # for a character that the font lacks

_LOOK: Any = {  # rcParams
    "figure.dpi": 100,
    "savefig.dpi": 150,
    "figure.constrained_layout.use": True,
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "svg.hashsalt": "netstat",
    "text.parse_math": False,
}


def png(draw: Callable[[], Any]) -> bytes:
    """The figure that `draw` makes, as PNG."""
    return _saved(draw, "png", {"Software": f"netstat {__version__}"})


def svg(draw: Callable[[], Any]) -> bytes:
    """The figure that `draw` makes, as SVG."""
    return _saved(draw, "svg", {"Title": f"netstat {__version__}", "Creator": "netstat", "Date": None})


def _saved(draw: Callable[[], Any], kind: str, metadata: dict[str, str | None]) -> bytes:
    """Byte for byte the same for the same figure: no date, no random names."""
    content = BytesIO()
    with look():
        draw().savefig(content, format=kind, metadata=metadata)
    return content.getvalue()


@contextmanager
def look() -> Iterator[None]:
    """While it lasts, figures look as netstat's do, whatever the user's settings; these are back afterwards."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_LOOK)
        yield


def dress(axes: Axes, grid: str = "y") -> None:
    """The frame of every chart, also on axes that somebody else made: two spines, a faint grid behind what is drawn."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(visible=False)
    axes.grid(visible=True, axis=grid, color="#DDDDDD")


def named(text: str, width: int = 120) -> str:
    """A name as it is drawn: nothing that controls, a box for what the font lacks, not longer than `width`."""
    return middle("".join(char if _drawn(char) else BOX for char in printable(text)), width)


def _drawn(char: str) -> bool:
    if char.isascii():
        return True
    from matplotlib.font_manager import findfont, get_font

    return get_font(findfont("DejaVu Sans")).get_char_index(ord(char)) != 0


def ending(path: str, width: int) -> str:
    """The last parts of a path that fit into `width`, where it differs from its neighbours'."""
    text = named(path)
    while len(text) > width and "." in text.strip("…."):
        text = f"…{text.lstrip('….').partition('.')[2]}"
    return named(text, width)


def inches(axes: Axes) -> float:
    """How wide the axes are, as far as that is known before they are drawn."""
    return float(axes.get_window_extent().width / axes.figure.dpi)


def legend(axes: Axes) -> None:
    """A legend in one line above the axes at the right, where no bar is; below the title where both have no room.

    The title has to be there already. In axes that are too narrow for the line it stands where it hides least.
    """
    handles, labels = axes.get_legend_handles_labels()
    if not handles:
        return
    place = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "borderaxespad": 0.2}
    line = axes.legend(handles, labels, ncols=len(handles), columnspacing=1.2, handlelength=1.5, **place)
    heading = axes.set_title(axes.get_title(loc="left"), loc="left")
    beside = max((label.get_window_extent().width for label in axes.get_yticklabels()), default=0.0)
    room = axes.get_window_extent().width - max(0.0, beside - LEFT * axes.figure.dpi)
    wide = line.get_window_extent().width
    if wide > room:
        axes.legend(handles, labels, fontsize=SMALL)
    elif wide + heading.get_window_extent().width > room:
        axes.set_title(heading.get_text(), loc="left", pad=LEGEND)


def dots(axes: Axes, colors: Mapping[str, str]) -> None:
    """A legend of points by colour, in one line above the axes, below the title."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color=color, marker="o", linestyle="", label=label) for label, color in colors.items()]
    if handles:
        place = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "borderaxespad": 0.2}
        axes.legend(handles=handles, ncols=len(handles), columnspacing=1.2, handletextpad=0.2, **place)


def beside(axes: Axes, *, reverse: bool = False) -> None:
    """A legend of all that is labelled at the right of the axes: for labels that are long, or that are stacked."""
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=SMALL, reverse=reverse)


def worded(text: Callable[[float], str]) -> Callable[[float, Any], str]:
    """Tick labels made by `text`."""
    return lambda value, _: text(value)


def logarithmic(axes: Axes, which: str, text: Callable[[float], str]) -> None:
    """The axis "x" or "y" with a logarithmic scale, with ticks at 1, 2 and 5 where it is short.

    What it shows has to be there already.
    """
    from matplotlib.ticker import LogLocator

    axes.set(**{f"{which}scale": "log"})
    axis = getattr(axes, f"{which}axis")
    low, high = getattr(axes, f"get_{which}lim")()
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high < SHORT * low else (1.0,)))
    axis.set_major_formatter(worded(text))
    axis.minorticks_off()


def powers(axis: Any, most: int) -> None:
    """About five ticks up to `most` bytes, at multiples of a power of two."""
    from matplotlib.ticker import MultipleLocator

    axis.set_major_locator(MultipleLocator(2 ** max((most // 5).bit_length(), 1)))


def listed(axes: Axes, names: Sequence[str], width: int = 44) -> None:
    """Names down the side, the first one on top, one for each bar, on two lines where they are long."""
    wrapped = [fill(named(name, 4 * width), width, max_lines=2, placeholder=" …") for name in names]
    axes.set_yticks(range(len(names)), wrapped, fontsize=SMALL)
    axes.set_ylim(len(names) - 0.4, -0.6)
    dress(axes, "x")
