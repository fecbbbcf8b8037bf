"""The main record: a model's layers, totals and whatever else was asked for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from netstat.records.base import Record

if TYPE_CHECKING:
    from netstat.records.benchmark import Benchmark
    from netstat.records.crosscheck import CrossCheck


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the model: shape with the batch, dtype as torch spells it."""

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class Layer:
    """One operator call, in execution order.

    A leaf module's, or a functional one under the path of the module whose forward ran it. Counts are exact ints, sizes
    bytes. `params` are those the row owns, shown at every call. `count` is the figure in the profile's convention, None
    where the operator has no formula. `arithmetic_intensity` is flops per byte, None where no byte moves.
    `receptive_field` is the input extent one output value sees per spatial dimension, None where that has no meaning.
    """

    path: str
    op: str
    module: str
    call: int
    input_shapes: tuple[tuple[int, ...], ...]
    output_shapes: tuple[tuple[int, ...], ...]
    params: int
    trainable_params: int
    macs: int
    flops: int
    multiplies: int
    adds: int
    divides: int
    compares: int
    specials: int
    bytes_read: int
    bytes_written: int
    count: int | None
    arithmetic_intensity: float | None
    receptive_field: tuple[int, ...] | None

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the first input; () where there is none."""
        return self.input_shapes[0] if self.input_shapes else ()

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Shape of the first output; () where there is none."""
        return self.output_shapes[0] if self.output_shapes else ()


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the layers; each parameter once, however often it is used.

    `unused_params` are parameters of the model that no layer of this forward pass reads; they are in `params`.
    `activation_bytes` are the bytes of every tensor the forward pass makes: views, in-place results and inputs not
    counted.
    """

    params: int
    trainable_params: int
    unused_params: int
    param_bytes: int
    buffer_bytes: int
    input_bytes: int
    macs: int
    flops: int
    multiplies: int
    adds: int
    divides: int
    compares: int
    specials: int
    bytes_read: int
    bytes_written: int
    activation_bytes: int
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """The sum over one kind of layer ("convolution", "fully connected", …)."""

    name: str
    layers: int
    params: int
    macs: int
    flops: int


@dataclass(frozen=True, slots=True)
class Uncounted:
    """An operator without a formula: where, how often, and how many output elements it made."""

    path: str
    op: str
    calls: int
    elements: int


@dataclass(frozen=True)
class Profile(Record):
    """Everything netstat found out about one model at one input.

    Attributes:
        model: name as given, or the class name.
        convention: name of the convention of every `count`; its unit is `unit`.
        complete: whether every operator had a formula; if not, counts are lower bounds.
        training: whether the forward pass was counted in training mode.
    """

    kind: ClassVar[str] = "profile"

    model: str
    convention: str
    unit: str
    complete: bool
    training: bool
    inputs: tuple[Input, ...]
    totals: Totals
    groups: tuple[Group, ...]
    layers: tuple[Layer, ...]
    uncounted: tuple[Uncounted, ...]
    crosscheck: "tuple[CrossCheck, ...] | None" = None
    benchmarks: "tuple[Benchmark, ...] | None" = None
    environment: dict[str, Any] | None = None
