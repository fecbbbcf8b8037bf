"""The kept figures as docs/crosscheck.md. Computes counts, and nothing else."""

from collections.abc import Iterator
from typing import Any

from netstat.conventions import CONVENTIONS, Convention
from netstat.graph import plain
from netstat.peers import PEERS
from netstat.units import deviation, exact, plural, signed
from tests.benchmarks.tables import table

Row = dict[str, Any]
HEAD = """# Every counter beside ours

Tools disagree about the same model. Which one is right? Each tool's figure is a projection of the same elementary
counts: netstat states every tool's way of counting as rules, predicts its figure from its own counts, runs the real
tool, and itemises the difference until nothing is left. No tolerance, and no rule that takes what is over.

This page is written by the command below from the kept figures in
[measurements/crosscheck.json](measurements/crosscheck.json); tests predict them again, and the slow ones run the tools.

```bash
python -m tests.crosschecks
```

The same for your model: `netstat crosscheck MODEL`.

## Who is how far off

![Every counter on every model: distance from our MACs](images/crosscheck.png)

A figure is measured against our MACs, or against twice our MACs where a tool counts a multiply-accumulate as two
operations (×2). Where a tool fails on a model, its prediction stands there (*). Inputs: one 224×224 image; for the
LSTM and the encoder one sequence.
"""
KNOWN = """torchstat asserts, without a word, that the input of a linear layer has two dimensions, and it takes no
module that returns several tensors.
"""


def render(kept: dict[str, Any]) -> str:
    """The page."""
    parts = [HEAD, distances(kept), verdicts(kept), scopes(), defects()]
    parts += [bills(name, rows) for name, rows in kept["models"].items()]
    parts.append("With " + ", ".join(f"{name} {version}" for name, version in kept["packages"].items()) + ".\n")
    return "\n".join(parts)


def distances(kept: dict[str, Any]) -> str:
    """Every tool on every model."""
    models = kept["models"]
    tools = [(row["peer"], row["per_mac"]) for row in next(iter(models.values()))]
    by_tool = {(row["peer"], model): distance(row) for model, rows in models.items() for row in rows}
    body = [
        [f"{tool}{' ×2' if twice > 1 else ''}", *(by_tool[tool, model] for model in models)] for tool, twice in tools
    ]
    return table(["tool", *models], body)


def distance(row: Row) -> str:
    """From our MACs; marked where the tool has no figure and the prediction stands for it."""
    return deviation(row["off"]) + ("*" if row["reported"] is None else "")


def verdicts(kept: dict[str, Any]) -> str:
    """How many checks closed, and every one that did not."""
    rows = [(model, row) for model, rows in kept["models"].items() for row in rows]
    run = [row for _, row in rows if row["reported"] is not None]
    closed = sum(is_closed(row) for row in run)
    lines = [f"{closed} of {len(run)} figures are explained to the last operation, in total and per module.\n"]
    still = [[model, row["peer"], outcome(row)] for model, row in rows if not is_closed(row)]
    if still:
        lines += ["What is not, and what is known of it:\n", table(["model", "tool", ""], still), KNOWN]
    return "\n".join(lines)


def is_closed(row: Row) -> bool:
    return row["unexplained"] == 0 and not row["layers_off"]


def outcome(row: Row) -> str:
    if row["reported"] is None:
        return f"predicted {exact(row['predicted'])}; no figure of its own: {row['error']}"
    off = "".join(f"; {layer['path']}: {layer['reported']} for {layer['predicted']}" for layer in row["layers_off"][:3])
    return f"{signed(row['unexplained'])} unexplained{off}"


def scopes() -> str:
    """What each tool looks at."""
    tools = [(convention, convention.scope) for name in PEERS.names() if (convention := PEERS[name].convention).scope]
    body = [[tool.name, tool.unit, *map(str, plain(scope).values())] for tool, scope in tools]
    head = ["tool", "unit", "sees", "a larger batch", "mode", "shared modules", "subclasses"]
    return "\n".join(["## What each tool looks at\n", table(head, body)])


def defects() -> str:
    """Rules that are known defects of a tool."""
    tools = sorted(CONVENTIONS, key=lambda convention: convention.name)  # they register as they are imported
    body = [[tool.name, reason, issue] for tool in tools for reason, issue in defects_of(tool)]
    return "\n".join(["## Known defects, stated as rules\n", table(["tool", "defect", "on record"], body)])


def defects_of(convention: Convention) -> Iterator[tuple[str, str]]:
    for term in convention.terms:
        if term.reason.startswith("defect: "):
            yield term.reason.removeprefix("defect: "), term.issue


def bills(model: str, rows: list[Row]) -> str:
    """The bill of each tool on one model."""
    lines = [f"## {model}\n", f"Our MACs: {exact(rows[0]['ours'])}.\n"]
    body = [line for row in rows for line in bill(row)]
    return "\n".join([*lines, table(["tool", "figure", "amount"], body)])


def bill(row: Row) -> Iterator[list[str]]:
    name = f"{row['peer']} {row['version']}".strip()
    for term in row["terms"]:
        issue = f" [{term['issue']}]" if term["issue"] else ""
        yield [name, f"{term['reason']}{issue} ({plural(term['layers'], 'layer')})", signed(term["amount"])]
        name = ""
    if row["reported"] is None:
        yield [name, f"predicted {row['unit']}, not run", f"**{exact(row['predicted'])}**"]
    else:
        verdict = "" if is_closed(row) else f", {outcome(row)}"
        yield [name, f"reported {row['unit']}{verdict}", f"**{exact(row['reported'])}**"]
