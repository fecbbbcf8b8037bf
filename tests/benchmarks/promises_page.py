"""The kept results as docs/promises.md: what was promised, what came of it."""

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

from netstat.measure.summary import summarise
from tests.benchmarks.tables import seconds, table

Result = dict[str, Any]
HELD, MARKED, QUIET = 18 / 20, 19 / 20, 18 / 20
NEAR = 0.03
MOST_OVER = 1
LIMITS = {"netstat profile alexnet": 20.0, "netstat profile alexnet --quick": 8.0}
HEAD = """# Promises

What `netstat benchmark` promises of its figures, put to the test. This page is written by the command below, from the
results in [measurements/promises.json](measurements/promises.json).

```bash
python -m tests.benchmarks.promises
```
"""


def render(results: Result) -> str:
    """The page: a section for everything that was put to the test."""
    return "\n".join([HEAD, *(section(results[key]) for key, section in SECTIONS.items() if key in results)])


def met(reached: bool) -> str:
    return "met" if reached else "**not met**"


def intervals(found: Result) -> str:
    """Whether the intervals hold the grand median, and quiet runs are not marked."""
    first = [run["benchmarks"][0] for run in found["runs"]]
    grand = median(sample for samples in found["samples"] for sample in samples)
    medians = sorted(run["median_seconds"] for run in first)
    held = sum(run["ci95_seconds"][0] <= grand <= run["ci95_seconds"][1] for run in first)
    quiet = sum(run["reliable"] for run in first)
    width = median((run["ci95_seconds"][1] - run["ci95_seconds"][0]) / 2 / run["median_seconds"] for run in first)
    low, high = (100 * (end / grand - 1) for end in (medians[0], medians[-1]))
    where = found["environment"]
    return "\n".join(
        [
            "## Intervals, and quiet runs\n",
            f"{len(first)} runs of `netstat benchmark alexnet`, each in fresh processes, on {where['cpu_model_name']}",
            f"with {where['cpu_count']} cores, torch {where['torch_version']}, {first[0]['threads']} threads.\n",
            f"- {held} of {len(first)} intervals contain the grand median, {seconds(grand)} (limit 18 of 20): "
            f"{met(held >= HELD * len(first))}.",
            f"- The medians lie between {seconds(medians[0])} and {seconds(medians[-1])} ({low:+.1f} … {high:+.1f} %).",
            f"- Half the width of an interval is {100 * width:.1f} % at the median.",
            f"- {quiet} of {len(first)} are called reliable (limit 18 of 20): {met(quiet >= QUIET * len(first))}.",
            f"- A run takes {median(run['seconds'] for run in found['runs']):.1f} s.\n",
            _codes(first),
        ]
    )


def loaded(found: Result) -> str:
    """Whether a loaded machine is noticed."""
    first = [run["benchmarks"][0] for run in found["runs"]]
    marked = sum(not run["reliable"] for run in first)
    looks = [run for runs in found["runs"] for run in runs["benchmarks"] if run["second_look"]]
    return "\n".join(
        [
            "## A loaded machine\n",
            f"{len(first)} runs of `netstat benchmark alexnet --quick` beside a busy loop on every core.\n",
            f"- {marked} of {len(first)} are called unreliable (limit 19 of 20): {met(marked >= MARKED * len(first))}.",
            f"- {len(looks)} looked again at one thread, and {sum(not run['reliable'] for run in looks)} of these are",
            "  called unreliable too.\n",
            _codes(first),
        ]
    )


def torchs(found: Result) -> str:
    """Another tool's figure beside ours."""
    return "\n".join(["## torch.utils.benchmark\n", *_together(found["together"]), *_apart(found["apart"])])


def _together(processes: Sequence[Result]) -> Iterator[str]:
    theirs = median(second for process in processes for second in process["theirs"])
    ours = summarise(*(process["ours"] for process in processes))
    low, high = ours.ci95
    yield f"`Timer.blocked_autorange` and netstat in turns at one module, in each of {len(processes)} fresh processes:"
    yield f"{_beside(theirs, ours.median)}, netstat's interval being {seconds(low)} … {seconds(high)}"
    yield f"(limit: inside, or within 3 %): {met(low <= theirs <= high or abs(theirs / ours.median - 1) <= NEAR)}.\n"


def _apart(found: Result) -> Iterator[str]:
    theirs, runs = median(found["theirs"]), found["ours"]
    ours = median(run["median_seconds"] for run in runs)
    inside = sum(run["ci95_seconds"][0] <= theirs <= run["ci95_seconds"][1] for run in runs)
    lowest, highest = seconds(min(found["theirs"])), seconds(max(found["theirs"]))
    yield f"In {len(found['theirs'])} processes of its own ({lowest} … {highest}), between {len(runs)} runs of"
    yield f"`netstat benchmark alexnet`: {_beside(theirs, ours)}, inside {inside} of {len(runs)} intervals"
    yield "(no limit: other processes at other times).\n"


def _beside(theirs: float, ours: float) -> str:
    return f"{seconds(theirs)} against {seconds(ours)} ({100 * (theirs / ours - 1):+.1f} %)"


def layers(found: Sequence[Result]) -> str:
    """How layers add up to the whole."""
    body = []
    for run in found:
        whole = run["median_seconds"]
        total, hooked = 1 - run["unattributed_seconds"] / whole, run["hooked_seconds"] / whole
        good = 0.95 <= total <= 1.01 and hooked <= 1.05 and len(run["over"]) <= MOST_OVER
        over = ", ".join(run["over"]) or "none"
        reliable = "yes" if run["reliable"] else "no"
        figures = [seconds(whole), reliable, f"{total:.3f}", f"{hooked:.3f}", over, met(good)]
        body.append([run["model"], str(run["batch"]), *figures])
    head = ["model", "batch", "whole", "reliable", "Σ layers / whole", "hooked / bare", "over 100 % of a roof",
            "0.95 … 1.01, ≤ 1.05, at most one over"]  # fmt: skip
    return "\n".join(
        ["## Layers and the whole\n", "Runs of `netstat benchmark MODEL -b BATCH --rigorous`.\n", table(head, body)]
    )


def totals(found: Sequence[Result]) -> str:
    """Whole jobs."""
    body = []
    for each in found:
        typical, limit = median(each["seconds"]), LIMITS[each["command"]]
        body.append([f"`{each['command']}`", f"{typical:.1f} s", f"{limit:.0f} s", met(typical < limit)])
    return "\n".join(["## Whole jobs\n", table(["command", "time", "limit", ""], body)])


def _codes(runs: Sequence[Result]) -> str:
    """How often each warning was given."""
    codes = dict.fromkeys(code for run in runs for code in run["warnings"])
    body = [[f"`{code}`", str(sum(code in run["warnings"] for run in runs))] for code in codes]
    return table(["warning", f"of {len(runs)} runs"], body) if body else "No warning was given.\n"


SECTIONS: dict[str, Callable[[Any], str]] = {
    "intervals": intervals,
    "loaded": loaded,
    "torch": torchs,
    "layers": layers,
    "totals": totals,
}
