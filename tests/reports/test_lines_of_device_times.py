"""Device time, launch overhead and graph replay stand above the table of a device that has them."""

from dataclasses import replace

from netstat.records.device_times import DeviceTimes, SensorReading
from netstat.reports.table import benchmark_text
from tests.reports.samples import CPU, GPU

READING = SensorReading(1_980_000_000, 2_619_000_000, 45, 312.5, ("sw_power_cap",))
TIMES = DeviceTimes(
    device_seconds=2e-3,
    device_ci95_seconds=(1.9e-3, 2.1e-3),
    device_samples=(2e-3,) * 6,
    queue_held=True,
    graph_seconds=2.1e-3,
    graph_ci95_seconds=(2.05e-3, 2.15e-3),
    graph_samples=(2.1e-3,) * 6,
    sensor="nvidia-ml-py",
    readings=(SensorReading(), READING),
)


def lines(times: DeviceTimes | None) -> dict[str, str]:
    """The lines above the table of a GPU whose eager latency is 3 ms, by their first words."""
    text = benchmark_text([replace(GPU, median_seconds=3e-3, ci95_seconds=(2.9e-3, 3.1e-3), device_times=times)])
    pairs = (line.split("  ", 1) for line in text.splitlines() if "  " in line)
    return {name.strip(): said.strip() for name, said in pairs}


def test_the_three_figures_and_their_difference() -> None:
    seen = lines(TIMES)
    assert seen["eager latency"] == "3 ms, 95 % CI 2.9 ms to 3.1 ms"
    assert seen["device time"] == "2 ms, 95 % CI 1.9 ms to 2.1 ms"
    assert seen["launch overhead"] == "1 ms: eager latency less device time"
    assert seen["graph replay"] == "2.1 ms, 95 % CI 2.05 ms to 2.15 ms"
    assert seen["GPU"] == "SM clock 1.98 GHz, memory clock 2.619 GHz, 45 °C, 312.5 W (read with nvidia-ml-py)"
    assert "dropped" not in seen


def test_a_queue_that_was_not_held_gives_an_upper_bound() -> None:
    assert lines(replace(TIMES, queue_held=False))["device time"].startswith("at most 2 ms")


def test_a_model_without_a_graph_says_why() -> None:
    refused = replace(TIMES, graph_seconds=None, graph_ci95_seconds=None, graph_samples=(), graph_refused="it waits")
    assert lines(refused)["graph replay"] == "none: it waits"


def test_few_samples_have_no_interval() -> None:
    assert lines(replace(TIMES, device_samples=(2e-3,)))["device time"] == "2 ms"


def test_dropped_samples_are_counted_and_silent_sensors_say_nothing() -> None:
    seen = lines(replace(TIMES, throttled_samples=1, readings=(SensorReading(),)))
    assert seen["dropped"] == "1 sample taken while the GPU was throttled"
    assert seen["GPU"] == "no reading (read with nvidia-ml-py)"


def test_a_device_without_a_queue_has_a_median_and_nothing_beside_it() -> None:
    assert lines(None).keys().isdisjoint({"eager latency", "device time", "launch overhead", "graph replay", "GPU"})
    assert "median" in lines(None)
    assert CPU.launch_overhead_seconds is None
