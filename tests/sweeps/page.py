"""The kept figures as docs/zoo.md. Computes counts and sums, and nothing else."""

from collections.abc import Iterable
from typing import Any

from tests.benchmarks.page import table
from tests.sweeps.differences import DIFFERENCES, REGIONS, Regions

Row = dict[str, Any]
HEAD = """# Cross-check at large

netstat's figures of every model of torchvision and of models of every family of timm, beside those torchvision
publishes and those of torch's own counter. No tolerance: a figure is equal, or a table says what it takes to be equal.
This page is written by the command below from the kept figures in
[measurements/zoo.json](measurements/zoo.json); the slow tests measure them again.

```bash
python -m tests.sweeps
```

## How to read it

- **MACs** and **parameters** are netstat's, of one image (video: 16 frames; optical flow: two images) as the weights'
  own transform makes it. Where the last column is empty, `netstat profile NAME` prints them, for an input other than
  the model's own with `-i`.
- **published** are `_ops` and `num_params` of the weights' metadata. `_ops` are MACs in 10⁹, rounded to three decimals;
  ours count as equal if they round to the same. Weights of a model that agree in everything share a row.
- Torchvision counted its models with their weights. Where that builds another model than the bare name does, the
  last column says which options build the same one, and [the table of differences](#what-weights-change) what they add.
- **Torch's own counter** is `torch.utils.flop_counter.FlopCounterMode` on the same module, on the meta device: two
  operations per MAC.
"""
DETECTORS = """## Detectors

How much work a detector's heads have depends on the values: on how many regions an image leads to. The rest is done
once per image. Torchvision counted trained weights on random pixels; netstat has no weights, and random ones lead to
other regions. So the parts are counted one by one: per image, per proposal and per detection. The numbers of regions
are inferred from the published figure, not observed: listed are all, of up to 1000 proposals and 100 detections, from
which it follows.

The weights freeze the batch normalisation of some backbones: scale and shift are buffers there and no parameters,
which makes fewer parameters than the bare name has, and not one MAC less.
"""


def render(results: dict[str, Any]) -> str:
    """The page."""
    models, published, timm = results["models"], results["published"], results["timm"]
    parts = [
        HEAD,
        summary(models, published, timm),
        "With " + ", ".join(f"{name} {version}" for name, version in results["packages"].items()) + ".\n",
        differences(),
        detectors(published),
        figures(published),
        families(timm),
    ]
    return "\n".join(parts)


def summary(models: list[Row], published: list[Row], timm: list[Row]) -> str:
    """How many of how many are equal."""
    body = [
        ["torchvision: models with every operator counted", share(complete(row) for row in models)],
        ["torchvision: parameters as in the module", share(same_params(row) for row in models)],
        ["torchvision: MACs as torch's own counter has them", share(map(same_macs, on_meta(models)))],
        ["torchvision: MACs as published", share(row_macs(row) == row["published"][0] for row in published)],
        ["torchvision: parameters as published", share(row["params"] == row["published"][1] for row in published)],
        ["timm: models with every operator counted", share(complete(row) for row in timm)],
        ["timm: parameters as in the module", share(same_params(row) for row in timm)],
        ["timm: MACs as torch's own counter has them", share(map(same_macs, on_meta(timm)))],
    ]
    return table(["", "equal"], body)


def share(held: Iterable[bool]) -> str:
    """ "3 of 4"."""
    found = list(held)
    return f"{sum(found)} of {len(found)}"


def complete(row: Row) -> bool:
    return row.get("uncounted") == []


def same_params(row: Row) -> bool:
    return "params" in row and row["params"] == row["module_params"]


def same_macs(row: Row) -> bool:
    return bool(2 * row["macs"] == row["flops"])


def row_macs(row: Row) -> float:
    return round(row["macs"] / 1e9, 3)


def on_meta(rows: list[Row]) -> list[Row]:
    """Those torch's own counter could run without values."""
    return [row for row in rows if row.get("flops") is not None]


def differences() -> str:
    """What the options add that build a model as its weights were built."""
    body = (
        [name, f"`{change.options}`", f"{change.macs:+,}", f"{change.params:+,}", change.reason]
        for name, change in DIFFERENCES.items()
    )
    return "## What weights change\n\n" + table(["model", "built with", "MACs", "parameters", "because"], body)


def detectors(published: list[Row]) -> str:
    """Detectors by part."""
    parts = ["MACs per image", "per proposal", "per detection"]
    head = ["model", "weights", *parts, "proposals", "detections", "parameters frozen"]
    rows = [row for row in published if "parts" in row]
    body = ([row["model"], row["weights"][0], *map(number, row["parts"]), *regions(row)] for row in rows)
    return "\n".join([DETECTORS, table(head, body)])


def regions(row: Row) -> list[str]:
    """Numbers of regions, with others that the rounded figure would not tell from them, and frozen parameters."""
    stated: Regions = REGIONS[row["model"], row["weights"][0]]
    ways = [(stated.proposals, stated.detections), *stated.also]
    return [*(" or ".join(number(way[i]) for way in ways) for i in (0, 1)), number(stated.frozen)]


def number(count: int) -> str:
    return f"{count:,}"


def figures(published: list[Row]) -> str:
    """Every published figure."""
    head = ["model", "weights", "input", "MACs", "published", "parameters", "published", "built with"]
    return "## What torchvision publishes\n\n" + table(head, map(figure, published))


def figure(row: Row) -> list[str]:
    giga_macs, params = row["published"]
    size, built = "×".join(map(str, row["shape"])), row["options"].strip("()")
    weights = ", ".join(row["weights"])
    ours = [number(row["macs"]), f"{giga_macs:.3f}", number(row["params"]), number(params)]
    return [row["model"], weights, size, *ours, f"`{built}`" if built else note(row)]


def note(row: Row) -> str:
    return "[its regions](#detectors)" if "parts" in row else ""


def families(timm: list[Row]) -> str:
    """Timm's models by family."""
    names = dict.fromkeys(row["family"] for row in timm)
    body = (family(name, [row for row in timm if row["family"] == name]) for name in names)
    head = ["family", "models", "MACs, from", "to", "complete", "parameters", "MACs"]
    intro = f"{len(timm)} models of {len(names)} families; the last three columns say how many are equal."
    return f"## timm\n\n{intro}\n\n{table(head, body)}"


def family(name: str, rows: list[Row]) -> list[str]:
    macs = [row["macs"] for row in rows if "macs" in row]
    equal = [share(map(check, rows)) for check in (complete, same_params)]
    return [name, str(len(rows)), number(min(macs)), number(max(macs)), *equal, share(map(same_macs, on_meta(rows)))]
