"""The roofline: how fast a layer could be at best on a machine whose ceilings are known.

S. Williams, A. Waterman, D. Patterson: Roofline: an insightful visual performance model for multicore architectures.
Communications of the ACM 52(4), 2009. https://doi.org/10.1145/1498765.1498785
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from netstat.ops import OPERATORS
from netstat.records.benchmark import Benchmark, LayerTime
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
    times = {(time.path, time.op, time.call): time for time in benchmark.layers}
    rows = tuple(_row(layer, times, ceiling) for layer in layers)
    return Roofline(ceiling, rows, benchmark.median_seconds)


def working_set(layer: Layer) -> int:
    """Bytes that decide at which level a layer's traffic is: the greater of what it reads and what it writes.

    Not their sum: a layer in place writes where it has read, and the input of any other has just been written by the
    layer before and may still be in the cache that its output then replaces. The sum would put the roof too low.
    """
    return max(layer.bytes_read, layer.bytes_written)


def _row(layer: Layer, times: Mapping[tuple[str, str, int], LayerTime], ceiling: Ceiling) -> LayerRoof:
    moved, held = layer.bytes_read + layer.bytes_written, working_set(layer)
    seconds, roof = None, ""
    if layer.count is not None and (layer.flops or moved):
        seconds, roof = bound(layer.flops, moved, ceiling.flops_per_second, ceiling.bytes_per_second(held))
    time = times.get((layer.path, layer.op, layer.call))
    return LayerRoof(
        path=layer.path,
        op=layer.op,
        call=layer.call,
        family=OPERATORS[layer.op].family if layer.op in OPERATORS else "",
        flops=layer.flops,
        bytes_moved=moved,
        working_set=held,
        bound_seconds=seconds,
        roof=roof,
        level=ceiling.level(held) if roof else "",
        measured_seconds=time.median_seconds if time else None,
        below=time.below if time else 0.0,
    )
