"""A model's totals as formulas in the sizes of its input, and where they hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from netstat.errors import UsageError
from netstat.records.algebra import compiled, symbolic
from netstat.records.base import Record
from netstat.registry import unknown

Sizes = Mapping[str, int]


def sides(letters: Iterable[str]) -> list[str]:
    """The letters that are sides of an image; without any, all but that of the batch."""
    names = [name for name in letters if name != "N"]
    return [name for name in names if name[0] in "HW"] or names


@dataclass(frozen=True, slots=True)
class FormulaInput:
    """One input: a letter or a number for each dimension, the batch first."""

    name: str
    sizes: tuple[str, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class SizeLetter:
    """A letter of a formula.

    Attributes:
        name: "N" (batch), "H", "W", …
        native: its size at the input the model was looked at.
        least, most: sizes at which the formula holds; no end where `most` is None.
        multiple: the formula is known to hold at multiples of this; the model takes no others.
    """

    name: str
    native: int
    least: int = 1
    most: int | None = None
    multiple: int = 1

    def admits(self, size: int) -> bool:
        """Whether the formula holds there."""
        return self.least <= size and (self.most is None or size <= self.most) and size % self.multiple == 0


@dataclass(frozen=True, slots=True)
class Figure:
    """One total.

    Attributes:
        name: as in the totals of a profile.
        expression: Python's integer arithmetic.
        text: the same as people write it, on one line.
        native: what it is at the native sizes.
    """

    name: str
    expression: str
    text: str
    native: int

    def at(self, sizes: Sizes) -> int:
        """The figure at these sizes, wherever the formula holds or not; exact."""
        return compiled(self.expression)(sizes)


@dataclass(frozen=True, slots=True)
class LayerFormula:
    """One operator call: what it costs, as Python's integer arithmetic.

    `degree` is how often the letters other than N come together in its flops where they do so most, floors aside: 2 is
    H·W.
    """

    path: str
    op: str
    call: int
    params: int
    macs: str
    flops: str
    activation_bytes: str
    degree: int


@dataclass(frozen=True, slots=True)
class Solution:
    """The largest square input that satisfies a bound.

    Attributes:
        bound: as it was asked ("macs < 5G").
        figure, operator, limit: what it says.
        sizes: all letters at the answer.
        value: the figure there.
        next_sizes, next_value: one size further, and the figure there; the bound does not hold at any larger size.
    """

    bound: str
    figure: str
    operator: str
    limit: int
    sizes: dict[str, int]
    value: int
    next_sizes: dict[str, int]
    next_value: int

    @property
    def side(self) -> int:
        """Height and width of the largest square input."""
        return self.sizes[sides(self.sizes)[0]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures at a size, by name, in the order of the formula's."""

    sizes: dict[str, int]
    figures: dict[str, int]


@dataclass(frozen=True)
class Formula(Record):
    """A model's totals as formulas.

    Attributes:
        model: name as given, or the class name.
        inputs: in letters.
        letters: what they are, and where the formulas hold.
        conditions: further sums in letters that have to be 0 or more; Python's integer arithmetic.
        figures: the totals.
        layers: per operator call.
        checked: sizes at which the model itself was looked at; all shapes were as the formulas have them.
        solutions: to bounds that were asked for.
        evaluations: at sizes that were asked for.
    """

    kind: ClassVar[str] = "formula"

    model: str
    inputs: tuple[FormulaInput, ...]
    letters: tuple[SizeLetter, ...]
    conditions: tuple[str, ...]
    figures: tuple[Figure, ...]
    layers: tuple[LayerFormula, ...]
    checked: tuple[dict[str, int], ...]
    solutions: tuple[Solution, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()

    @property
    def native(self) -> dict[str, int]:
        """The letters at the input the model was looked at."""
        return {letter.name: letter.native for letter in self.letters}

    def figure(self, name: str) -> Figure:
        """The total of this name.

        Raises:
            UsageError: there is none.
        """
        found = {figure.name: figure for figure in self.figures}
        if name not in found:
            raise UsageError(unknown("figure", name, found))
        return found[name]

    def at(self, **sizes: int) -> dict[str, int]:
        """Every total at these sizes; letters that are not given are native.

        Raises:
            UsageError: there is no such letter, or the formulas do not hold there.
        """
        found = {**self.native, **sizes}
        self.check(found)
        return {figure.name: figure.at(found) for figure in self.figures}

    def layer_at(self, layer: LayerFormula, sizes: Sizes) -> dict[str, int]:
        """The figures of a layer at these sizes."""
        counted = {name: compiled(getattr(layer, name))(sizes) for name in ("macs", "flops", "activation_bytes")}
        return {"params": layer.params, **counted}

    def check(self, sizes: Sizes) -> None:
        """Refuse sizes at which the formulas do not hold.

        Raises:
            UsageError: says which, and why.
        """
        letters = {letter.name: letter for letter in self.letters}
        for name, size in sizes.items():
            if name not in letters:
                raise UsageError(unknown("letter", name, letters))
            if not isinstance(size, int) or not letters[name].admits(size):
                raise UsageError(f"{self.model} has formulas for {_where(letters[name])}, not for {name} = {size}")
        for condition in self.conditions:
            if compiled(condition)(sizes) < 0:
                raise UsageError(f"{self.model} has formulas where {condition} is 0 or more, not at {dict(sizes)}")

    def solve(self, bound: str, **sizes: int) -> Solution:
        """The largest square input at which a bound holds: `solve("macs < 5G").side`.

        Args:
            bound: a total, < or <=, and a number.
            sizes: of other letters, such as N=8; native where not given, but one image.

        Raises:
            UsageError: it is no such bound, or no size, or every size, satisfies it.
        """
        from netstat.records.solving import solve

        return solve(self, bound, sizes)

    def expression(self, name: str) -> Any:
        """The total of this name as a sympy expression.

        Raises:
            UsageError: there is none.
        """
        return symbolic(self.figure(name).expression)

    def __getattr__(self, name: str) -> Any:
        """`formula.macs`: a total as a sympy expression."""
        if not name.startswith("_") and any(figure.name == name for figure in self.__dict__.get("figures", ())):
            return self.expression(name)
        raise AttributeError(f"a formula has no {name}")


def _where(letter: SizeLetter) -> str:
    limits = f"{letter.name} ≥ {letter.least}" + (f", {letter.name} ≤ {letter.most}" if letter.most else "")
    return limits + (f", a multiple of {letter.multiple}" if letter.multiple > 1 else "")
