"""netstat beside its peers on the same work in the same run: measure, keep the raw samples, write the page."""

import argparse
import json
from pathlib import Path

from tests.benchmarks import machine, memory, modules, page, start

DOCS = Path(__file__).parents[2] / "docs"
RAW, PAGE = DOCS / "measurements" / "benchmarks.json", DOCS / "benchmarks.md"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--repeats", type=int, default=9, help="samples of each peer (default 9)")
    repeats = parser.parse_args().repeats
    results = {
        "environment": machine.environment(),
        "start": start.measure(repeats),
        "modules": modules.measure(repeats),
        "memory": [memory.measure("vgg16", batch) for batch in (1, 1024)],
    }
    RAW.parent.mkdir(exist_ok=True)
    RAW.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page.render(results), encoding="utf-8")


main()
