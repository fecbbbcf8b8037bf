"""The roofline: how fast a layer could be at best on a machine whose ceilings are known.

S. Williams, A. Waterman, D. Patterson: Roofline: an insightful visual performance model for multicore architectures.
Communications of the ACM 52(4), 2009. https://doi.org/10.1145/1498765.1498785
"""

from collections.abc import Iterator, Sequence
from math import fsum
from typing import NamedTuple

from netstat.ops import OPERATORS
from netstat.records.benchmark import Benchmark, LayerTime, Row
from netstat.records.ceilings import Ceiling
from netstat.records.profile import Layer
from netstat.records.roofline import COMPUTE, MEMORY, LayerRoof, Roofline


class Bound(NamedTuple):
    """The least time some work can take, in seconds, and the roof that sets it: "compute" or "memory"."""

    seconds: float
    roof: str


def bound(flops: float, bytes_moved: float, flops_per_second: float, bytes_per_second: float) -> Bound:
    """max(FLOPs / P, bytes / B): arithmetic and traffic overlap at best, so the longer of the two is what is left.

    Args:
        flops: elementary operations.
        bytes_moved: bytes read and written.
        flops_per_second: P, the most the machine can compute; positive.
        bytes_per_second: B, the most it can move; positive.

    Returns:
        Seconds; where both roofs say the same, it is the compute roof.
    """
    computing, moving = flops / flops_per_second, bytes_moved / bytes_per_second
    return Bound(moving, MEMORY) if moving > computing else Bound(computing, COMPUTE)


def roofline(layers: Sequence[Layer], benchmark: Benchmark, ceiling: Ceiling) -> Roofline:
    """Every layer of a model under the roofs of `ceiling`, beside its time in `benchmark`.

    Args:
        layers: of the model at the benchmark's batch, their bytes in its number format.
        benchmark: measured on the ceiling's device, in its number format, with its threads.
        ceiling: the roofs.
    """
    times = {row: time for time in benchmark.layers for row in time.rows}
    timed = [(times.get(Row(layer.path, layer.op, layer.call)), layer) for layer in layers]
    rows = tuple(_row(members, time, ceiling) for time, members in _grouped(timed))
    return Roofline(ceiling, rows, benchmark.median_seconds)


def _grouped(timed: Sequence[tuple[LayerTime | None, Layer]]) -> Iterator[tuple[LayerTime | None, list[Layer]]]:
    """Each layer by itself, but those of one time together, where the first of them is."""
    together: dict[LayerTime, list[Layer]] = {}
    for time, layer in timed:
        if time is not None:
            together.setdefault(time, []).append(layer)
    for time, layer in timed:
        if time is None:
            yield None, [layer]
        elif time in together:
            yield time, together.pop(time)


def working_set(layer: Layer) -> int:
    """Bytes that decide at which level a layer's traffic is: the greater of what it reads and what it writes.

    Not their sum: a layer in place writes where it has read, and the input of any other has just been written by the
    layer before and may still be in the cache that its output then replaces. The sum would put the roof too low.
    """
    return max(layer.bytes_read, layer.bytes_written)


def _row(members: Sequence[Layer], time: LayerTime | None, ceiling: Ceiling) -> LayerRoof:
    """The roof over a layer, or over those that were timed as one: their bounds add up."""
    bounds = [found for layer in members if (found := _bound(layer, ceiling))]
    known = bool(bounds) and all(layer.count is not None for layer in members)
    first, largest = time or members[0], max(members, key=working_set)
    roof = max(bounds).roof if known else ""
    return LayerRoof(
        path=first.path,
        op=first.op,
        call=first.call,
        family=OPERATORS[largest.op].family if largest.op in OPERATORS else "",
        flops=sum(layer.flops for layer in members),
        bytes_moved=sum(layer.bytes_read + layer.bytes_written for layer in members),
        working_set=working_set(largest),
        bound_seconds=fsum(found.seconds for found in bounds) if known else None,
        roof=roof,
        level=ceiling.level(working_set(largest)) if roof else "",
        measured_seconds=time.median_seconds if time else None,
        below=time.below if time else 0.0,
    )


def _bound(layer: Layer, ceiling: Ceiling) -> Bound | None:
    """None where there is nothing to do, or no formula for what is."""
    moved = layer.bytes_read + layer.bytes_written
    if layer.count is None or not (layer.flops or moved):
        return None
    return bound(layer.flops, moved, ceiling.flops_per_second, ceiling.bytes_per_second(working_set(layer)))
