"""A profile as what experiment trackers log: numbers by name, flat."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from netstat.graph import plain
from netstat.records.benchmark import firsts

if TYPE_CHECKING:
    from netstat.records.profile import Profile

Metric = tuple[str, int | float]


def metrics_of(profile: "Profile") -> dict[str, int | float]:
    """The totals, whether they are complete, and what peers and clocks said, as far as they were asked.

    A truth is 1 or 0. The device of a time is written without a colon, which not every tracker takes: "cuda-0".
    """
    totals = {name: value for name, value in plain(profile.totals).items() if value is not None}
    return {**totals, "complete": int(profile.complete), **dict(_checks(profile)), **dict(_times(profile))}


def _checks(profile: "Profile") -> Iterator[Metric]:
    for check in profile.crosscheck or ():
        for name in ("reported", "unexplained"):
            value = getattr(check, name)
            if value is not None:
                yield f"{check.peer}/{name}", value


def _times(profile: "Profile") -> Iterator[Metric]:
    for benchmark in firsts(profile.benchmarks or ()):
        device = benchmark.device.replace(":", "-")
        yield f"{device}/median_seconds", benchmark.median_seconds
        yield f"{device}/examples_per_second", benchmark.examples_per_second
        yield f"{device}/reliable", int(benchmark.reliable)
