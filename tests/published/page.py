"""The figures in print as docs/published.md."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from netstat.api.counting import published
from netstat.models.published import VARIANTS, claims
from netstat.records.published import PublishedFigure, Reading
from tests.benchmarks.page import table

PAGE = Path(__file__).parents[2] / "docs" / "published.md"
HEAD = """# Published figures

What papers, READMEs and notes print of the built-in models, and what it is. `netstat crosscheck MODEL --published`
prints the same for one model, with every other candidate that has the same digits. This page is written by

```bash
python -m tests.published
```

- **Each figure has one reading that is stated, not looked for** (`netstat/models/published.toml`): which variant of
  the model, what is counted or by which [convention](conventions.md#other-ways-of-counting), of which part, at
  which batch.
- **rounded**: our count has the printed digits; a half may have been rounded up or to even. **truncated**: it has
  them, and the source cut off the others. **exact**: every digit is printed. There is no tolerance.
- **others** counts the other candidates with the same digits: variants of the model, the conventions documents,
  macs, literature, paper, thop-readme and ptflops-readme (of parameters: with and without biases), of the whole
  model, its convolutions and its fully connected layers; of a layer, that layer. A figure with many says little
  about how it was counted.
- **A figure that is not reproduced stays**: with what has to be added to ours to get it, to the last digit, or with
  what is wrong with it.
- *neurons* are the output values of layers with weights; *values* those of layers with weights and of pooling, and
  the input. *layer N* is the N-th layer with weights.
"""


def render() -> str:
    """The page."""
    figures = [figure for model in VARIANTS for figure in published(model)]
    order = list(dict.fromkeys(claim.source for claim in claims()))
    figures.sort(key=lambda figure: order.index(figure.source))
    sources = groupby(figures, lambda figure: figure.source)
    return "\n".join([HEAD, summary(figures), *(section(list(found)) for _, found in sources)])


def summary(figures: Sequence[PublishedFigure]) -> str:
    """How many of how many, model by model."""
    body = []
    for model in VARIANTS:
        of = [figure for figure in figures if figure.model == model]
        body.append([model, str(len(of)), *(str(sum(counts)) for counts in outcomes(of))])
    total = [str(len(figures)), *(str(sum(counts)) for counts in outcomes(figures))]
    return table(
        ["model", "figures", "reproduced", "not, difference itemised", "not, reason in words"], [*body, ["all", *total]]
    )


def outcomes(figures: Sequence[PublishedFigure]) -> Iterator[list[bool]]:
    yield [figure.reproduced for figure in figures]
    yield [not figure.reproduced and bool(figure.differences) for figure in figures]
    yield [not figure.reproduced and bool(figure.why) for figure in figures]


def section(figures: Sequence[PublishedFigure]) -> str:
    """The figures of a source."""
    source, url = figures[0].source, figures[0].url
    head = ["model", "in print", "is", "counted", "", "others"]
    return f"## {source}\n\n" + (f"<{url}>\n\n" if url else "") + table(head, map(row, figures))


def row(figure: PublishedFigure) -> list[str]:
    reading = figure.reading
    printed = f"{figure.figure} {figure.noun}"
    return [figure.model, printed, words(reading), amount(reading), outcome(figure), str(len(figure.also) or "")]


def words(reading: Reading) -> str:
    parts = [reading.variant, reading.scope, reading.counted, f"batch {reading.batch}" if reading.batch > 1 else ""]
    return ", ".join(filter(None, parts))


def amount(reading: Reading) -> str:
    return f"{reading.amount:,}" if reading.whole is None else f"{100 * reading.amount / reading.whole:.2f} %"


def outcome(figure: PublishedFigure) -> str:
    if figure.reproduced:
        return figure.reading.match
    said = [f"{item.amount:+,}: {item.reason}" for item in figure.differences] or [figure.why]
    return "not reproduced; " + "; ".join(said)
