"""Cost against the size of the input and the batch, and which layers grow how."""

from dataclasses import dataclass
from typing import ClassVar

from netstat.records.base import Record
from netstat.records.formula import sides


@dataclass(frozen=True, slots=True)
class ScalingPoint:
    """A model's totals at one size.

    `inference_peak_bytes` is the predicted memory of a forward pass, as `netstat memory` has it.
    """

    sizes: dict[str, int]
    shapes: tuple[tuple[int, ...], ...]
    params: int
    macs: int
    flops: int
    activation_bytes: int
    inference_peak_bytes: int

    @property
    def side(self) -> tuple[int, ...]:
        """Height and width, or whatever grows instead; () where nothing does."""
        return tuple(self.sizes[name] for name in sides(self.sizes))


@dataclass(frozen=True, slots=True)
class LayerGrowth:
    """One operator call.

    Attributes:
        path, op, call: of the profile's row.
        degree: how often sizes of the input come together as factors in its flops, floors aside.
        growth: the same in words: "constant", "∝ HW", "∝ (HW)²".
        flops: at each of the scaling's sides, for its first batch.
    """

    path: str
    op: str
    call: int
    degree: int
    growth: str
    flops: tuple[int, ...]


@dataclass(frozen=True)
class Scaling(Record):
    """A model's cost over sizes of its input.

    Attributes:
        model: name as given, or the class name.
        batches: the sizes of the batch.
        points: every size at every batch, sizes of the first batch first.
        layers: those that compute anything, in execution order.
    """

    kind: ClassVar[str] = "scaling"

    model: str
    batches: tuple[int, ...]
    points: tuple[ScalingPoint, ...]
    layers: tuple[LayerGrowth, ...]

    def of_batch(self, batch: int) -> tuple[ScalingPoint, ...]:
        """The points of one batch, in the order of their sizes."""
        number = self.batches.index(batch)
        each = len(self.points) // len(self.batches)
        return self.points[number * each : (number + 1) * each]

    def share(self, growth: str, place: int) -> tuple[int, int]:
        """Flops of all layers that grow so, and of all layers, at a size of the first batch."""
        part = sum(layer.flops[place] for layer in self.layers if layer.growth == growth)
        return part, sum(layer.flops[place] for layer in self.layers)

    @property
    def growths(self) -> tuple[str, ...]:
        """The ways in which layers grow, the slowest first."""
        return tuple(dict.fromkeys(layer.growth for layer in sorted(self.layers, key=lambda layer: layer.degree)))
