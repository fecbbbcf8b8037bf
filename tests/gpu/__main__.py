"""All checks that are owed to a GPU, in one go of under eight minutes: figures as JSON and a table of verdicts."""

import argparse
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.gpu import memory, others, state, times  # noqa: F401  they register their steps
from tests.gpu.steps import FAILED, SKIPPED, STEPS, Bench, Step, Verdict, carry_out

DOCS = Path(__file__).parents[2] / "docs"
BUDGET = 465  # seconds for all steps together


def main(argv: list[str] | None = None) -> int:
    options = arguments(argv, list(STEPS))
    if options.list:
        print(listed(STEPS.values()))  # noqa: T201
        return 0
    bench = bench_of(options)
    start, verdicts = time.monotonic(), []
    for name in options.only or ORDER:
        found = within(STEPS[name], bench, BUDGET - (time.monotonic() - start))
        verdicts += found
        write(options.out, bench, verdicts, time.monotonic() - start)  # after each step: nothing is lost to a crash
        for one in found:
            print(f"{one.state:8} {one.check}: {one.said}", flush=True)  # noqa: T201
    print(table(verdicts))  # noqa: T201
    return int(any(one.state == FAILED for one in verdicts))


# What nothing else can tell comes first; the program as a whole is last.
ORDER = (
    "untouched", "profiled", "capture", "queue", "calibration", "times", "layers", "profiler", "torch_benchmark",
    "memory", "ceilings", "training", "cold", "out_of_memory", "program", "tests",
)  # fmt: skip


def arguments(argv: list[str] | None, names: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.gpu", description=__doc__)
    default = os.environ.get("OUT") or DOCS / "measurements"
    parser.add_argument("out", nargs="?", type=Path, default=default, help="folder for the results")
    parser.add_argument("--device", default="cuda", help="cuda, cuda:1; cpu for a rehearsal")
    parser.add_argument("--quick", action="store_true", help="a small model, a moment each")
    parser.add_argument("--only", action="append", choices=names, help="this step; repeatable")
    parser.add_argument("--models", help="comma-separated, of torchvision's")
    parser.add_argument("--list", action="store_true", help="print the steps and leave")
    return parser.parse_args(argv)


def bench_of(options: argparse.Namespace) -> Bench:
    from netstat.errors import UsageError
    from netstat.measure.devices import find
    from tests.gpu.models import MODELS, REHEARSED

    try:
        device = find(options.device)
    except UsageError as error:
        sys.exit(str(error))
    models: dict[str, tuple[int, ...]] = REHEARSED if options.quick else MODELS
    if options.models:
        models = dict.fromkeys(options.models.split(","), (3, 224, 224))
    return Bench(device, options.quick, models)


def within(step: Step, bench: Bench, left: float) -> list[Verdict]:
    """Carry a step out, or say that there is no time for it."""
    from dataclasses import replace

    if left < 5:
        return [Verdict(step.name, SKIPPED, "no time left")]
    began = time.monotonic()
    found = carry_out(replace(step, seconds=min(step.seconds, left)), bench)
    bench.results.setdefault("seconds", {})[step.name] = time.monotonic() - began
    return found


def write(folder: Path, bench: Bench, verdicts: list[Verdict], seconds: float) -> None:
    from dataclasses import asdict

    from netstat.measure.environment import environment

    folder.mkdir(parents=True, exist_ok=True)
    if "environment" not in bench.results:
        bench.results["environment"] = environment([bench.device.name])
    name = re.sub(r"[^A-Za-z0-9]+", "-", bench.device.describe()).strip("-").lower()
    kept = {**bench.results, "took_seconds": seconds, "verdicts": [asdict(one) for one in verdicts]}
    path = folder / f"gpu-{name}.json"
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    (folder / f"gpu-{name}.txt").write_text(table(verdicts) + "\n", encoding="utf-8")


def table(verdicts: Iterable[Verdict]) -> str:
    from netstat.reports._table import Column, Table
    from netstat.reports.table import tables_text

    columns = [Column(name, name, left=True) for name in ("", "check", "figures")]
    rows = [(one.state, one.check, one.said) for one in verdicts]
    counts = Counter(one[0] for one in rows)
    said = ", ".join(f"{count} {what}" for what, count in counts.items())
    return f"{tables_text([Table('', columns, [rows])], 120)}\n{said}"


def listed(steps: Iterable[Step]) -> str:
    """The steps as a Markdown list, as docs/measuring.md has them."""
    by_name = {step.name: step for step in steps}
    return "\n".join(f"- `{name}` (at most {by_name[name].seconds:.0f} s): {by_name[name].about}" for name in ORDER)


if __name__ == "__main__":
    sys.exit(main())
