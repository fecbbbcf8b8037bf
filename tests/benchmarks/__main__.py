"""netstat beside its peers on the same work in the same run: measure, keep the raw samples, write the page.

python -m tests.benchmarks            everything
python -m tests.benchmarks browser    only this; the others keep their samples
python -m tests.benchmarks --render   the page anew, nothing is measured
"""

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.benchmarks import browser, chain, crosschecks, footprint, machine, memory, modules, page, start, zoo

DOCS = Path(__file__).parents[2] / "docs"
RAW, PAGE = DOCS / "measurements" / "benchmarks.json", DOCS / "benchmarks.md"
PARTS: dict[str, Callable[[int], Any]] = {
    "start": start.measure,
    "modules": modules.measure,
    "zoo": lambda repeats: zoo.measure(),
    "chain": chain.measure,
    "crosscheck": lambda repeats: crosschecks.measure(max(repeats, crosschecks.FEWEST)),
    "memory": lambda repeats: [memory.measure("vgg16", batch) for batch in (1, 1024)],
    "footprint": lambda repeats: [footprint.measure(name) for name in footprint.CASES],
    "browser": browser.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default all)")
    parser.add_argument("--repeats", type=int, default=4, help="samples of each peer (default 4)")
    parser.add_argument("--render", action="store_true", help="write the page anew from the kept samples")
    options = parser.parse_args()
    if unknown := set(options.parts) - PARTS.keys():
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if not options.render:
        results = measured_again(options.parts, options.repeats) if options.parts else measure(PARTS, options.repeats)
        RAW.parent.mkdir(exist_ok=True)
        RAW.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page.render(json.loads(RAW.read_text(encoding="utf-8"))), encoding="utf-8")


def measure(parts: Iterable[str], repeats: int) -> dict[str, Any]:
    """The results of these parts, with where they were taken."""
    company = machine.Company()
    results = {name: PARTS[name](repeats) for name in parts}
    return {"environment": {**machine.environment(), "others": company.share()}, **results}


def measured_again(parts: Iterable[str], repeats: int) -> dict[str, Any]:
    """The kept results with these parts in place of what they were; each has an environment of its own."""
    kept = json.loads(RAW.read_text(encoding="utf-8"))
    found = measure(parts, repeats)
    apart = kept.get("apart", {}) | dict.fromkeys(parts, found.pop("environment"))
    return {**kept, **found, "apart": apart}


main()
