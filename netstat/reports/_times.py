"""The rows of a table of measured times: in order of execution, by size, or in the modules they belong to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from netstat.records.benchmark import Benchmark, LayerTime
from netstat.records.profile import Layer
from netstat.records.times import Part, families, fewest, largest_first, parts
from netstat.records.view import View
from netstat.reports._branches import INDENT
from netstat.reports._table import Column, Fact, count_column, measured, place, share_column
from netstat.reports._tree import NARROWEST
from netstat.units import percent, plural, scaled

MOST = 0.9  # of the time: how few rows it is in says whether there is something to be had

Call = tuple[str, str, int]


class TimeLine(NamedTuple):
    """A row: what it is called, its time, and the seconds of it and all longer ones where rows are sorted by time."""

    name: str
    kind: str
    time: LayerTime
    so_far: float | None = None


def lines(benchmark: Benchmark, view: View) -> list[TimeLine]:
    """The rows of a benchmark's layers as `view` has them."""
    if view.tree:
        return list(_indented(parts(benchmark, view.depth, by_time=view.sort == "time"), 0))
    if view.sort == "time":
        return [_line(layer, so_far) for layer, so_far in largest_first(benchmark.layers)]
    return [_line(layer) for layer in benchmark.layers]


def sums(benchmark: Benchmark) -> list[TimeLine]:
    """The rows below: what is in no layer, and the whole."""
    rest, whole = benchmark.unattributed_seconds, benchmark.median_seconds
    return [_line(LayerTime("unattributed", 0, "", rest)), _line(LayerTime("whole", 0, "", whole))]


def _line(layer: LayerTime, so_far: float | None = None) -> TimeLine:
    return TimeLine(place(layer.path, layer.call), layer.op, layer, so_far)


def _indented(siblings: Iterable[Part], depth: int) -> Iterator[TimeLine]:
    for part in siblings:
        yield TimeLine(INDENT * depth + place(part.name, part.time.call), part.kind, part.time)
        yield from _indented(part.children, depth + 1)


def time_columns(benchmark: Benchmark, layers: Sequence[Layer], view: View) -> list[Column]:
    """The columns, those of counts and rates where the profile's `layers` are given."""
    whole, path = benchmark.median_seconds, Column("path", "layer", cell=lambda line, _: line.name, left=True)
    columns = [
        path._replace(flexible="middle", tree=view.tree, narrowest=NARROWEST if view.tree else path.narrowest),
        Column("op", "kind" if view.tree else "operator", cell=lambda line, _: line.kind, left=True, rank=5),
        Column("time", "time", measured, cell=lambda line, _: (line.time.median_seconds, line.time.below)),
        share_column("time_share", "time %", cell=lambda line, _: (line.time.median_seconds, whole)),
    ]
    if view.sort == "time" and not view.tree:
        so_far = Column("so_far", "so far", lambda s: percent(s, whole), cell=lambda line, _: line.so_far, missing="")
        columns.append(so_far)
    return [*columns, *_rates(layers)] if layers else columns


def _rates(layers: Sequence[Layer]) -> list[Column]:
    found = {(layer.path, layer.op, layer.call): (layer,) for layer in layers} | {("whole", "", 0): tuple(layers)}

    def of(line: TimeLine, *names: str) -> int | None:
        return _count(found, line.time, names)

    def rate(line: TimeLine, *names: str) -> float | None:
        count = of(line, *names)
        return line.time.per_second(count) if count else None

    return [
        count_column("macs", "MACs", cell=lambda line, _: of(line, "macs"), rank=4, missing=""),
        Column("flop_rate", "FLOP/s", scaled, cell=lambda line, _: rate(line, "flops"), rank=3, missing=""),
        Column("byte_rate", "byte/s", scaled, rank=2, missing="",
               cell=lambda line, _: rate(line, "bytes_read", "bytes_written")),
    ]  # fmt: skip


def _count(found: Mapping[Call, Sequence[Layer]], time: LayerTime, names: Sequence[str]) -> int | None:
    """The sum of these counts over the profile's rows that the time is of; None where one is missing or uncounted."""
    covered = [found.get((row.path, row.op, row.call)) for row in time.rows]
    layers = [layer for rows in covered if rows for layer in rows]
    if None in covered or any(layer.count is None for layer in layers):
        return None
    counts: list[int] = [getattr(layer, name) for layer in layers for name in names]
    return sum(counts)


def where(benchmark: Benchmark) -> Iterator[Fact]:
    """Where the time goes, by kind of layer, and in how few rows most of it is."""
    whole = benchmark.median_seconds
    if not benchmark.layers or whole <= 0:
        return
    kinds = [*families(benchmark), ("in no layer", benchmark.unattributed_seconds)]
    yield "by kind", ", ".join(f"{name} {percent(seconds, whole, 1)}" for name, seconds in kinds)
    attributed = sum(layer.median_seconds for layer in benchmark.layers)
    rows = fewest(benchmark.layers, MOST * attributed)
    yield "most", f"{percent(MOST, 1, 0)} of the layers' time is in {rows} of {plural(len(benchmark.layers), 'row')}"
