"""Everything about one model or several on one page: figures, memory, derivations, and what could not be made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from netstat.records.base import Record
from netstat.records.explanation import Explanation, Explanations
from netstat.records.memory import Memory
from netstat.records.profile import Layer, Profile

MOST_DERIVATIONS = 300  # of a model; a page of more than that nobody reads and few machines scroll


@dataclass(frozen=True, slots=True)
class Lacking:
    """A section that could not be made ("crosscheck", "time", "memory", "derivations"), and why."""

    section: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reported:
    """One model of a report.

    Attributes:
        profile: layers and totals, with cross-check, times and rooflines where they were made.
        memory: what a forward pass and a training step need; None where nobody asked.
        derivations: one for all layers whose figures are found in the same way, at the first of them.
        derived: of each layer of the profile the index of its derivation, None where it has none: no formula, or beyond
            the first `MOST_DERIVATIONS`.
        lacking: sections that were asked for and could not be made.
    """

    profile: Profile
    memory: Memory | None = None
    derivations: tuple[Explanation, ...] = ()
    derived: tuple[int | None, ...] = ()
    lacking: tuple[Lacking, ...] = ()

    @property
    def left_out(self) -> int:
        """How many layers have a formula and no derivation here."""
        return sum(at is None and layer.complete for at, layer in zip(self.derived, self.profile.layers, strict=False))


@dataclass(frozen=True)
class Report(Record):
    """One model, or several side by side in the order they were named."""

    kind: ClassVar[str] = "report"

    models: tuple[Reported, ...]

    def parts(self) -> list[tuple[str, Record]]:
        """Profile and memory of every model; of several each with its number before the names of charts."""
        several = len(self.models) > 1
        numbered = [(f"{number}-" if several else "", model) for number, model in enumerate(self.models, 1)]
        found = [(prefix, part) for prefix, model in numbered for part in (model.profile, model.memory)]
        return [(prefix, part) for prefix, part in found if part is not None]


def distinct(
    explained: Explanations, layers: Iterable[Layer], most: int = MOST_DERIVATIONS
) -> tuple[tuple[Explanation, ...], tuple[int | None, ...]]:
    """Each derivation once, and of each layer which one it has.

    Args:
        explained: of the model's layers, those without a formula left out.
        layers: the rows of its profile.
        most: how many derivations are kept.
    """
    places: dict[object, int] = {}
    found = {_row(each): places.setdefault(_same(each), len(places)) for each in explained.layers}
    firsts = {places[_same(each)]: each for each in reversed(explained.layers)}
    derived = (found.get(_row(layer)) for layer in layers)
    kept = tuple(firsts[at] for at in range(min(most, len(firsts))))
    return kept, tuple(at if at is not None and at < most else None for at in derived)


def _row(layer: Layer | Explanation) -> tuple[str, str, int]:
    return layer.path, layer.op, layer.call


def _same(layer: Explanation) -> tuple[object, ...]:
    """What layers have in common that share a derivation: one has to read for all of them."""
    return layer.input_shapes, layer.output_shapes, layer.equation, layer.functions, layer.derivation


def side_by_side(profiles: Sequence[Profile]) -> Report:
    """A report of profiles that are there already."""
    return Report(tuple(Reported(profile) for profile in profiles))
