"""Samples taken while the GPU was throttled are found, dropped and taken again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Generic, TypeVar

from netstat.measure.clock import Clock
from netstat.measure.sensors import Sensor
from netstat.records.device_times import SensorReading

ROUNDS = 3  # so often samples are taken at the most; a card in the heat will not have cooled down at the fourth

Sample = TypeVar("Sample")


class Watch:
    """Reads a sensor between the samples, not more often than the sensor likes.

    A sample is good where neither the reading before nor the reading after it shows throttling. Without a sensor
    every sample is.
    """

    def __init__(self, sensor: Sensor | None, clock: Clock) -> None:
        self._sensor, self._clock = sensor, clock
        self._due = 0.0
        self._waiting = 0  # samples since the last reading
        self._good: list[bool] = []
        self.readings: list[SensorReading] = []

    @property
    def name(self) -> str:
        """What is read with, "" where there is no sensor."""
        return self._sensor.name if self._sensor else ""

    def open(self) -> None:
        """Forget the samples so far; a reading before the first of the next."""
        self._good, self._waiting = [], 0
        if self._quick or not self.readings:
            self._read()

    def after(self, calls: int = 1) -> None:
        """A sample has been taken, of however many calls."""
        self._waiting += 1
        if self._clock.now() >= self._due:
            self._settle()

    def close(self) -> list[bool]:
        """Whether each sample since `open` was good; a reading after the last of them, unless that takes long."""
        if self._quick:
            self._settle()
        self._good += [not self._throttled] * self._waiting
        self._waiting = 0
        return self._good

    def end(self) -> None:
        """A last reading, when everything is over."""
        self._read()

    @property
    def _quick(self) -> bool:
        return self._sensor is None or isfinite(self._sensor.every)

    def _settle(self) -> None:
        before = self._throttled
        self._read()
        self._good += [not (before or self._throttled)] * self._waiting
        self._waiting = 0

    @property
    def _throttled(self) -> bool:
        return bool(self.readings) and self.readings[-1].throttled

    def _read(self) -> None:
        if self._sensor:
            self.readings.append(self._sensor.read())
            self._due = self._clock.now() + self._sensor.every


@dataclass(frozen=True, slots=True)
class Taken(Generic[Sample]):
    """Samples that may be used.

    Attributes:
        samples: the good ones; where none was, those of the last round.
        dropped: how many were not used.
        throttled: whether none was good.
    """

    samples: list[Sample]
    dropped: int
    throttled: bool


def unthrottled(take: Callable[[], Sequence[Sample]], watch: Watch) -> Taken[Sample]:
    """The samples that `take` takes, less those taken under throttling; these are taken again, `ROUNDS` times in all.

    Args:
        take: takes samples and calls `watch.after` after each of them.
        watch: reads the sensor.
    """
    kept: list[Sample] = []
    taken: Sequence[Sample] = ()
    dropped = 0
    for _ in range(ROUNDS):
        watch.open()
        taken = take()
        good = [sample for sample, fine in zip(taken, watch.close(), strict=True) if fine]
        kept += good
        dropped += len(taken) - len(good)
        if len(good) == len(taken):
            break
    return Taken(kept, dropped, throttled=False) if kept else Taken(list(taken), dropped - len(taken), throttled=True)
