"""Models of torchvision and timm beside published figures and torch's own counter: measure, keep, write the page."""

import argparse
import json
import warnings
from typing import Any

from tests.benchmarks.machine import installed
from tests.sweeps import page
from tests.sweeps.kept import PAGE, RAW

PACKAGES = ("netstat", "torch", "torchvision", "timm")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.sweeps", description=__doc__)
    parser.add_argument("--render", action="store_true", help="write the page anew from the kept figures")
    if not parser.parse_args().render:
        RAW.write_text(one_row_a_line(measure()), encoding="utf-8")
    PAGE.write_text(page.render(json.loads(RAW.read_text(encoding="utf-8"))), encoding="utf-8")


def measure() -> dict[str, Any]:
    """Figures only: nothing here depends on the machine."""
    from tests.sweeps import of_timm, of_torchvision

    warnings.simplefilter("ignore")
    packages = {name: installed(name) for name in PACKAGES}
    return {"packages": packages, **of_torchvision.measure(), "timm": of_timm.measure()}


def one_row_a_line(results: dict[str, Any]) -> str:
    """JSON whose lists have an item per line."""
    parts = []
    for key, value in results.items():
        rows = [json.dumps(row) for row in value] if isinstance(value, list) else []
        parts.append(f"{json.dumps(key)}: " + ("[\n" + ",\n".join(rows) + "\n]" if rows else json.dumps(value)))
    return "{\n" + ",\n".join(parts) + "\n}\n"


main()
