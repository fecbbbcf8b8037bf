"""Cost against input size and batch: a row per size; how layers grow, and their shares at each size."""

from collections.abc import Callable, Sequence
from typing import Any

from netstat.records.scaling import LayerGrowth, Scaling, ScalingPoint
from netstat.records.view import View
from netstat.reports._table import Column, Table, count_column, place, rows, share_column, title
from netstat.units import mebibytes, plural, shape

Place = tuple[Scaling, int]


def scaling_tables(scaling: Scaling, view: View) -> list[Table]:
    """Totals at every size; what share each kind of growth has; the layers."""
    found = [_totals(scaling), _growths(scaling)]
    return [*found, _layers(scaling)] if view.layers else found


def _shapes(point: ScalingPoint, _: Any = None) -> str:
    return ", ".join(map(shape, point.shapes))


_TOTALS = (
    Column("input", "input", left=True, cell=_shapes),
    count_column("params", "params", rank=1),
    count_column("macs", "MACs"),
    count_column("flops", "FLOPs"),
    Column("activation_bytes", "activations", mebibytes),
    Column("inference_peak_bytes", "inference peak", mebibytes, rank=2),
)


def _totals(scaling: Scaling) -> Table:
    groups = [rows(_TOTALS, scaling.of_batch(batch)) for batch in scaling.batches]
    notes = [
        ("activations", "bytes of all tensors that a forward pass makes; its peak is predicted, as by netstat memory")
    ]
    return Table(title(scaling.model, "scaling", plural(len(scaling.points), "size")), _TOTALS, groups, notes=notes)


def _shares(scaling: Scaling, share: Callable[[int], Callable[[Any, Any], tuple[int, int]]]) -> Sequence[Column]:
    """A column of shares for each size of the first batch: the first and the last stay on a narrow terminal longest."""
    points = scaling.of_batch(scaling.batches[0])
    return tuple(
        share_column(
            f"share{at}", f"at {_side(point)}", cell=share(at), rank=0 if at in (0, len(points) - 1) else 1 + at % 2
        )
        for at, point in enumerate(points)
    )


def _side(point: ScalingPoint) -> str:
    return str(point.side[0]) if len(set(point.side)) == 1 else shape(point.side)


def _growths(scaling: Scaling) -> Table:
    def share(at: int) -> Callable[[str, Any], tuple[int, int]]:
        return lambda growth, _: scaling.share(growth, at)

    def number(growth: str, _: Any) -> int:
        return sum(layer.growth == growth for layer in scaling.layers)

    columns = (
        Column("growth", "FLOPs grow", left=True, cell=lambda growth, _: growth),
        count_column("layers", "layers", cell=number),
        *_shares(scaling, share),
    )
    return Table(
        title(scaling.model, "which layers grow how, and their share of all FLOPs"),
        columns,
        [rows(columns, scaling.growths)],
    )


def _layers(scaling: Scaling) -> Table:
    def share(at: int) -> Callable[[LayerGrowth, Any], tuple[int, int]]:
        whole = sum(layer.flops[at] for layer in scaling.layers)
        return lambda layer, _: (layer.flops[at], whole)

    columns = (
        Column("path", "layer", left=True, flexible="middle", cell=lambda layer, _: place(layer.path, layer.call)),
        Column("op", "operator", left=True, rank=5),
        Column("growth", "FLOPs grow", left=True),
        *_shares(scaling, share),
    )
    return Table(title(scaling.model, "layers"), columns, [rows(columns, scaling.layers)])
