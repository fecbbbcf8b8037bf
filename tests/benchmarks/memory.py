"""Memory that a profile adds to a process that holds the module already. Linux: the kernel keeps the peak.

Run as a program, it prints the figures of this process as JSON.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATUS, CLEAR_REFS = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def resident(key: str) -> int:
    """Bytes of this process: "VmRSS" now, "VmHWM" at its peak."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(key))
    return int(line.split()[1]) * 1024


def of_this_process(name: str, batch: int) -> dict[str, int]:
    """Bytes before, at the peak of, and after profiling the built module; the peak starts anew before the profile."""
    import torchvision

    import netstat

    model = torchvision.models.get_model(name)
    CLEAR_REFS.write_text("5")
    before = resident("VmRSS")
    macs = netstat.profile(model, (3, 224, 224), batch=batch).totals.macs
    return {"batch": batch, "macs": macs, "before": before, "peak": resident("VmHWM"), "after": resident("VmRSS")}


def measure(name: str = "vgg16", batch: int = 1024) -> dict[str, int]:
    """The figures of a fresh process."""
    command = [sys.executable, "-m", "tests.benchmarks.memory", name, str(batch)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    figures: dict[str, int] = json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    print(json.dumps(of_this_process(sys.argv[1], int(sys.argv[2]))))  # noqa: T201
