"""What the charts of the page are drawn from, where a record has it only as a property: a page computes nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

from netstat.records.benchmark import Benchmark, LayerTime, firsts
from netstat.records.ceilings import Ceiling
from netstat.records.memory import Memory, Need
from netstat.records.profile import Layer, Profile
from netstat.records.roofline import LayerRoof, Roofline
from netstat.reports._ceilings import settings
from netstat.reports._memory_levels import levels
from netstat.reports._table import title
from netstat.units import plural

Call = tuple[str, str, int]
Rows = Mapping[Call, tuple[int, Layer]]


def chart_data(profile: Profile, memory: Memory | None) -> dict[str, Any]:
    """Rooflines and times per device, levels of memory per pass.

    A point names its place in `profile.layers` as `layer`, None where it is of several rows or of none. Seconds, bytes,
    operations and their quotients throughout.
    """
    rows = {(layer.path, layer.op, layer.call): (i, layer) for i, layer in enumerate(profile.layers)}
    timed = [benchmark for benchmark in firsts(profile.benchmarks or ()) if benchmark.layers]
    passes = [(name, need) for name in ("inference", "training") if memory and (need := memory.predicted(name))]
    return {
        "rooflines": [_roofline(roofline, rows) for roofline in profile.roofline or () if _points(roofline)],
        "times": [_times(benchmark, rows, _ceiling(profile, benchmark)) for benchmark in timed],
        "memory": [_need(name, need) for name, need in passes],
    }


def _points(roofline: Roofline) -> list[LayerRoof]:
    """The layers that have a place, the longest first."""
    placed = (layer for layer in roofline.layers if layer.arithmetic_intensity and layer.flops_per_second)
    return sorted(placed, key=lambda layer: -(layer.measured_seconds or 0.0))


def _roofline(roofline: Roofline, rows: Rows) -> dict[str, Any]:
    points, ceiling = _points(roofline), roofline.ceiling
    return {
        "device": settings(ceiling),
        "seconds": roofline.measured_seconds,
        "flops_per_second": ceiling.flops_per_second,
        "probe": f"{ceiling.fastest.name} {ceiling.fastest.size}",
        "roofs": [{"name": name, "bytes_per_second": rate} for name, rate in ceiling.roofs],
        "points": [_under(layer, rows) for layer in points],
        "left_out": sum(layer.measured_seconds is not None for layer in roofline.layers) - len(points),
    }


def _under(layer: LayerRoof, rows: Rows) -> dict[str, Any]:
    row = rows.get((layer.path, layer.op, layer.call))
    return {
        "layer": row and row[0], "path": layer.path, "op": layer.op, "call": layer.call, "family": layer.family,
        "arithmetic_intensity": layer.arithmetic_intensity, "flops_per_second": layer.flops_per_second,
        "attainable": layer.attainable_flops_per_second,
        "seconds": layer.measured_seconds, "bound_seconds": layer.bound_seconds, "efficiency": layer.efficiency,
        "roof": layer.roof, "level": layer.level,
    }  # fmt: skip


def _ceiling(profile: Profile, benchmark: Benchmark) -> Ceiling | None:
    """The ceiling of what the benchmark ran on, with as many threads, in its number format."""
    setting = (benchmark.device, benchmark.dtype, benchmark.threads)
    ceilings = (roofline.ceiling for roofline in profile.roofline or ())
    return next((each for each in ceilings if (each.device, each.dtype, each.threads) == setting), None)


def _times(benchmark: Benchmark, rows: Rows, ceiling: Ceiling | None) -> dict[str, Any]:
    placed = list(_placed(benchmark, rows))
    name = f"{benchmark.device} ({benchmark.device_name})" if benchmark.device_name else benchmark.device
    return {
        "device": title(name, f"batch {benchmark.batch}", benchmark.dtype, plural(benchmark.threads, "thread")),
        "seconds": benchmark.median_seconds,
        "reliable": benchmark.reliable,
        "macs_per_second": ceiling.macs_per_second if ceiling else None,
        "points": sorted(placed, key=lambda point: -point["seconds"]),
        "left_out": len(benchmark.layers) - len(placed),
    }


def _placed(benchmark: Benchmark, rows: Rows) -> Iterator[dict[str, Any]]:
    """The layers whose time can be told from the clock's own, and whose work is known."""
    for time in benchmark.layers:
        covered = [rows.get((row.path, row.op, row.call)) for row in time.rows]
        known = [row for row in covered if row and row[1].count is not None]
        if time.median_seconds > time.below and len(known) == len(covered):
            yield _timed(time, known)


def _timed(time: LayerTime, covered: list[tuple[int, Layer]]) -> dict[str, Any]:
    macs = sum(layer.macs for _, layer in covered)
    return {
        "layer": covered[0][0] if len(covered) == 1 else None,
        "path": time.path, "op": time.op, "call": time.call, "family": time.family,
        "macs": macs, "macs_per_second": time.per_second(macs), "seconds": time.median_seconds,
    }  # fmt: skip


def _need(name: str, need: Need) -> dict[str, Any]:
    """The levels; what is always the same as one number, and all else of the pass is in the record."""
    constant = {kind: nbytes[0] for kind, nbytes in levels(need) if len(set(nbytes)) == 1}
    stacked = [{"kind": kind, "bytes": constant.get(kind, nbytes)} for kind, nbytes in levels(need)]
    return {"pass": name, "levels": stacked}
