"""What the page shows of time: measured once, kept as records, read back for the page."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import netstat
from netstat.records.base import Record
from netstat.records.reading import from_dict
from tests.benchmarks.machine import environment

FILE = Path(__file__).parents[2] / "docs" / "measurements" / "documents.json"
MEASUREMENTS: dict[str, Callable[[], Record]] = {
    "single image": lambda: netstat.benchmark("alexnet", threads=1),
    "training step": lambda: netstat.benchmark("alexnet-d2l", training=True, batch=128, epochs=10, images=60_000),
    "ceilings": lambda: netstat.ceilings(again=True),
    "activations": lambda: netstat.activations(threads=1),
    "pipeline": lambda: netstat.pipeline("alexnet", batch=32, workers=(0, 2)),
}


def measure(names: Sequence[str]) -> None:
    """Measure and keep what is named, or everything. Needs a quiet machine and a few minutes."""
    found = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    for name in names or MEASUREMENTS:
        print(f"measuring: {name}", file=sys.stderr)  # noqa: T201  progress of a script
        found[name] = MEASUREMENTS[name]().to_dict() | {"environment": environment()}
    FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def kept(name: str) -> Any:
    """The record of a measurement, as it was kept."""
    return from_dict(json.loads(FILE.read_text(encoding="utf-8"))[name])
