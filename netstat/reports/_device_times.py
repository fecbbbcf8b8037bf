"""What a device with a queue says beside the eager latency, as lines above the table."""

from collections.abc import Iterator

from netstat.records.benchmark import FEWEST_FOR_INTERVAL, Benchmark
from netstat.records.device_times import DeviceTimes, SensorReading
from netstat.reports._table import Fact
from netstat.units import duration, exact, plural, scaled


def device_facts(benchmark: Benchmark) -> Iterator[Fact]:
    """Device time, launch overhead, graph replay and sensors of a device with a queue; nothing of any other."""
    times, overhead = benchmark.device_times, benchmark.launch_overhead_seconds
    if times is None or overhead is None:
        return
    bound = "" if times.queue_held else "at most "
    yield "device time", bound + _figure(times.device_seconds, times.device_ci95_seconds, times.device_samples)
    yield "launch overhead", f"{duration(overhead)}: eager latency less device time"
    yield "graph replay", _replay(times)
    if times.readings:
        yield "GPU", f"{_reading(times.readings[-1])} (read with {times.sensor})"
    if times.throttled_samples:
        yield "dropped", f"{plural(times.throttled_samples, 'sample')} taken while the GPU was throttled"


def _replay(times: DeviceTimes) -> str:
    if times.graph_seconds is None or times.graph_ci95_seconds is None:
        return f"none: {times.graph_refused}"
    return _figure(times.graph_seconds, times.graph_ci95_seconds, times.graph_samples)


def _figure(seconds: float, ci95: tuple[float, float], samples: tuple[float, ...]) -> str:
    if len(samples) < FEWEST_FOR_INTERVAL:
        return duration(seconds)
    low, high = map(duration, ci95)
    return f"{duration(seconds)}, 95 % CI {low} to {high}"


def _reading(reading: SensorReading) -> str:
    return ", ".join(_parts(reading)) or "no reading"


def _parts(reading: SensorReading) -> Iterator[str]:
    for hertz, name in ((reading.sm_hertz, "SM"), (reading.memory_hertz, "memory")):
        if hertz is not None:
            yield f"{name} clock {scaled(hertz, 'Hz')}"
    if reading.celsius is not None:
        yield f"{exact(reading.celsius)} °C"
    if reading.watts is not None:
        yield scaled(reading.watts, "W")
