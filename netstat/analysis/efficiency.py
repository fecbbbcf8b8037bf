"""How much of what makers state is reached: constants fitted to published times, read from efficiency.toml."""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from netstat.analysis.devices import Specification

VECTOR, MATRIX, CPU = "vector", "matrix", "cpu"


class Efficiency(NamedTuple):
    """What one kind of arithmetic unit reaches.

    Attributes:
        units: "vector" (the plain arithmetic of GPUs), "matrix" (their tensor cores) or "cpu".
        shares: by family of work, the share of the peak; of "memory", the share of the bandwidth.
        operator_seconds: time of the device for each operator call beyond its work.
        launch_seconds: time of the host for each; the device does not wait for it while it has work queued.
        level: the share of times that the intervals below are to hold.
        factor: by which a time may be smaller or greater on a device whose times were fitted to.
        unseen_factor: on any other.
        devices: those that were fitted to.
        times: how many times were.
    """

    units: str
    shares: Mapping[str, float]
    operator_seconds: float
    launch_seconds: float
    level: float
    factor: float
    unseen_factor: float
    devices: Sequence[str]
    times: int


@cache
def efficiencies() -> Mapping[str, Efficiency]:
    """All of them by the name of their units."""
    import tomllib

    with open(f"{os.path.splitext(__file__)[0]}.toml", "rb") as file:  # noqa: PTH122, PTH123  pathlib is slow to load
        return {entry["units"]: Efficiency(**entry) for entry in tomllib.load(file)["efficiency"]}


def units_of(device: Specification, dtype: str) -> str:
    """The arithmetic units of `device` that work in `dtype`."""
    if device.kind == "cpu":
        return CPU
    return VECTOR if dtype == "fp32" else MATRIX
