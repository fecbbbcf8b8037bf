"""Layers under the roofs: columns beside measured times, and the view of where the time is lost."""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from netstat.records.roofline import COMPUTE, LayerRoof, Roofline
from netstat.reports._ceilings import doubts, roofs, settings
from netstat.reports._table import Column, Fact, Table, measured, place, rows, share_column, title
from netstat.reports._times import TimeLine
from netstat.units import duration, percent, plural

_FASTER = {
    "compute": "its algorithm does fewer operations than are counted (Winograd, FFT)",
    "memory": "its data came from a nearer cache",
}


def roofline_columns(roofline: Roofline) -> list[Column]:
    """Columns for a table of `TimeLine`s: which roof, the time it allows, efficiency, and the time over it."""
    found = {(layer.path, layer.op, layer.call): layer for layer in roofline.layers}

    def of(value: Callable[[LayerRoof], Any]) -> Callable[[TimeLine, Any], Any]:
        def cell(line: TimeLine, whole: Any) -> Any:
            time = line.time
            if (layer := found.get((time.path, time.op, time.call))) is not None:
                return value(layer)
            return value(_whole(roofline)) if time.path == "whole" and not time.op else ""

        return cell

    return [
        Column("roof", "roof", left=True, cell=of(roof), rank=6),
        Column("bound", "at best", duration, cell=of(lambda layer: layer.bound_seconds), rank=5),
        Column("efficiency", "reached", _percent, cell=of(lambda layer: layer.efficiency)),
        Column("over", "over it", duration, cell=of(_over), rank=7),
    ]


def roofline_facts(roofline: Roofline) -> Iterator[Fact]:
    """The roofs, how much of the time they explain, and what is faster than its roof."""
    yield "ceilings", roofs(roofline.ceiling)
    if roofline.measured_seconds > 0:
        explained = percent(roofline.bound_seconds, roofline.measured_seconds, 0)
        alone = percent(roofline.compute_seconds, roofline.measured_seconds, 0)
        yield "roofline", f"explains {explained} of the time, layer by layer; FLOPs alone {alone}"
    yield from doubts(roofline.ceiling)
    yield from (("over 100 %", _exceeding(layer)) for layer in roofline.exceeding)


def lost_tables(rooflines: Sequence[Roofline], model: str = "") -> list[Table]:
    """Where the time over the roofs is, a table per device."""
    return [_lost(roofline, model) for roofline in rooflines]


def roof(layer: LayerRoof) -> str:
    """What bounds the layer: "compute", or where its data is."""
    return layer.roof if layer.roof == COMPUTE or not layer.roof else layer.level


class _Line(NamedTuple):
    layer: LayerRoof
    so_far: float


def _lost(roofline: Roofline, model: str) -> Table:
    whole = _whole(roofline)
    lost = roofline.measured_seconds - roofline.bound_seconds
    columns = [
        Column("path", "layer", left=True, flexible="middle", cell=lambda line, _: _name(line.layer)),
        Column("op", "operator", left=True, rank=5, cell=lambda line, _: line.layer.op),
        Column("roof", "roof", left=True, rank=4, cell=lambda line, _: roof(line.layer)),
        Column("time", "time", measured, cell=lambda line, _: (line.layer.measured_seconds or 0.0, line.layer.below)),
        Column("bound", "at best", duration, rank=6, cell=lambda line, _: line.layer.bound_seconds),
        Column("efficiency", "reached", _percent, cell=lambda line, _: line.layer.efficiency),
        Column("over", "over it", duration, cell=lambda line, _: _over(line.layer)),
        share_column("lost", "of what is lost", cell=lambda line, _: (line.layer.over_seconds or 0.0, lost)),
        Column("so_far", "so far", lambda seconds: percent(seconds, lost), cell=lambda line, _: line.so_far, rank=7),
    ]  # fmt: skip
    lines = list(_lines(roofline))
    total = [_Line(whole, lost)]
    facts = [("lost", _sentence(roofline)), *roofline_facts(roofline)]
    heading = title("where the time is lost", model, settings(roofline.ceiling))
    return Table(heading, columns, [rows(columns, lines), rows(columns, total)], facts)


def _lines(roofline: Roofline) -> Iterator[_Line]:
    layers = roofline.lost
    return map(_Line, layers, accumulate(layer.over_seconds or 0.0 for layer in layers))


def _sentence(roofline: Roofline) -> str:
    """How few layers lose most of it."""
    lost = roofline.measured_seconds - roofline.bound_seconds
    most = next((n for n, line in enumerate(_lines(roofline), 1) if line.so_far >= 0.8 * lost), 0)
    share = percent(lost, roofline.measured_seconds, 0)
    return f"{duration(lost)} ({share} of the whole) is over the roofs, four fifths of it in {plural(most, 'row')}"


def _whole(roofline: Roofline) -> LayerRoof:
    flops, moved = (sum(getattr(layer, name) for layer in roofline.layers) for name in ("flops", "bytes_moved"))
    return LayerRoof("whole", "", 0, "", flops, moved, moved, roofline.bound_seconds, "", "", roofline.measured_seconds)


def _name(layer: LayerRoof) -> str:
    return place(layer.path, layer.call)


def _over(layer: LayerRoof) -> float | None:
    return layer.over_seconds if layer.known_seconds is not None else None


def _percent(share: float) -> str:
    return percent(share, 1, 0 if share >= 0.1 else 1)


def _exceeding(layer: LayerRoof) -> str:
    where = f"the {layer.level} roof" if layer.roof != COMPUTE else "the compute roof"
    reached = percent(layer.efficiency or 0.0, 1, 1)
    again = "or the ceilings were taken on a busier machine: netstat ceilings --again measures them anew"
    return f"{_name(layer)} ran at {reached} of {where}: {_FASTER.get(layer.roof, layer.roof)}, {again}"
