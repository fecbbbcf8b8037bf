"""Why a number is what it is: the rule in letters, the layer's own numbers in it, and what comes out."""

from dataclasses import dataclass
from typing import ClassVar

from netstat.records.base import Record


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of a formula: what it is the size of, in words, and its value in this layer."""

    name: str
    meaning: str
    value: int


@dataclass(frozen=True, slots=True)
class Step:
    """One figure of a layer.

    Attributes:
        name: of the figure: a letter ("H_out"), or a field of the profile ("params", "macs").
        formula: in letters; the same as `numbers` where the operator's rule takes no letters.
        numbers: the same formula with the layer's numbers in it, nothing worked out.
        latex: the formula as LaTeX.
        result: what comes out; the profile says the same.
        unrounded: what comes out without the rounding of the formula, None where it rounds nothing.
    """

    name: str
    formula: str
    numbers: str
    latex: str
    result: int
    unrounded: float | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The figures of one operator call, derived.

    Attributes:
        path, op, module, call: of the profile's row.
        equation: what the operator computes and how that is counted, in words.
        letters: of the formulas.
        steps: output sizes, parameters, operations, bytes, in the order they build on one another.
    """

    path: str
    op: str
    module: str
    call: int
    equation: str
    letters: tuple[Letter, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Explanations(Record):
    """The explanations of a model's layers, in execution order; `skipped` are paths of operators without a formula."""

    kind: ClassVar[str] = "explanation"

    model: str
    layers: tuple[Explanation, ...]
    skipped: tuple[str, ...] = ()
