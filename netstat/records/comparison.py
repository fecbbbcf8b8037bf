"""Models side by side."""

from dataclasses import dataclass, field
from typing import ClassVar

from netstat.records.base import Record
from netstat.records.origin import Origin
from netstat.records.profile import Group, Totals


@dataclass(frozen=True, slots=True)
class Compared:
    """One model of a comparison. Ratios are to the first model: params and macs of this one divided by the first's.

    `receptive_field` is that of the last layer that has one, `nonlinearities` how many layers are activations, `origin`
    what the profile is of.
    """

    model: str
    inputs: tuple[tuple[int, ...], ...]
    complete: bool
    layers: int
    weighted_layers: int
    totals: Totals
    groups: tuple[Group, ...]
    params_ratio: float | None
    macs_ratio: float | None
    receptive_field: tuple[int, ...] | None = None
    nonlinearities: int | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Comparison(Record):
    """Several models in the order they were named."""

    kind: ClassVar[str] = "comparison"

    models: tuple[Compared, ...]
