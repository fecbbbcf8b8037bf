"""Where and with what the figures were taken, and how alone."""

import os
import platform
import resource
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("netstat", "torch", "torchvision", "thop", "fvcore", "ptflops", "torchinfo", "calflops", "transformers")


def environment() -> dict[str, Any]:
    """The machine and the versions."""
    import torch

    return {
        "utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cpu": cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "threads": torch.get_num_threads(),
        "python": sys.version.split()[0],
        "packages": {name: installed(name) for name in PACKAGES},
    }


class Company:
    """What others do on this machine from the making of this object on. Linux, in what it counts for each CPU."""

    def __init__(self) -> None:
        self._start = self._now()

    def share(self) -> float:
        """The part of the machine's CPU time so far that went to anything but this process and its children."""
        wall, all_of_it, ours = (now - then for now, then in zip(self._now(), self._start, strict=True))
        return max(0.0, (all_of_it - ours) / (wall * (os.cpu_count() or 1)))

    @staticmethod
    def _now() -> tuple[float, float, float]:
        """Seconds by the clock, of CPU time that was not idle, and of our own CPU time."""
        user, nice, system, _idle, _iowait, *more = map(int, Path("/proc/stat").read_text().split()[1:9])
        busy = (user + nice + system + sum(more)) / os.sysconf("SC_CLK_TCK")
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return time.monotonic(), busy, sum(usage.ru_utime + usage.ru_stime for usage in used)


def cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


def installed(name: str) -> str:
    """The version of a package; netstat's own comes from the tree it is run in."""
    if name == "netstat":
        import netstat

        return netstat.__version__
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
