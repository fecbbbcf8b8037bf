"""Where and with what the figures were taken."""

import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("netstat", "torch", "torchvision", "thop", "fvcore", "ptflops", "torchinfo", "calflops")


def environment() -> dict[str, Any]:
    """The machine, the versions, and how busy it was at this moment."""
    import torch

    return {
        "utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cpu": cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "threads": torch.get_num_threads(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "python": sys.version.split()[0],
        "packages": {name: installed(name) for name in PACKAGES},
    }


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
