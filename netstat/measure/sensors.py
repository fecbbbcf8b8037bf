"""What a GPU's clocks, temperature and power are read from. Nothing here ever sets a clock."""

from typing import Protocol

from netstat.records.device_times import SensorReading

# Bits of NVML's mask of reasons for clocks that are not at their highest (nvml.h, nvmlClocksEventReasons).
LIMITS = {
    0x1: "gpu_idle",
    0x2: "applications_clocks_setting",
    0x4: "sw_power_cap",
    0x8: "hw_slowdown",
    0x10: "sync_boost",
    0x20: "sw_thermal_slowdown",
    0x40: "hw_thermal_slowdown",
    0x80: "hw_power_brake_slowdown",
    0x100: "display_clock_setting",
}


class Sensor(Protocol):
    """Reads one GPU.

    Attributes:
        name: what is read with: "nvidia-ml-py", "nvidia-smi".
        every: seconds from one reading to the next at least; reading is work for the driver, which a sample would feel.
            Infinite where a reading takes so long that there is one before and one after the run.
    """

    name: str
    every: float

    def read(self) -> SensorReading:
        """How the GPU is doing now; what it does not tell is None."""
        ...


def limits(mask: int) -> tuple[str, ...]:
    """The names of NVML's reasons in `mask`; one without a name by its bit."""
    bits = (1 << place for place in range(mask.bit_length()))
    return tuple(LIMITS.get(bit, f"bit {bit:#x}") for bit in bits if mask & bit)
