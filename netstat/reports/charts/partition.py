"""What a split sends beside what data parallelism sends, layer by layer."""

from netstat.records.partition import Partition, PartitionedLayer
from netstat.reports._table import place
from netstat.reports.charts._chart import WIDTH, chart
from netstat.reports.charts._style import BLUE, ORANGE, Axes, legend, listed, logarithmic
from netstat.units import scaled


def _shown(record: Partition) -> list[PartitionedLayer]:
    return [layer for layer in record.layers if layer.crossings or layer.gradient_bytes]


@chart("partition", "partition", size=lambda record: (WIDTH, 0.3 * len(_shown(record)) + 1.0))
def partition(axes: Axes, record: Partition) -> None:
    """Bytes sent in a training step by layer.

    What cards send each other when a layer is split by channels, beside what data parallelism sends for its gradients;
    the axis is logarithmic, as the two lie far apart.
    """
    shown = _shown(record)
    split = [layer.forward_bytes + layer.backward_bytes for layer in shown]
    data = [2 * (record.ways - 1) * layer.gradient_bytes for layer in shown]
    for aside, sizes, label, color in (
        (-0.2, split, "split by channels", BLUE),
        (0.2, data, "data parallelism", ORANGE),
    ):
        axes.barh([at + aside for at in range(len(shown))], sizes, 0.4, color=color, label=label)
    listed(axes, [f"{place(layer.path, layer.call)}  {layer.op}" for layer in shown])
    if any((*split, *data)):
        logarithmic(axes, "x", lambda size: scaled(size, "B"))
    axes.set_title(f"{record.ways} cards · batch {record.batch:,}", loc="left")
    legend(axes)
