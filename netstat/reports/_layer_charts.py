"""Bars over a model's layers in the order of execution: parameters, MACs, time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from netstat.records.benchmark import Benchmark
from netstat.records.profile import Layer, Profile
from netstat.reports._style import BLUE, GREY, ORANGE, SKY, SMALL, VERMILLION, legend, worded
from netstat.reports._table import middle, place, printable, title
from netstat.units import duration, percent, scaled, shape

Axes = Any
Panel = Callable[[Axes], None]
Call = tuple[str, str, int]

SLOT = 0.21  # inches a layer takes, as long as the figure's width is between these
NARROWEST, WIDEST = 8.0, 30.0
MARGINS = 1.5  # inches beside the layers
PANEL, AROUND = 2.2, 1.5  # inches of height: of a panel; of labels and title
LINE = 0.13  # inches that a line of small text needs
SPOKEN = 0.005  # a bar of this share of the whole or more says its share
KINDS = {"convolution": BLUE, "fully connected": ORANGE, "other": GREY}


def profile_chart(profile: Profile, panels: Sequence[Panel]) -> Figure:
    """Panels over the layers of a profile; those with parameters are labelled."""
    inputs = ", ".join(shape(tensor.shape) for tensor in profile.inputs)
    labels = [place(layer.path, layer.call) if layer.params else "" for layer in profile.layers]
    return _stacked(title(profile.model, inputs), labels, panels)


def time_chart(benchmarks: Sequence[Benchmark], model: str) -> Figure:
    """Time per layer, a panel per device."""
    calls = list(dict.fromkeys((time.path, time.op, time.call) for run in benchmarks for time in run.layers))
    labels = [place(path, call) for path, _, call in calls]
    return _stacked(title(model, "time per layer"), labels, [time_panel(run, calls) for run in benchmarks])


def count_panel(profile: Profile, name: str, word: str) -> Panel:
    """A count per layer, coloured by kind of layer, with the shares worth reading at their bars."""
    counts, whole = [getattr(layer, name) for layer in profile.layers], getattr(profile.totals, name)
    kinds = [kind_of(layer) for layer in profile.layers]
    drawn = [kind for kind in KINDS if any(count for count, of in zip(counts, kinds, strict=True) if of == kind)]
    bound = "" if profile.complete or name == "params" else "at least "

    def draw(axes: Axes) -> None:
        axes.bar(range(len(counts)), counts, color=[KINDS[kind] for kind in kinds])
        _say_shares(axes, counts, whole)
        axes.yaxis.set_major_formatter(worded(scaled))
        axes.set_title(f"{word}: {bound}{scaled(whole)}")
        legend(axes, [Patch(color=KINDS[kind], label=kind) for kind in drawn])

    return draw


def profile_time_panel(profile: Profile, benchmark: Benchmark) -> Panel:
    """The share of time per layer beside its share of the MACs."""
    calls = [(layer.path, layer.op, layer.call) for layer in profile.layers]
    return time_panel(benchmark, calls, [layer.macs / (profile.totals.macs or 1) for layer in profile.layers])


def time_panel(benchmark: Benchmark, calls: Sequence[Call], macs: Sequence[float] = ()) -> Panel:
    """The share of time per layer call, beside that of the MACs where they are given."""
    times = {(time.path, time.op, time.call): time.median_seconds for time in benchmark.layers}
    shares = [times.get(call, 0.0) / (benchmark.median_seconds or 1) for call in calls]
    thickness, aside = (0.4, 0.2) if macs else (0.8, 0.0)
    decimals = 0 if max((*shares, *macs), default=1) > 0.1 else 2

    def draw(axes: Axes) -> None:
        axes.bar([i - aside for i in range(len(calls))], shares, thickness, color=VERMILLION, label="time")
        if macs:
            axes.bar([i + aside for i in range(len(calls))], macs, thickness, color=SKY, label="MACs")
        axes.yaxis.set_major_formatter(worded(lambda share: percent(share, 1, decimals)))
        axes.set_title(printable(_timing(benchmark)))
        legend(axes)

    return draw


def _stacked(heading: str, labels: Sequence[str], panels: Sequence[Panel]) -> Figure:
    """The panels one above the other over the same layers; a label of "" leaves its layer without one."""
    figure = Figure(figsize=(_width(len(labels)), PANEL * len(panels) + AROUND))
    stack = figure.subplots(max(len(panels), 1), 1, sharex=True, squeeze=False)[:, 0]
    for axes, panel in zip(stack, panels, strict=False):
        panel(axes)
    _label(stack[-1], labels)
    figure.suptitle(printable(heading), x=0.01, ha="left", weight="bold")
    return figure


def _width(layers: int) -> float:
    return min(max(SLOT * layers + MARGINS, NARROWEST), WIDEST)


def _with_room(positions: Iterable[int], layers: int) -> Iterator[int]:
    """Those of the positions at which a line of upright text does not touch the one before."""
    slot, free = (_width(layers) - MARGINS) / max(layers, 1), 0.0
    for position in positions:
        if position * slot >= free:
            yield position
            free = position * slot + LINE


def _label(axes: Axes, labels: Sequence[str]) -> None:
    shown = list(_with_room((position for position, label in enumerate(labels) if label), len(labels)))
    texts = [middle(printable(labels[position]), 24) for position in shown]
    axes.set_xticks(shown, texts, rotation=90, fontsize=SMALL)
    axes.set_xlim(-0.7, max(len(labels), 1) - 0.3)


def _say_shares(axes: Axes, counts: Sequence[int], whole: int) -> None:
    spoken = {
        at: (count, percent(count, whole)) for at, count in enumerate(counts) if whole and count / whole >= SPOKEN
    }
    say_at_bars(axes, spoken, len(counts))


def say_at_bars(axes: Axes, spoken: Mapping[int, tuple[int, str]], layers: int) -> None:
    """Texts at the ends of bars, by the bar's position and height, as far as they do not touch each other."""
    for position in _with_room(spoken, layers):
        height, text = spoken[position]
        axes.text(position, height, f" {text}", rotation=90, ha="center", va="bottom", fontsize=SMALL)
    axes.margins(y=0.35)


def kind_of(layer: Layer) -> str:
    """Which of `KINDS` a layer is."""
    if layer.op == "linear":
        return "fully connected"
    return "convolution" if layer.op.startswith("conv") else "other"


def _timing(benchmark: Benchmark) -> str:
    name = middle(printable(benchmark.device_name), 30)
    device = f"{benchmark.device} ({name})" if name else benchmark.device
    rest = percent(benchmark.unattributed_seconds, benchmark.median_seconds)
    return title(f"time on {device}: {duration(benchmark.median_seconds)}", f"{rest} in no layer")
