"""The benchmark of one model on one device: whole and per layer, in one run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from statistics import median
from typing import TYPE_CHECKING

from netstat.graph import Graph
from netstat.measure import devices, gates, host, precision
from netstat.measure.clock import Block, Clock, Stopwatch, SystemClock, nothing
from netstat.measure.cold import flusher
from netstat.measure.device_times import device_times
from netstat.measure.devices import Device
from netstat.measure.fitting import bytes_needed, check_fits
from netstat.measure.isolation import isolated
from netstat.measure.layers import LayerTimer, calibrate, leaves
from netstat.measure.precision import Precision
from netstat.measure.sampling import Progress, calls_per_block, has_converged, sample, silent, warm_up
from netstat.measure.settings import DEFAULT, Settings
from netstat.measure.subject import Inputs, check_values, forward_of, prepared, tensors
from netstat.measure.summary import Summary, share, summarise
from netstat.measure.watch import Watch, unthrottled
from netstat.records.benchmark import Benchmark
from netstat.records.device_times import DeviceTimes

if TYPE_CHECKING:
    from torch.nn import Module


def benchmark(
    module: "Module",
    inputs: Inputs,
    *,
    device: str | Device = "cpu",
    dtype: str = "float32",
    threads: int | None = None,
    graph: Graph | None = None,
    owned: bool = False,
    settings: Settings = DEFAULT,
    clock: Clock | None = None,
    progress: Progress = silent,
) -> Benchmark:
    """Time forward passes of `module` in eval and inference mode on seeded random inputs.

    Args:
        module: it is copied, and itself left alone.
        inputs: name and spec of each positional input, batch included. Floating-point ones are made in `dtype`.
        device: "cpu", "cuda", "cuda:1", or a device itself.
        dtype: a key of `precision.PRECISIONS`.
        threads: CPU threads of an operator; None leaves as many as torch has.
        graph: of this module and these inputs: names the layers' operators and sharpens the check for memory.
        owned: the module was made for this and need not be copied: it is left in eval mode, on `device` and in `dtype`.
        settings: how long to go on.
        clock: what time is read from; None is the machine's.
        progress: told how far it is.

    Returns:
        Times in seconds. What casts doubt on them stands in `warnings`.

    Raises:
        UsageError: no such device, dtype or number of threads.
        ModelError: the model has no values, would not fit into memory, or its forward fails.
    """
    load = host.load_average()
    target = devices.find(device) if isinstance(device, str) else device
    kind = precision.find(dtype)
    check_values(module)
    check_fits(bytes_needed(module, inputs, kind, graph, moved=not owned or not target.on_host), target)
    with isolated(target, kind, threads) as threads_used:
        subject = prepared(module, target, kind, owned=owned)
        forward = forward_of(subject, tensors(inputs, target, kind, subject), f"{target.name} in {kind.name}")
        stopwatch = Stopwatch(clock or SystemClock(), target, flusher(target) if settings.cold else nothing)
        run = _run(subject, forward, stopwatch, settings if target.on_host else settings.for_queue(), progress)
    return _record(run, _Setting(target, kind, threads_used, _batch(inputs), load), _ops(graph))


@dataclass(frozen=True, slots=True)
class _Setting:
    device: Device
    precision: Precision
    threads: int
    batch: int
    load: float | None


@dataclass(frozen=True, slots=True)
class _Run:
    settings: Settings
    warmup: Sequence[float]
    blocks: Sequence[Block]
    calibration: float
    timer: LayerTimer
    device_times: DeviceTimes | None

    @property
    def cpus(self) -> float:
        """Processors the process kept busy while it was timed."""
        return share(fsum(block.cpu for block in self.blocks), fsum(block.wall for block in self.blocks))


def _run(
    module: "Module", forward: Callable[[], object], stopwatch: Stopwatch, settings: Settings, progress: Progress
) -> _Run:
    where = stopwatch.device.name
    timer = LayerTimer(leaves(module), forward, stopwatch)
    warmup = warm_up(forward, stopwatch, settings, label=f"warming up on {where}", progress=progress)
    calibration = calibrate(stopwatch)
    timer.rehearse()
    calls = 1 if settings.cold else calls_per_block(median(warmup[-5:]), settings)
    watch = Watch(stopwatch.device.sensor(), stopwatch.clock)

    def between(calls: int) -> None:  # Bare and hooked passes take turns, so that both see the same weather.
        watch.after(calls)
        timer.run(calls)

    def take() -> list[Block]:
        label = f"timing on {where}"
        return sample(forward, stopwatch, settings, calls=calls, between=between, label=label, progress=progress)

    taken = unthrottled(take, watch)
    inside = device_times(forward, stopwatch, settings, watch=watch, eager=taken, progress=progress)
    return _Run(settings, warmup, taken.samples, calibration, timer, inside)


def _record(run: _Run, setting: _Setting, ops: Mapping[str, str]) -> Benchmark:
    """The record of `run`. Layers and the unattributed rest add up to the whole: the rest is the difference."""
    samples = tuple(block.seconds for block in run.blocks)
    whole = summarise(samples)
    layers = run.timer.layers(run.calibration, ops)
    attributed = fsum(layer.median_seconds for layer in layers)
    hooked = median(run.timer.totals)
    codes = gates.warnings(_conditions(run, setting, whole, hooked=hooked, layers=attributed))
    return Benchmark(
        device=setting.device.name,
        device_name=setting.device.describe(),
        batch=setting.batch,
        dtype=setting.precision.name,
        threads=setting.threads,
        median_seconds=whole.median,
        ci95_seconds=whole.ci95,
        min_seconds=whole.min,
        mean_seconds=whole.mean,
        mad_seconds=whole.mad,
        iqr_seconds=whole.iqr,
        samples=samples,
        reliable=gates.reliable(codes),
        warnings=codes,
        layers=layers,
        unattributed_seconds=whole.median - attributed,
        examples_per_second=share(setting.batch, whole.median),
        hooked_seconds=hooked,
        calibration_seconds=run.calibration,
        warmup_calls=len(run.warmup),
        device_times=run.device_times,
    )


def _conditions(run: _Run, setting: _Setting, whole: Summary, *, hooked: float, layers: float) -> gates.Conditions:
    return gates.Conditions(
        summary=whole,
        converged=has_converged(whole, len(run.blocks), run.settings),
        cpu_share=run.cpus / setting.threads if setting.device.on_host else None,
        threads=setting.threads,
        load=setting.load,
        cores=host.cores(),
        hooked=hooked,
        layers=layers,
        device_times=run.device_times,
    )


def _batch(inputs: Inputs) -> int:
    return inputs[0][1].shape[0] if inputs and inputs[0][1].shape else 1


def _ops(graph: Graph | None) -> dict[str, str]:
    names: dict[str, dict[str, None]] = {}
    for node in graph.nodes if graph else ():
        names.setdefault(node.path, {})[node.op] = None
    return {path: "+".join(ops) for path, ops in names.items()}
