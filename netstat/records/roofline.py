"""How far each layer is from what the machine allows: computed bounds beside measured times, never in one field."""

from dataclasses import dataclass
from math import fsum

from netstat.records.ceilings import Ceiling

COMPUTE, MEMORY = "compute", "memory"


@dataclass(frozen=True, slots=True)
class LayerRoof:
    """One layer call under the roofs.

    Attributes:
        path, op, call: of the layer.
        family: kind of operator ("convolution"), "" where there is none.
        flops: elementary operations.
        bytes_moved: minimum traffic: inputs, parameters and outputs, each once.
        working_set: bytes that decide at which level the traffic is.
        bound_seconds: the least time it can take; None where there is nothing to do, or no formula for what is.
        roof: what sets the bound, "compute" or "memory"; "" where there is none.
        level: where the traffic is: a cache ("L2") or "memory"; "" where there is no bound.
        measured_seconds: the layer's median; None where no clock saw it apart.
        below: the smallest time that could be told from the clock's own.
    """

    path: str
    op: str
    call: int
    family: str
    flops: int
    bytes_moved: int
    working_set: int
    bound_seconds: float | None
    roof: str
    level: str
    measured_seconds: float | None
    below: float = 0.0

    @property
    def known_seconds(self) -> float | None:
        """The measured time, None where it cannot be told from the clock's own."""
        seconds = self.measured_seconds
        return None if seconds is None or seconds <= 0 or seconds < self.below else seconds

    @property
    def efficiency(self) -> float | None:
        """Bound over measured time; over 1 where a bound is wrong, and never clamped."""
        if self.bound_seconds is None or self.known_seconds is None:
            return None
        return self.bound_seconds / self.known_seconds

    @property
    def over_seconds(self) -> float | None:
        """Measured time over the bound: what a perfect implementation would save."""
        return None if self.measured_seconds is None else self.measured_seconds - (self.bound_seconds or 0.0)

    @property
    def arithmetic_intensity(self) -> float | None:
        """FLOPs per byte, None where no byte moves."""
        return self.flops / self.bytes_moved if self.bytes_moved else None

    @property
    def flops_per_second(self) -> float | None:
        """What the layer reached."""
        return None if self.known_seconds is None else self.flops / self.known_seconds

    @property
    def attainable_flops_per_second(self) -> float | None:
        """What it reaches at best, under the roof that bounds it; None where there is no bound."""
        return self.flops / self.bound_seconds if self.bound_seconds else None


@dataclass(frozen=True, slots=True)
class Roofline:
    """The roofline of one benchmark.

    Attributes:
        ceiling: the roofs.
        layers: every layer of the model, timed or not.
        measured_seconds: the whole forward pass.
    """

    ceiling: Ceiling
    layers: tuple[LayerRoof, ...]
    measured_seconds: float

    @property
    def bound_seconds(self) -> float:
        """The least time the layers can take one after the other."""
        return fsum(layer.bound_seconds or 0.0 for layer in self.layers)

    @property
    def compute_seconds(self) -> float:
        """The least time of the arithmetic alone, as if data moved in no time."""
        return sum(layer.flops for layer in self.layers) / self.ceiling.flops_per_second

    @property
    def exceeding(self) -> tuple[LayerRoof, ...]:
        """Layers faster than their roof: a bound that is wrong there."""
        return tuple(layer for layer in self.layers if (layer.efficiency or 0.0) > 1.0)

    @property
    def lost(self) -> tuple[LayerRoof, ...]:
        """Timed layers and what no layer accounts for, by time over the roof, greatest first.

        Their times add up to the whole, their bounds to the model's: what is unattributed has the bounds of the layers
        that were not timed.
        """
        timed = [layer for layer in self.layers if layer.measured_seconds is not None]
        return tuple(sorted([*timed, self._rest], key=lambda layer: -(layer.over_seconds or 0.0)))

    @property
    def _rest(self) -> LayerRoof:
        untimed = [layer for layer in self.layers if layer.measured_seconds is None]
        seconds = self.measured_seconds - fsum(layer.measured_seconds or 0.0 for layer in self.layers)
        bound = fsum(layer.bound_seconds or 0.0 for layer in untimed)
        flops, moved = sum(layer.flops for layer in untimed), sum(layer.bytes_moved for layer in untimed)
        return LayerRoof("unattributed", "", 0, "", flops, moved, moved, bound or None, "", "", seconds)
