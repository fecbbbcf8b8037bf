"""Times of whole models, and whether what should agree does."""

from collections.abc import Iterator
from math import fsum
from statistics import median
from typing import Any

import torch

from netstat.graph import plain
from netstat.measure.clock import Stopwatch, SystemClock
from netstat.measure.cold import flusher
from netstat.measure.layers import calibrate
from netstat.records.benchmark import Benchmark
from tests.gpu.running import running, timed
from tests.gpu.steps import NOTED, SKIPPED, Bench, Verdict, step, verdict

DTYPES = ("fp32", "tf32", "bf16", "fp16")
WITHIN = 0.03


def cases(bench: Bench) -> Iterator[tuple[str, int, str]]:
    """Model, batch and dtype, the figures that matter most first."""
    dtypes = ("fp32", "bf16") if bench.quick else DTYPES
    for dtype in dtypes:
        for name in bench.models:
            for batch in (1, 2) if bench.quick else (1, 32, 128) if name == "alexnet" else (1, 32):
                yield name, batch, dtype


def told(seconds: float) -> str:
    return f"{seconds * 1e3:.4g} ms"


@step(215)
def times(bench: Bench) -> Iterator[Verdict]:
    """Eager latency, device time, graph replay and launch overhead of every model, batch and dtype."""
    kept: list[dict[str, Any]] = bench.results.setdefault("times", [])
    records: list[tuple[str, Benchmark]] = bench.built.setdefault("benchmarks", [])
    for name, batch, dtype in cases(bench):
        if bench.left() < 6 and not bench.quick:
            yield Verdict(f"{name} batch {batch} {dtype}", SKIPPED, "no time left")
            continue
        record = timed(bench, name, batch, dtype)
        records.append((name, record))
        kept.append({"model": name, **plain(record), "launch_overhead_seconds": record.launch_overhead_seconds})
        yield Verdict(f"{name} batch {batch} {dtype}", NOTED, said(record))
    if bench.on_gpu:
        yield from queue_counts(records)


def said(record: Benchmark) -> str:
    inside, overhead = record.device_times, record.launch_overhead_seconds
    if inside is None or overhead is None:
        return f"eager {told(record.median_seconds)}"
    replayed = told(inside.graph_seconds) if inside.graph_seconds is not None else f"none ({inside.graph_refused})"
    return (
        f"eager {told(record.median_seconds)}, device {told(inside.device_seconds)}, replay {replayed}, "
        f"launching {told(overhead)} {' '.join(record.warnings)}"
    )


def queue_counts(records: list[tuple[str, Benchmark]]) -> Iterator[Verdict]:
    """How often the queue was held ahead, and whether the figures are in the order they must be in."""
    inside = [record.device_times for _, record in records if record.device_times]
    held, graphs = sum(times.queue_held for times in inside), sum(times.graph_seconds is not None for times in inside)
    yield verdict("queue held ahead", held == len(inside), f"in {held} of {len(inside)} settings")
    yield verdict("recorded as graphs", graphs == len(inside), f"{graphs} of {len(inside)} settings")
    slower = [
        f"{name} batch {record.batch} {record.dtype}"
        for name, record in records
        if record.device_times and record.device_times.device_seconds > 1.02 * record.median_seconds
    ]
    yield verdict("device time within eager latency", not slower, ", ".join(slower) or "everywhere")
    throttled = sum(times.throttled_samples for times in inside)
    yield verdict("not throttled", not any(times.throttled for times in inside), f"{throttled} samples dropped")


@step(5)
def layers(bench: Bench) -> Iterator[Verdict]:
    """The layers' times add up to the device time, within 3 %."""
    records: list[tuple[str, Benchmark]] = bench.built.get("benchmarks", [])
    kept = bench.results.setdefault("layers", [])
    for name, record in records:
        whole = record.device_times.device_seconds if record.device_times else record.median_seconds
        summed = fsum(layer.median_seconds for layer in record.layers)
        apart = summed / whole - 1
        row = {"model": name, "batch": record.batch, "dtype": record.dtype, "layers": summed, "device": whole}
        kept.append(row)
        line = f"Σ layers {told(summed)}, device time {told(whole)}: {apart:+.2%}"
        check = f"Σ layers, {name} batch {record.batch} {record.dtype}"
        # On the processor the rest is the model's own Python, which is no layer's.
        yield verdict(check, abs(apart) <= WITHIN, line) if bench.on_gpu else Verdict(check, NOTED, line)


def kernels(forward: Any, calls: int) -> float:
    """Seconds of GPU kernels, copies and fills of one call, by torch.profiler."""
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CUDA]) as seen:
        for _ in range(calls):
            forward()
        torch.cuda.synchronize()
    events = [event for event in seen.events() or () if event.device_type == torch.autograd.DeviceType.CUDA]
    return sum(event.time_range.elapsed_us() for event in events) * 1e-6 / calls


@step(45)
def profiler(bench: Bench) -> Iterator[Verdict]:
    """torch.profiler's sum over kernels lies under device time and near it; what is missing is gaps between kernels."""
    bench.needs_gpu()
    records = {(name, record.batch, record.dtype): record for name, record in bench.built.get("benchmarks", [])}
    kept = bench.results.setdefault("profiler", [])
    for (name, batch, dtype), record in records.items():
        if dtype != "float32" or record.device_times is None:
            continue
        with running(bench, name, batch) as (_, forward):
            for _ in range(5):
                forward()
            summed = kernels(forward, 10)
        device = record.device_times.device_seconds
        attributed = fsum(layer.median_seconds for layer in record.layers)
        kept.append({"model": name, "batch": batch, "kernels": summed, "device": device, "layers": attributed})
        line = f"kernels {told(summed)}, device time {told(device)}, Σ layers {told(attributed)}"
        # Gaps between kernels are about a microsecond each, which large kernels hide.
        yield verdict(f"kernels, {name} batch {batch}", 0.80 * device <= summed <= 1.03 * device, line)


@step(25)
def torch_benchmark(bench: Bench) -> Iterator[Verdict]:
    """torch.utils.benchmark's median of the same forward pass, taken in turns with ours, is within 3 %."""
    from torch.utils.benchmark import Timer

    kept = bench.results.setdefault("torch_benchmark", [])
    for name in bench.models:
        with running(bench, name, 1) as (_, forward):
            stopwatch = Stopwatch(SystemClock(), bench.device)
            timer = Timer("forward()", globals={"forward": forward}, num_threads=torch.get_num_threads())
            for _ in range(3 if bench.quick else 20):
                forward()
            ours, theirs = [], []
            for _ in range(3 if bench.quick else 10):
                theirs.append(timer.timeit(5 if bench.quick else 20).median)
                ours += [stopwatch.time(forward, 5 if bench.quick else 20).seconds]
        kept.append({"model": name, "ours": ours, "theirs": theirs})
        apart = median(ours) / median(theirs) - 1
        line = f"ours {told(median(ours))}, torch's {told(median(theirs))}: {apart:+.2%}"
        check = f"torch.utils.benchmark, {name}"
        yield verdict(check, abs(apart) <= WITHIN, line) if bench.on_gpu else Verdict(check, NOTED, line)


@step(15)
def cold(bench: Bench) -> Iterator[Verdict]:
    """Cold caches make a forward pass slower, never faster."""
    name = next(iter(bench.models))
    with running(bench, name, 1) as (_, forward):
        clock, device = SystemClock(), bench.device
        watches = {"warm": Stopwatch(clock, device), "cold": Stopwatch(clock, device, flusher(device))}
        for _ in range(10):
            forward()
        read: dict[str, list[float]] = {"warm": [], "cold": []}
        for _ in range(3 if bench.quick else 30):
            for state, stopwatch in watches.items():
                read[state].append(stopwatch.time(forward).seconds)
    warm, chilled = median(read["warm"]), median(read["cold"])
    bench.results["cold"] = read
    line = f"warm {told(warm)}, cold {told(chilled)}"
    yield verdict("cold", chilled >= 0.97 * warm, line) if bench.on_gpu else Verdict("cold", NOTED, line)


@step(10)
def calibration(bench: Bench) -> Iterator[Verdict]:
    """What the hooks read off a module that does nothing: on a GPU two events with nothing between."""
    with running(bench, next(iter(bench.models)), 1):
        read = calibrate(Stopwatch(SystemClock(), bench.device))
    bench.results["calibration_seconds"] = read._asdict()
    line = f"{read.module * 1e6:.2f} µs a module, {read.function * 1e6:.2f} µs a function"
    yield verdict("calibration", all(0 <= seconds < 50e-6 for seconds in read), line)
