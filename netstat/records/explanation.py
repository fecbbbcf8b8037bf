"""Why a number is what it is: the rule in letters, the layer's own numbers in it, and what comes out."""

from dataclasses import dataclass
from typing import ClassVar

from netstat.records.base import Record
from netstat.records.profile import Input


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of a formula: what it stands for, in words, and its value in this layer."""

    name: str
    meaning: str
    value: int


@dataclass(frozen=True, slots=True)
class Function:
    """A function that formulas of a layer use: how it is written ("gcd(a, b)"), and what it is, in words."""

    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Step:
    """One figure of a layer.

    Attributes:
        name: of the figure: a letter ("H_out"), or a field of the profile ("params", "macs").
        formula: in letters; the same as `numbers` where the operator's rule takes no letters.
        numbers: the same formula with the layer's numbers in it, nothing worked out.
        result: what comes out; the profile says the same.
        unrounded: what comes out without the rounding of the formula, None where it rounds nothing.
    """

    name: str
    formula: str
    numbers: str
    result: int
    unrounded: float | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The figures of one operator call, derived.

    Attributes:
        path, op, module, call, input_shapes, output_shapes: of the profile's row.
        equation: what the operator computes, in a formula or in words; lines of it.
        counting: how its work is counted, in words.
        source: where the definition is from.
        letters: those that occur in the formulas.
        functions: those that occur in the formulas and have no sign of their own.
        steps: output sizes, parameters, operations, bytes, in the order they build on one another; what is zero is not
            there.
    """

    path: str
    op: str
    module: str
    call: int
    input_shapes: tuple[tuple[int, ...], ...]
    output_shapes: tuple[tuple[int, ...], ...]
    equation: tuple[str, ...]
    counting: str
    source: str
    letters: tuple[Letter, ...]
    functions: tuple[Function, ...]
    steps: tuple[Step, ...]

    @property
    def derivation(self) -> tuple[object, ...]:
        """What two layers have in common whose figures are found in the same way."""
        return self.op, self.letters, self.steps


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A call of an operator that has no formula."""

    path: str
    op: str


@dataclass(frozen=True)
class Explanations(Record):
    """The explanations of a model's layers, or of some of them, in execution order.

    Attributes:
        model: its name.
        inputs: what the figures are for.
        layers: the explanations.
        unexplained: the layers among the chosen ones whose operator has no formula.
    """

    kind: ClassVar[str] = "explanation"

    model: str
    inputs: tuple[Input, ...]
    layers: tuple[Explanation, ...]
    unexplained: tuple[Unexplained, ...] = ()
