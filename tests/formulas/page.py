"""The totals of models as formulas, as docs/formulas.md."""

from collections.abc import Iterator
from pathlib import Path

import netstat
from netstat.records.formula import Formula
from netstat.reports._math import latex_lines
from netstat.units import exact

PAGE = Path(__file__).parents[2] / "docs" / "formulas.md"
MODELS = ("alexnet", "vgg16")
SOLVED = ("macs < 1G", "macs < 5G", "activation_bytes <= 16MiB")
HEAD = """# Cost as a formula

`netstat formula MODEL` writes a model's totals as closed expressions in the sizes of its input: N (batch), H and W (T
for the length of a sequence). This page is written by

```bash
python -m tests.formulas
```

and the tests read the formulas below back from the page and hold them against profiles.

## How

The shape and cost rules of the operators, the same lines of code that count a profile, are called with letters in the
place of sizes. Floors stay floors, and are exact; nested ones are folded (⌊(⌊y/m⌋ + k)/n⌋ = ⌊(y + k·m)/(m·n)⌋; Knuth,
The Art of Computer Programming 1.2.4, exercise 35). Adaptive pooling to a fixed size O has L + O − gcd(L, O) window
positions along an input of L.

The model is looked at at three sizes. An attribute of a call that is the same at all of them belongs to the model;
one that varies is read as the size, among those of the tensors before, that varies with it (`x.view(x.size(0), -1)`).
At all three, every tensor's shape and every call's cost have to be what the formula says. What cannot be followed so
stops the formula, and the message names the operator and why: nothing is guessed. Where a rule compares sizes (an
output must not be empty), the way it goes is a condition, and the conditions make up the sizes for which the formula
**holds**.

`-o x.html` sets the formulas as MathML, `.md` and `.tex` as LaTeX, long ones over several lines; `.json` and `.csv`
have them as Python's integer arithmetic as well.

A model that takes one size only has a formula in the batch (`--letters N`), and one in all sizes as a fully
convolutional network (`--fully-convolutional`).

## Solving

`--solve "macs < 5G"` gives the largest square input that satisfies a bound. A total is a polynomial in sizes, floors
and greatest common divisors, so along sizes that are a period apart (the product of the strides) it is a plain
polynomial, of which the differences say whether it ever falls. Each of these courses is searched by halves; that the
total grows from one size to the next is not assumed.
"""


def render() -> str:
    """The page."""
    return "\n".join([HEAD, *(line for name in MODELS for line in _model(netstat.formula(name)))])


def _model(found: Formula) -> Iterator[str]:
    letters = ", ".join(f"{letter.name} ≥ {letter.least}" for letter in found.letters)
    yield f"## {found.model}\n"
    yield f"Holds for {letters}. Input {'×'.join(found.inputs[0].sizes)}, float32.\n"
    for figure in found.figures:
        yield f"### {found.model}: {figure.name}\n"
        yield f"```text\n{figure.text}\n```\n"
        if figure.name in ("macs", "flops", "activation_bytes"):
            yield f"```math\n\\begin{{aligned}}\n{_lines(figure.text)}\n\\end{{aligned}}\n```\n"
        yield f"At {_native(found)}: {exact(figure.native)}.\n"
    yield f"### {found.model}: largest square inputs\n"
    yield "| bound | side | there | one size further |\n| :--- | ---: | ---: | ---: |"
    for bound in SOLVED:
        solution = found.solve(bound)
        yield f"| {bound} | {solution.side} | {exact(solution.value)} | {exact(solution.next_value)} |"
    yield ""


def _lines(text: str) -> str:
    first, *rest = latex_lines(text)
    return " \\\\\n".join([f"& {first}", *(rf"& \quad {line}" for line in rest)])


def _native(found: Formula) -> str:
    return "×".join(str(found.native.get(size, size)) for size in found.inputs[0].sizes)


def printed(page: str, model: str, figure: str) -> str:
    """The formula of a figure as it stands on the page."""
    return page.partition(f"### {model}: {figure}\n")[2].partition("```text\n")[2].partition("\n```")[0]
