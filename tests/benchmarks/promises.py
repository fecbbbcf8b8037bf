"""What `netstat benchmark` promises of its figures, put to the test on this machine: measure, keep, write the page.

python -m tests.benchmarks.promises                          everything, in half an hour on a quiet machine
python -m tests.benchmarks.promises --parts intervals,torch  only these; the others keep their results
python -m tests.benchmarks.promises --render                 the page anew, nothing is measured
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from netstat.measure.settings import DEFAULT
from netstat.records.reading import from_dict
from tests.benchmarks import promises_page
from tests.benchmarks.start import ROOT, environment

DOCS = ROOT / "docs"
RAW, PAGE = DOCS / "measurements" / "promises.json", DOCS / "promises.md"
RUNS, SEED = 20, 20260101
LAYERS = [(model, batch) for model in ("alexnet", "vgg16") for batch in (1, 16)]
# What the page says of the machine; paths and variables of whoever measured are nobody's business.
PLACE = ("date", "platform", "cpu_model_name", "cpu_count", "python_version", "torch_version", "netstat_version")
Result = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.promises", description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"of each kind (default {RUNS})")
    parser.add_argument("--render", action="store_true", help="write the page anew from the kept results")
    options = parser.parse_args()
    results = json.loads(RAW.read_text(encoding="utf-8")) if RAW.exists() else {}
    for part in () if options.render else options.parts.split(","):
        results[part] = PARTS[part](options.runs)
        RAW.parent.mkdir(exist_ok=True)
        RAW.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(promises_page.render(results), encoding="utf-8")


def netstat(*arguments: str) -> tuple[str, float]:
    """What netstat prints, and the seconds from its start to its end."""
    start = time.monotonic()
    return printed("-m", "netstat", *arguments), time.monotonic() - start


def printed(*arguments: str) -> str:
    """What Python prints in a process of its own."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or "no message")
    return done.stdout


def benchmark(model: str, *options: str) -> tuple[Result, float]:
    """The record of a run, and the seconds it took."""
    printed, seconds = netstat("benchmark", model, "--device", "cpu", "--json", "-q", *options)
    record: Result = json.loads(printed)
    return record, seconds


def figures(model: str, *options: str) -> tuple[Result, float]:
    """The same, without the roofs, which take no part in the figure."""
    return benchmark(model, "--no-roofline", *options)


def brief(record: Result) -> list[Result]:
    """What the page needs of the benchmarks of a run; the second look is the last where there is one."""
    left_out = ("layers", "samples")
    return [{key: value for key, value in run.items() if key not in left_out} for run in record["benchmarks"]]


def intervals(runs: int) -> Result:
    """Default runs on a machine that does nothing else."""
    records = [figures("alexnet") for _ in range(runs)]
    return {
        "environment": {key: records[0][0]["environment"][key] for key in PLACE},
        "runs": [{"seconds": seconds, "benchmarks": brief(record)} for record, seconds in records],
        "samples": [record["benchmarks"][0]["samples"] for record, _ in records],
    }


@contextmanager
def loops(number: int) -> Iterator[None]:
    """So many processes that keep a core busy each."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def loaded(runs: int) -> Result:
    """Quick runs beside a busy loop on every core. They have the fewest samples, so the fewest signs of it."""
    with loops(len(os.sched_getaffinity(0))):
        records = [figures("alexnet", "--quick") for _ in range(runs)]
    return {"runs": [{"seconds": seconds, "benchmarks": brief(record)} for record, seconds in records]}


TORCH = """
import json, torch
from netstat.frontends.assemble import assemble
from netstat.models import MODELS
from torch.utils.benchmark import Timer
torch.manual_seed(0)
module, x = assemble(MODELS["alexnet"].build()).eval(), torch.randn(1, 3, 224, 224)
with torch.inference_mode():
    timer = Timer("module(x)", globals={"module": module, "x": x}, num_threads=torch.get_num_threads())
    timer.blocked_autorange(min_run_time=1.0)
    print(json.dumps(timer.blocked_autorange(min_run_time=3.0).times))
"""


def torchs(runs: int) -> Result:
    """torch.utils.benchmark's own figure of the same forward pass: in turns with netstat's, and in processes apart."""
    together = [json.loads(printed("-m", "tests.benchmarks.beside_torch")) for _ in range(DEFAULT.processes)]
    return {"together": together, "apart": apart(max(3, runs // 4))}


def apart(runs: int) -> Result:
    """Its figures in fresh processes between runs of `netstat benchmark`."""
    order = ["torch", "netstat"] * runs
    random.Random(SEED).shuffle(order)
    theirs, ours = [], []
    for name in order:
        if name == "torch":
            theirs.append(median(json.loads(printed("-c", TORCH))))
        else:
            ours += brief(figures("alexnet")[0])[:1]
    return {"theirs": theirs, "ours": ours}


def layers(runs: int) -> list[Result]:
    """How the layers add up, and which are faster than their roofs."""
    netstat("ceilings", "--again", "-q")
    found = []
    for model, batch in LAYERS:
        record, _ = benchmark(model, "-b", str(batch), "--rigorous")
        roofs: Any = from_dict(record)
        over = [layer.path for layer in roofs.roofline[0].exceeding]
        found.append({"model": model, "over": over, **brief(record)[0]})
    return found


def totals(runs: int) -> list[Result]:
    """Whole jobs from start to end."""
    commands = [("profile", "alexnet"), ("profile", "alexnet", "--quick")]
    return [
        {"command": " ".join(("netstat", *command)), "seconds": [netstat(*command, "-q")[1] for _ in range(3)]}
        for command in commands
    ]


PARTS: dict[str, Callable[[int], Any]] = {
    "intervals": intervals,
    "loaded": loaded,
    "torch": torchs,
    "layers": layers,
    "totals": totals,
}

if __name__ == "__main__":
    main()
