"""What their makers state of devices that need not be at hand, read from devices.toml."""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from netstat.errors import UsageError
from netstat.registry import unknown

DTYPES = ("fp32", "tf32", "bf16", "fp16")


class Specification(NamedTuple):
    """A device on paper; devices.toml explains the fields.

    Attributes:
        name: as users write it.
        title: the maker's name for it.
        kind: "gpu" or "cpu".
        peaks: operations a second by dtype, dense.
        bytes_per_second: bandwidth of the main memory.
        sources: where the figures stand.
        checked: the day they were held against something else, "" where they were not.
        against: what that was.
        memory_bytes: size of the main memory, None where it is what one plugs in.
        cache_bytes: size of the last level of cache, None where nobody says.
        lanes: cores, clock in hertz and operations a cycle, by kind of core; their products add up to the fp32 peak.
        bus: bits and transfers a second, whose product is the bandwidth.
    """

    name: str
    title: str
    kind: str
    peaks: Mapping[str, float]
    bytes_per_second: float
    sources: Sequence[str]
    checked: str
    against: str
    memory_bytes: int | None = None
    cache_bytes: int | None = None
    lanes: Sequence[tuple[int, float, int]] = ()
    bus: tuple[int, float] | None = None

    def peak(self, dtype: str) -> float:
        """Operations a second in `dtype`.

        Raises:
            UsageError: the device has no path of its own for it.
        """
        if dtype not in self.peaks:
            kinds = ", ".join(self.peaks)
            raise UsageError(f"no peak in {dtype} is on record for {self.name} ({self.title}); there is one in {kinds}")
        return self.peaks[dtype]


@cache
def specifications() -> Mapping[str, Specification]:
    """All of them by name, in the order of the file."""
    import tomllib

    with open(f"{os.path.splitext(__file__)[0]}.toml", "rb") as file:  # noqa: PTH122, PTH123  pathlib is slow to load
        return {entry["name"]: Specification(**entry) for entry in tomllib.load(file)["device"]}


def specification(name: str) -> Specification:
    """The device called `name`.

    Raises:
        UsageError: nothing is on record for it; names the nearest.
    """
    known = specifications()
    if name.lower() not in known:
        raise UsageError(unknown("device", name, known))
    return known[name.lower()]
