"""The raw results as docs/benchmarks.md. Computes ratios of medians, and nothing else."""

from collections.abc import Iterable
from typing import Any

from tests.benchmarks.start import BARE, FAST

Row = dict[str, Any]
OURS = "netstat"
TITLES = {"cpu": "on the CPU, as a user hands it over", "meta": "on the meta device"}
LIMITS = {"cpu": 0.5, "meta": 1.0}
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
    """The page."""
    parts = [
        HEAD,
        environment(results["environment"]),
        start(results["start"]),
        *(modules(device, models) for device, models in results["modules"].items()),
        memory(results["memory"]),
    ]
    return "\n".join(parts)


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


def modules(device: str, models: dict[str, list[Row]]) -> str:
    """The in-process tables of one device."""
    lines = [
        f"## One call on a built module {TITLES[device]}\n",
        "Wall time of one call. *first* is the tool's first call on this module, with what it imports and caches then;",
        "it is in no median.\n",
    ]
    for name, rows in models.items():
        ours = next(row for row in rows if row["name"] == OURS)
        body = (
            [row["name"], figure(row), seconds(row.get("first")), *spread(row), ratio(row, ours)]
            for row in by_speed(rows)
        )
        peer = fastest(row for row in rows if row["name"] != OURS)
        lines += [
            f"### {name}\n",
            table(["tool", "its figure", "first", "time", "samples", "× netstat"], body),
            verdict(f"netstat against the fastest peer ({peer['name']})", ours, peer, LIMITS[device]),
        ]
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
            "Limit: 50 MB at the peak; "
            + ("met." if max(r["peak"] - r["before"] for r in rows) < 50e6 else "**not met**."),
            "",
        ]
    )


def table(head: list[str], body: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def verdict(what: str, ours: Row, theirs: Row, limit: float) -> str:
    """The ratio of the medians against its limit, with that of the lowest samples, which other work disturbs least."""
    reached, lowest = quotient(ours, theirs), min(ours["samples"]) / min(theirs["samples"])
    outcome = "met" if reached <= limit else "**not met**"
    return f"{what}: {reached:.3g}, lowest to lowest {lowest:.3g} (limit {limit:.3g}); {outcome}.\n"


def by_speed(rows: list[Row]) -> list[Row]:
    """Fastest first, those without a figure last."""
    return sorted(rows, key=lambda row: (row["median"] is None, row["median"]))


def fastest(rows: Iterable[Row]) -> Row:
    return by_speed(list(rows))[0]


def quotient(row: Row, to: Row) -> float:
    return float(row["median"] / to["median"])


def ratio(row: Row, to: Row) -> str:
    return "-" if row["median"] is None else f"{quotient(row, to):.3g}"


def spread(row: Row) -> tuple[str, str]:
    """Median with its range and the number of samples, or why there is none."""
    if row["median"] is None:
        return row["error"], "-"
    low, high = min(row["samples"]), max(row["samples"])
    return f"{seconds(row['median'])} [{seconds(low)} – {seconds(high)}]", str(len(row["samples"]))


def figure(row: Row) -> str:
    return f"{row['count']:,}" if "count" in row else "-"


def seconds(value: float | None) -> str:
    return "-" if value is None else f"{1000 * value:.4g} ms"


def mebibytes(count: int) -> str:
    return f"{count / 2**20:.1f} MiB"
