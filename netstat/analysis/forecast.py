"""The time a model is expected to take on a device of which only the data sheet is there.

Each operator call takes as long as the slower of its arithmetic and its traffic, each at the share of the device's peak
that such work was found to reach, and a little beyond for starting. Pure arithmetic: no clock, and nothing of this
machine.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from netstat.analysis.backward import saved
from netstat.analysis.devices import Specification
from netstat.analysis.efficiency import Efficiency, efficiencies, units_of
from netstat.analysis.liveness import lifetimes
from netstat.analysis.work import MEMORY, Work, works
from netstat.frontends.lifetimes import BEFORE, levels
from netstat.graph import Graph
from netstat.records.forecast import Forecast, LayerForecast, OnPaper

UPDATE_VALUES = 5  # SGD with momentum reads parameter, gradient and momentum, and writes parameter and momentum


class Rates(NamedTuple):
    """What a device is expected to reach.

    Attributes:
        flops_per_second: its peak.
        bytes_per_second: its bandwidth.
        efficiency: how much of both is reached by which work.
    """

    flops_per_second: float
    bytes_per_second: float
    efficiency: Efficiency

    def time(self, family: str, flops: int, bytes_moved: int) -> tuple[float, str]:
        """Seconds of a call, max(flops / (e·P), bytes / (e_memory·B)) and its start, and which of these is longest.

        Arithmetic without multiply-accumulates is taken to hide behind its traffic.
        """
        shares = self.efficiency.shares
        memory = bytes_moved / (shares[MEMORY] * self.bytes_per_second)
        compute = 0.0 if family == MEMORY else flops / (shares[family] * self.flops_per_second)
        fixed = self.efficiency.operator_seconds
        roof = max((compute, "compute"), (memory, "memory"), (fixed, "operator"))[1]
        return max(compute, memory) + fixed, roof


class Phases(NamedTuple):
    """Seconds of the parts of a forecast: as the device needs them, or the host where it needs longer."""

    forward: float
    backward: float
    update: float


def forecast(graph: Graph, device: Specification, dtype: str, *, training: bool = False) -> Forecast:
    """What `graph` is expected to take.

    Args:
        graph: the forward pass, its tensors as large as `dtype` makes them.
        device: where.
        dtype: fp32, tf32, bf16 or fp16.
        training: a whole step: forward, backward, SGD with momentum.

    Raises:
        UsageError: nobody states a peak of the device in `dtype`.
    """
    efficiency = efficiencies()[units_of(device, dtype)]
    rates = Rates(device.peak(dtype), device.bytes_per_second, efficiency)
    work = works(graph, backward=training)
    layers = tuple(_layers(work, rates))
    alone = _alone(layers, rates, trainable_bytes(graph) if training else 0)
    parts = _launched(work, alone, efficiency.launch_seconds)
    needed = needed_bytes(graph, training=training)
    return Forecast(
        device=_on_paper(device, rates),
        batch=_batch(graph),
        dtype=dtype,
        training=training,
        seconds=sum(parts),
        interval_seconds=_interval(sum(alone), sum(parts), device, efficiency),
        level=efficiency.level,
        forward_seconds=parts.forward,
        backward_seconds=parts.backward,
        update_seconds=parts.update,
        needed_bytes=needed,
        remarks=tuple(_remarks(work, device, efficiency, needed, waits=parts != alone)),
        layers=layers,
    )


def _alone(layers: Sequence[LayerForecast], rates: Rates, updated_bytes: int) -> Phases:
    """What the device needs if there is always work queued."""
    bandwidth = rates.efficiency.shares[MEMORY] * rates.bytes_per_second
    return Phases(
        sum(layer.seconds for layer in layers),
        sum(layer.backward_seconds for layer in layers),
        UPDATE_VALUES * updated_bytes / bandwidth,
    )


def _launched(work: Sequence[Work], alone: Phases, launch_seconds: float) -> Phases:
    """A pass takes as long as the slower of the device and of the host, which hands out operators one by one."""
    forward, backward = len(work), sum(each.gradients for each in work)
    return Phases(
        max(alone.forward, launch_seconds * forward), max(alone.backward, launch_seconds * backward), alone.update
    )


def _interval(alone: float, whole: float, device: Specification, efficiency: Efficiency) -> tuple[float, float]:
    """From what the device might do with a host that is never in its way, to what it might with the one fitted."""
    factor = efficiency.factor if device.name in efficiency.devices else efficiency.unseen_factor
    return alone / factor, whole * factor


def _layers(work: Sequence[Work], rates: Rates) -> Iterator[LayerForecast]:
    for each in work:
        seconds, roof = rates.time(each.family, each.flops, each.bytes_moved)
        yield LayerForecast(
            path=each.node.path,
            op=each.node.op,
            call=each.node.call,
            family=each.family,
            flops=each.flops,
            bytes_moved=each.bytes_moved,
            efficiency=rates.efficiency.shares[MEMORY if roof == "memory" else each.family],
            roof=roof,
            seconds=seconds,
            backward_seconds=_backward_seconds(each, rates),
        )


def _backward_seconds(work: Work, rates: Rates) -> float:
    if not work.gradients:
        return 0.0
    seconds, _ = rates.time(work.family, work.backward_flops, work.backward_bytes)
    return seconds + (work.gradients - 1) * rates.efficiency.operator_seconds


def needed_bytes(graph: Graph, *, training: bool) -> int:
    """Memory it takes at the least: the peak of what is alive.

    In training each trainable parameter has a momentum from the start and a gradient at the end, and what products need
    for their gradients is kept until the forward pass is over. Left out is what other operators keep.
    """
    lived = lifetimes(graph, saved(graph) if training else ())
    forward = max(levels(lived.spans, len(lived.events)))
    if not training:
        return forward
    resident = sum(span.nbytes for span in lived.spans if span.born == BEFORE)
    return trainable_bytes(graph) + max(forward, resident + trainable_bytes(graph))


def trainable_bytes(graph: Graph) -> int:
    """Bytes of the parameters that an optimiser changes."""
    own = (param for param in graph.params if param.shared_with is None and not param.buffer and param.trainable)
    return sum(param.spec.nbytes for param in own)


def _batch(graph: Graph) -> int:
    shapes = [spec.shape for _, spec in graph.inputs]
    return shapes[0][0] if shapes and shapes[0] else 1


def _remarks(
    work: Sequence[Work], device: Specification, efficiency: Efficiency, needed: int, *, waits: bool
) -> Iterator[str]:
    if device.name not in efficiency.devices:
        yield "unseen"
    if waits:
        yield "launches"
    if not all(each.counted for each in work):
        yield "incomplete"
    if device.memory_bytes is not None and needed > device.memory_bytes:
        yield "does_not_fit"


def _on_paper(device: Specification, rates: Rates) -> OnPaper:
    return OnPaper(
        name=device.name,
        title=device.title,
        kind=device.kind,
        peak_flops_per_second=rates.flops_per_second,
        bytes_per_second=rates.bytes_per_second,
        memory_bytes=device.memory_bytes,
        sources=tuple(device.sources),
    )
