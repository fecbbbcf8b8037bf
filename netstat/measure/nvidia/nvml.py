"""Sensors read through nvidia-ml-py, where it is installed: microseconds a reading."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from netstat.measure.sensors import limits
from netstat.records.device_times import SensorReading

MEGAHERTZ = 10**6


class NvmlSensor:
    """Reads the GPU behind a handle of NVML."""

    name = "nvidia-ml-py"
    every = 0.1

    def __init__(self, nvml: Any, handle: Any) -> None:
        self._nvml, self._handle = nvml, handle

    def read(self) -> SensorReading:
        """Six questions to the driver; those the GPU has no answer to are None."""
        nvml = self._nvml
        sm, memory = (self._clock(kind) for kind in (nvml.NVML_CLOCK_SM, nvml.NVML_CLOCK_MEM))
        milliwatts = self._asked(nvml.nvmlDeviceGetPowerUsage)
        return SensorReading(
            sm_hertz=sm,
            memory_hertz=memory,
            celsius=self._asked(nvml.nvmlDeviceGetTemperature, nvml.NVML_TEMPERATURE_GPU),
            watts=None if milliwatts is None else milliwatts / 1000,
            limits=limits(self._asked(nvml.nvmlDeviceGetCurrentClocksEventReasons) or 0),
        )

    def _clock(self, kind: int) -> int | None:
        megahertz = self._asked(self._nvml.nvmlDeviceGetClockInfo, kind)
        return None if megahertz is None else megahertz * MEGAHERTZ

    def _asked(self, question: Callable[..., int], *details: int) -> int | None:
        with suppress(self._nvml.NVMLError):
            return question(self._handle, *details)
        return None


def nvml_sensor(uuid: str) -> NvmlSensor | None:
    """The sensor of the GPU with this UUID ("GPU-…"); None without nvidia-ml-py, or where NVML does not know it."""
    try:
        import pynvml
    except ImportError:
        return None
    nvml: Any = pynvml
    try:
        nvml.nvmlInit()
        return NvmlSensor(nvml, nvml.nvmlDeviceGetHandleByUUID(uuid))
    except nvml.NVMLError:
        return None
