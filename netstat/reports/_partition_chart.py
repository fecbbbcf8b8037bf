"""What a split sends beside what data parallelism sends, layer by layer."""

from matplotlib.figure import Figure

from netstat.records.partition import Partition
from netstat.reports._style import BLUE, ORANGE, SMALL, legend, worded
from netstat.reports._table import middle, place, printable, title
from netstat.units import scaled


def partition_chart(record: Partition) -> Figure:
    """Bytes of a training step by layer, on a logarithmic scale: the two ways lie far apart."""
    shown = [layer for layer in record.layers if layer.crossings or layer.gradient_bytes]
    split = [layer.forward_bytes + layer.backward_bytes for layer in shown]
    data = [2 * (record.ways - 1) * layer.gradient_bytes for layer in shown]
    figure = Figure(figsize=(9.0, 0.36 * len(shown) + 1.6))
    axes = figure.subplots()
    for offset, sizes, label, color in (
        (-0.2, split, "split by channels", BLUE),
        (0.2, data, "data parallelism", ORANGE),
    ):
        axes.barh([i + offset for i in range(len(shown))], sizes, 0.4, color=color, label=label)
    names = [middle(printable(f"{place(layer.path, layer.call)}  {layer.op}"), 40) for layer in shown]
    axes.set_yticks(range(len(shown)), names, fontsize=SMALL)
    axes.invert_yaxis()
    if any((*split, *data)):
        axes.set_xscale("log")
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_formatter(worded(lambda size: scaled(size, "B")))
    legend(axes)
    heading = title("sent in a training step", record.model, f"{record.ways} cards", f"batch {record.batch:,}")
    figure.suptitle(printable(heading), x=0.01, ha="left", weight="bold")
    return figure
