"""What a device with a queue says of a forward pass: its own time, a replay's, and how it fared meanwhile."""

from dataclasses import dataclass

# Clocks below what the load asks for, by no choice of the user's. Named as NVML names them. A power cap is no fault: it
# is how fast this card runs this model for ever, so it is recorded and its samples are kept.
THROTTLING = frozenset({"hw_slowdown", "sw_thermal_slowdown", "hw_thermal_slowdown", "hw_power_brake_slowdown"})


@dataclass(frozen=True, slots=True)
class SensorReading:
    """A GPU's sensors at one moment between two samples; None is what it does not tell.

    Attributes:
        sm_hertz: clock of the multiprocessors.
        memory_hertz: clock of the memory.
        celsius: temperature of the chip.
        watts: power it draws.
        limits: why its clocks are not at their highest, in NVML's words ("gpu_idle", "sw_power_cap", …).
    """

    sm_hertz: int | None = None
    memory_hertz: int | None = None
    celsius: int | None = None
    watts: float | None = None
    limits: tuple[str, ...] = ()

    @property
    def throttled(self) -> bool:
        """Whether heat or a failing power supply slows it down."""
        return not THROTTLING.isdisjoint(self.limits)


@dataclass(frozen=True, slots=True)
class DeviceTimes:
    """Times of one forward pass beside its eager latency, which is `Benchmark.median_seconds`.

    Attributes:
        device_seconds: median time between two events on the device, all work of the forward pass queued before the
            first of it began: what the device needs when it never waits for the host.
        device_ci95_seconds: 95 % confidence interval of that median.
        device_samples: the single readings.
        queue_held: whether in every reading the pause was still running when the host had queued everything. Where it
            is False the readings include waiting for the host, and are an upper bound.
        graph_seconds: median latency of a replay of the forward pass as one graph, by the host's clock with the device
            idle at both ends; None where there is no graph.
        graph_ci95_seconds: 95 % confidence interval of that median.
        graph_samples: the single replays.
        graph_refused: why there is no graph, "" where there is one.
        sensor: what `readings` were read with ("nvidia-ml-py", "nvidia-smi"), "" where nothing was there to read.
        readings: before, between and after the samples, in order.
        throttled_samples: samples that were dropped, eager ones included, because the GPU was throttled around them.
        throttled: whether there was no time without throttling, so that throttled samples had to do.
    """

    device_seconds: float
    device_ci95_seconds: tuple[float, float]
    device_samples: tuple[float, ...]
    queue_held: bool
    graph_seconds: float | None = None
    graph_ci95_seconds: tuple[float, float] | None = None
    graph_samples: tuple[float, ...] = ()
    graph_refused: str = ""
    sensor: str = ""
    readings: tuple[SensorReading, ...] = ()
    throttled_samples: int = 0
    throttled: bool = False

    def launch_overhead(self, latency_seconds: float) -> float:
        """What of an eager latency the device does not account for: the host's share that nothing hides.

        Below zero where the device ran slower behind the pause than without it; it is not cut off there.
        """
        return latency_seconds - self.device_seconds
