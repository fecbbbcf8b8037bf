"""Activation functions: exact counts, curves, and measured times, per element where they are shown."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from netstat.records.base import Record
from netstat.records.benchmark import Benchmark

REACH = 10  # x is looked at from −REACH to REACH
ALIVE = 0.01  # a gradient below this is near zero: less than 1 % of the error is passed on


@dataclass(frozen=True, slots=True)
class Activation:
    """One function on one tensor.

    Attributes:
        name: what it is called here; the path of its times.
        op, module: operator and class of torch.nn.
        settings: what the class is made with.
        elements: of the tensor.
        multiplies, adds, divides, compares, specials, bytes_read, bytes_written: exact counts for the whole tensor.
        across_channels: whether a value depends on other channels too; counts then depend on the number of channels.
        also: its settings as others spell them.
        alive: lowest and highest x in −REACH … REACH, in steps of 0.005, at which |gradient| ≥ ALIVE; None where there
            is none, or it is no function of one value.
        value, gradient: of the function, at each x of the record; () where it is none of one value.
    """

    name: str
    op: str
    module: str
    settings: str
    elements: int
    multiplies: int
    adds: int
    divides: int
    compares: int
    specials: int
    bytes_read: int
    bytes_written: int
    across_channels: bool = False
    also: str = ""
    alive: tuple[float, float] | None = None
    value: tuple[float, ...] = ()
    gradient: tuple[float, ...] = ()

    @property
    def flops(self) -> int:
        """Elementary operations of the whole tensor, each counted as one."""
        return self.multiplies + self.adds + self.divides + self.compares + self.specials

    def per_element(self, count: str) -> Fraction:
        """A count over the number of elements, exactly."""
        return Fraction(getattr(self, count), self.elements)


@dataclass(frozen=True)
class Activations(Record):
    """Every activation on one tensor.

    Attributes:
        input_shape: of the tensor, batch and channels in front.
        dtype: of the tensor.
        x: where values and gradients are given.
        benchmarks: of a module that holds them all, each on the same input: a layer's path is an activation's name.
        environment: of the process that measured.
    """

    kind: ClassVar[str] = "activations"

    input_shape: tuple[int, ...]
    dtype: str
    x: tuple[float, ...]
    activations: tuple[Activation, ...]
    benchmarks: tuple[Benchmark, ...] | None = None
    environment: dict[str, Any] | None = None

    def __getitem__(self, name: str) -> Activation:
        """The activation of that name."""
        return next(activation for activation in self.activations if activation.name == name)

    def seconds(self, activation: Activation, benchmark: Benchmark) -> float | None:
        """Measured seconds of a forward pass of `activation` over the tensor; None where nothing was measured."""
        return next((layer.median_seconds for layer in benchmark.layers if layer.path == activation.name), None)

    def seconds_per_element(self, activation: Activation, benchmark: Benchmark) -> float | None:
        """The same over the number of elements."""
        seconds = self.seconds(activation, benchmark)
        return None if seconds is None else seconds / activation.elements
