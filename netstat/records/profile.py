"""The main record: a model's layers, totals and whatever else was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from netstat.records.base import Record

if TYPE_CHECKING:
    from netstat.records.benchmark import Benchmark
    from netstat.records.crosscheck import CrossCheck
    from netstat.records.freezing import Freezing
    from netstat.records.pooling import Overlap
    from netstat.records.roofline import Roofline
    from netstat.records.tree import Branch


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
    bytes. `params` are those the row owns, shown at every call; `repeated_params` of them were in an earlier row.
    `count` is the figure in the profile's convention, None where the operator has no formula; a row of several
    operators is `complete` where all of them have one, else its counts are lower bounds. `arithmetic_intensity` is
    flops per byte, None where no byte moves or something is uncounted. `receptive_field` is the input extent one output
    position sees per spatial dimension, None where that has no meaning or is not known; `jump` how far the field moves
    from one output position to the next, `center` its middle at output position 0, `effective_padding` how far it
    begins before the input there: exact, as text ("3", "-1/4"), None where branches move on at several speeds.
    `backward_macs` are the multiply-accumulates of the backward pass, None where nobody asked for them or the operator
    has no formula. `overlapping`: it is or has a sliding pool whose window is larger than its stride.
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
    repeated_params: int = 0
    complete: bool = True
    backward_macs: int | None = None
    jump: tuple[str, ...] | None = None
    center: tuple[str, ...] | None = None
    effective_padding: tuple[str, ...] | None = None
    overlapping: bool = False

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

    `unused_params` are parameters of the model that no layer of this forward pass reads, `frozen_params` those that
    take no gradient, `shared_params` those that have a second name: all of them are in `params`, once. `buffers` are
    the elements of buffers, which are not. `activation_bytes` are the bytes of every tensor the forward pass makes:
    views, in-place results and inputs not counted. `flops_at_most` is what `flops` can be at most with the operators
    that have no formula, None where nobody can say.
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
    frozen_params: int = 0
    shared_params: int = 0
    buffers: int = 0
    flops_at_most: int | None = None
    backward_macs: int | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """A container: its class, and the parameters that the calls inside read, each once.

    `repeated_params` of them were read before its first call.
    """

    path: str
    module: str
    params: int
    trainable_params: int
    repeated_params: int


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
    """An operator without a formula: where, how often, and how many output elements it made.

    `at_most` are the flops these calls can have at most, None where nobody can say.
    """

    path: str
    op: str
    calls: int
    elements: int
    at_most: int | None = None


@dataclass(frozen=True)
class Profile(Record):
    """Everything netstat found out about one model at one input.

    Attributes:
        model: name as given, or the class name.
        convention: name of the convention of every `count`; its unit is `unit`.
        complete: whether every operator had a formula; if not, counts are lower bounds.
        training: whether the forward pass was counted in training mode.
        modules: the containers among the model's modules.
        captured: what the forward pass was followed on: "meta", "fake" or "cpu" tensors, "" where shape rules sufficed.
        sparse: whether pruning was counted as if it were permanent: of masked weights only what the masks keep.
        roofline: one entry per benchmark that is no second look.
        freezing: what goes away of a training step because parameters are frozen; None where nobody asked.
        overlapping: the overlapping pools, each beside the same with windows that tile the input.
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
    modules: tuple[Module, ...] = ()
    captured: str = ""
    sparse: bool = False
    roofline: "tuple[Roofline, ...] | None" = None
    freezing: "Freezing | None" = None
    overlapping: "tuple[Overlap, ...] | None" = None

    @property
    def timed(self) -> "Benchmark | None":
        """The first benchmark that has times of layers."""
        return next((benchmark for benchmark in self.benchmarks or () if benchmark.layers), None)

    def metrics(self, prefix: str = "") -> dict[str, int | float]:
        """Totals, and figures of peers and clocks, as numbers by name: what experiment trackers log.

        Args:
            prefix: begins every name, such as "netstat/".
        """
        from netstat.records.metrics import metrics_of

        return {f"{prefix}{name}": value for name, value in metrics_of(self).items()}

    def tree(self, depth: int | None = None, filters: Sequence[str] = ()) -> "tuple[Branch, ...]":
        """The rows by the modules they are in; equal neighbours stand together as one.

        Args:
            depth: how many levels; None for all.
            filters: paths and operators (globs) of what is wanted; a container keeps the figures of all that is in it.
        """
        from netstat.records.tree import grow

        return grow(self, depth, filters)

    def table(
        self,
        columns: Sequence[str] | None = None,
        sort: str | None = None,
        *,
        tree: bool = False,
        depth: int | None = None,
        filters: Sequence[str] = (),
    ) -> str:
        """What `print` shows, with the layer table as one likes it.

        Args:
            columns, sort: names of the columns to show, and of the one to sort by.
            tree: whether rows stand in the modules they belong to, as `tree` has them.
            depth: levels of the tree.
            filters: paths and operators (globs) of the rows to show; totals stay the model's.

        Raises:
            UsageError: there is no such column.
        """
        from netstat.records.view import View
        from netstat.registry import REPORTS

        return REPORTS["table"].render(self, View(columns, sort, tree, depth, tuple(filters))).decode()
