"""The raw results as docs/benchmarks.md, a section for each thing that was measured."""

from collections.abc import Callable
from typing import Any

from tests.benchmarks.browser_page import browser
from tests.benchmarks.start import BARE, FAST
from tests.benchmarks.tables import (
    Row,
    by_speed,
    fastest,
    figure,
    judged,
    mebibytes,
    megabytes,
    outcome,
    ratio,
    seconds,
    spread,
    table,
    verdict,
)

OURS, UNAUDITED, THEIRS = "netstat", "netstat without its audit", "FlopCounterMode"
WHOLE = "netstat.crosscheck against the three"
TITLES = {"cpu": "on the CPU, as a user hands it over", "meta": "on the meta device"}
LIMITS = {"cpu": 0.7, "meta": 1.0}
ZOO_LIMIT = 1.0
SPREAD = 1.5  # of the time per operator, over all lengths
CROSSCHECK_LIMIT = 1.2
ADDED = 100_000_000  # bytes
SLOWEST = 5  # models of the zoo that are shown by name
ALONE = 0.05  # of the machine's CPU time may go to other work
HEAD = """# Benchmarks

netstat beside other counters, on the same work in the same run. Samples are interleaved at random; a figure is the
median, with the lowest and the highest sample in brackets. This page is written by the command below from the raw
samples in [measurements/benchmarks.json](measurements/benchmarks.json).

```bash
python -m tests.benchmarks
```
"""


def render(results: dict[str, Any]) -> str:
    """The page: a section for everything that was measured."""
    apart = results.get("apart", {})
    sections = [(key, section(results[key])) for key, section in SECTIONS.items() if key in results]
    parts = (text + taken_apart(apart[key]) if key in apart else text for key, text in sections)
    return "\n".join([HEAD, *parts])


def taken_apart(found: dict[str, Any]) -> str:
    """Where a section was measured that is not of the same run as the others."""
    return f"\nMeasured in a run of its own:\n\n{environment(found)}"


def environment(found: dict[str, Any]) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in found["packages"].items())
    rows = {
        "taken": found["utc"],
        "machine": f"{found['cpu']}, {found['cores']} cores, {found['system']}",
        "CPU time taken by other work": f"{found['others']:.0%}",
        "threads of torch": found["threads"],
        "software": f"Python {found['python']}, {packages}",
    }
    return table(["", ""], ([key, str(value)] for key, value in rows.items())) + busy(found)


def busy(found: dict[str, Any]) -> str:
    """A word of caution where other work shared the machine.

    Threads that wait for each other suffer from it most: a forward pass takes many times as long where one has no core.
    """
    caution = "The machine was busy with other work, which slows the peers' real forward passes most: run this again."
    return f"\n**{caution}**\n" if found["others"] > ALONE else ""


def start(rows: list[Row]) -> str:
    """The whole-process table and its two ratios."""
    by_name = {row["name"]: row for row in rows}
    ours, bare = by_name[FAST], by_name[BARE]
    peers = [row for row in rows if row["name"].startswith("with ") and row["name"] != f"with {OURS}"]
    body = ([row["name"], *spread(row), ratio(row, bare), ratio(row, ours)] for row in by_speed(rows))
    return "\n".join(
        [
            "## Whole process, AlexNet\n",
            "User plus system CPU time from start to exit. The scripts `with …` import, build torchvision's AlexNet,",
            f"count and print; `with {OURS}` is netstat on that same module, `{FAST}` is its own description",
            "of AlexNet, with the table.\n",
            table(["command", "CPU time", "samples", "× bare Python", "× netstat"], body),
            verdict(f"`{FAST}` against a bare Python", ours, bare, 8),
            verdict(f"`{FAST}` against the fastest peer's script", ours, fastest(peers), 1 / 25),
        ]
    )


def modules(devices: dict[str, dict[str, list[Row]]]) -> str:
    """The in-process tables of each device."""
    return "\n".join(on_device(device, models) for device, models in devices.items())


def on_device(device: str, models: dict[str, list[Row]]) -> str:
    lines = [
        f"## One call on a built module {TITLES[device]}\n",
        "Wall time of one call. *first* is the tool's first call on this module, with what it imports and caches then;",
        "it is in no median.\n",
    ]
    for name, rows in models.items():
        named = {row["name"]: row for row in rows}
        ours = named[OURS]
        body = (
            [row["name"], figure(row), seconds(row.get("first")), *spread(row), ratio(row, ours)]
            for row in by_speed(rows)
        )
        peer = fastest(row for name, row in named.items() if name not in (OURS, UNAUDITED))
        lines += [
            f"### {name}\n",
            table(["tool", "its figure", "first", "time", "samples", "× netstat"], body),
            verdict(f"netstat against the fastest peer ({peer['name']})", ours, peer, LIMITS[device]),
        ]
        if UNAUDITED in named:
            lines.append(f"netstat against itself without its audit: {ratio(ours, named[UNAUDITED])}.\n")
    return "\n".join(lines)


def memory(rows: list[dict[str, int]]) -> str:
    """What a profile adds to the process."""
    body = ([str(row["batch"]), *(mebibytes(row[key] - row["before"]) for key in ("peak", "after"))] for row in rows)
    return "\n".join(
        [
            "## Memory of a profile\n",
            "Resident memory that `netstat.profile(vgg16, (3, 224, 224), batch=…)` adds to a fresh process which holds",
            "the module already.\n",
            table(["batch", "peak", "afterwards"], body),
            f"Limit: 50 MB at the peak; {outcome(max(row['peak'] - row['before'] for row in rows), 50e6)}.\n",
        ]
    )


def zoo(rows: list[Row]) -> str:
    """The sums over all models, and the slowest ones by name."""
    ours, theirs = (sum(row[tool] for row in rows) for tool in (OURS, THEIRS))
    slowest = sorted(rows, key=lambda row: -row[OURS])[:SLOWEST]
    body = [
        [row["name"], seconds(row[OURS]), seconds(row[THEIRS]), f"{row[OURS] / row[THEIRS]:.3g}"] for row in slowest
    ]
    total = [f"all {len(rows)}", seconds(ours), seconds(theirs), f"{ours / theirs:.3g}"]
    return "\n".join(
        [
            "## All classification models of torchvision\n",
            f"One call on each of the {len(rows)} modules on the meta device, in one process; building them is not",
            f"counted. The sum, and the {SLOWEST} that take netstat longest.\n",
            table(["model", OURS, THEIRS, "ratio"], [total, *body]),
            judged(f"netstat against {THEIRS}", ours / theirs, ZOO_LIMIT),
        ]
    )


def chain(rows: list[Row]) -> str:
    """Time per operator by length."""
    medians = [row["median"] for row in rows]
    return "\n".join(
        [
            "## Time per operator of long models\n",
            "`netstat.profile` of chains of linear and ReLU layers on the meta device, wall time by operator.\n",
            table(["layers", "time per operator", "samples"], ([row["name"], *spread(row)] for row in rows)),
            judged("Longest to shortest", max(medians) / min(medians), SPREAD),
        ]
    )


def crosscheck(rows: list[Row]) -> str:
    """A cross-check beside the sum of the counters it runs."""
    (ours,) = (row for row in rows if row["name"] == WHOLE)
    alone = sum(row["median"] for row in rows if row is not ours)
    body = [*([row["name"], *spread(row)] for row in rows), ["the three alone, together", seconds(alone), ""]]
    return "\n".join(
        [
            "## Cross-check of AlexNet\n",
            "Wall time of one call on a built module on the CPU, in one process, after a first call. The cross-check",
            "profiles the module itself, runs the three counters on copies of it, and settles the bill.\n",
            table(["", "time", "samples"], body),
            judged("The cross-check against the three alone", ours["median"] / alone, CROSSCHECK_LIMIT),
        ]
    )


def footprint(rows: list[Row]) -> str:
    """What naming a model adds to the process."""
    return "\n".join(
        [
            "## Memory of a large model\n",
            "Resident memory that `netstat.profile` adds, at its peak, to a fresh process in which torch and the",
            "model's library are imported. What importing the library takes stands beside it, and is no part of it.\n",
            table(
                ["model", "library", "importing it", "parameters", f"profile (limit {megabytes(ADDED)})", ""],
                map(added, rows),
            ),
        ]
    )


def added(row: Row) -> list[str]:
    """A line of the footprint."""
    if "peak" not in row:
        return [row["name"], row["library"], "-", "-", row["error"], "**not met**"]
    profile = row["peak"] - row["before"]
    importing = megabytes(row["before"] - row["torch"])
    return [
        row["name"],
        row["library"],
        importing,
        f"{row['params']:,}",
        megabytes(profile),
        outcome(profile, ADDED),
    ]


SECTIONS: dict[str, Callable[[Any], str]] = {
    "environment": environment,
    "start": start,
    "modules": modules,
    "zoo": zoo,
    "chain": chain,
    "crosscheck": crosscheck,
    "memory": memory,
    "footprint": footprint,
    "browser": browser,
}
