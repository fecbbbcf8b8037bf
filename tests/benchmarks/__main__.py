"""netstat beside its peers on the same work in the same run: measure, keep the raw samples, write the page."""

import argparse
import json
from pathlib import Path

from tests.benchmarks import chain, crosschecks, footprint, machine, memory, modules, page, start, zoo

DOCS = Path(__file__).parents[2] / "docs"
RAW, PAGE = DOCS / "measurements" / "benchmarks.json", DOCS / "benchmarks.md"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--repeats", type=int, default=4, help="samples of each peer (default 4)")
    parser.add_argument("--render", action="store_true", help="write the page anew from the kept samples")
    options = parser.parse_args()
    if not options.render:
        measure(options.repeats)
    PAGE.write_text(page.render(json.loads(RAW.read_text(encoding="utf-8"))), encoding="utf-8")


def measure(repeats: int) -> None:
    company = machine.Company()
    results = {
        "start": start.measure(repeats),
        "modules": modules.measure(repeats),
        "zoo": zoo.measure(),
        "chain": chain.measure(repeats),
        "crosscheck": crosschecks.measure(max(repeats, crosschecks.FEWEST)),
        "memory": [memory.measure("vgg16", batch) for batch in (1, 1024)],
        "footprint": [footprint.measure(name) for name in footprint.CASES],
    }
    results = {"environment": {**machine.environment(), "others": company.share()}, **results}
    RAW.parent.mkdir(exist_ok=True)
    RAW.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


main()
