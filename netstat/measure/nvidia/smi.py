"""Sensors read through the nvidia-smi program: so slow that it is asked before and after a run, and never between."""

from math import inf

from netstat.measure.sensors import limits
from netstat.records.device_times import SensorReading

QUESTIONS = "clocks.sm,clocks.mem,temperature.gpu,power.draw,clocks_event_reasons.active"
PATIENCE = 10  # seconds
MEGAHERTZ = 10**6


class SmiSensor:
    """Reads one GPU by a process of its own."""

    name = "nvidia-smi"
    every = inf

    def __init__(self, uuid: str, program: str = "nvidia-smi") -> None:
        self._uuid, self._program = uuid, program

    def read(self) -> SensorReading:
        """One run of the program; a reading without values where it fails."""
        return parse(self._answer())

    def _answer(self) -> str:
        import subprocess

        command = [self._program, f"--query-gpu={QUESTIONS}", "--format=csv,noheader,nounits", "-i", self._uuid]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
        except (OSError, subprocess.SubprocessError):
            return ""
        return done.stdout


def smi_sensor(uuid: str, program: str = "nvidia-smi") -> SmiSensor | None:
    """The sensor of the GPU with this UUID ("GPU-…"); None where the program is missing or does not know it."""
    sensor = SmiSensor(uuid, program)
    return None if sensor.read() == SensorReading() else sensor


def parse(answer: str) -> SensorReading:
    """One line of comma-separated values, in the order of `QUESTIONS`; "[N/A]" is None."""
    values = [value.strip() for value in answer.strip().split(",")]
    if len(values) != len(QUESTIONS.split(",")):
        return SensorReading()
    sm, memory, celsius, watts = (_number(value) for value in values[:4])
    return SensorReading(
        sm_hertz=None if sm is None else round(sm * MEGAHERTZ),
        memory_hertz=None if memory is None else round(memory * MEGAHERTZ),
        celsius=None if celsius is None else round(celsius),
        watts=watts,
        limits=limits(int(values[4], 16) if values[4].startswith("0x") else 0),
    )


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
