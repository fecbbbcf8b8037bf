"""Models side by side."""

from dataclasses import MISSING, dataclass, field, fields
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


# The totals that every file has, without the one that depends on a convention.
_COUNTS = tuple(each.name for each in fields(Totals) if each.default is MISSING and each.name != "count")
ADDED, REMOVED, CHANGED = "added", "removed", "changed"
FASTER, SLOWER, SAME, UNSETTLED = "faster", "slower", "no difference", "cannot be told"


@dataclass(frozen=True, slots=True)
class Figures:
    """A row of a profile, as far as it is compared: `params` are those that no earlier row has."""

    params: int
    trainable_params: int
    macs: int
    flops: int
    bytes_read: int
    bytes_written: int
    input_shapes: tuple[tuple[int, ...], ...]
    output_shapes: tuple[tuple[int, ...], ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A row that one of two profiles has alone, or that is another in each: the same call of an operator at a path.

    Attributes:
        change: "added", "removed" or "changed".
        differing: names of the figures that are not the same.
    """

    change: str
    path: str
    op: str
    call: int
    before: Figures | None
    after: Figures | None
    differing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeChange:
    """Measured times of one way to run, of the first model and of another.

    Attributes:
        before, after: the models' names.
        device, batch, dtype, threads, memory_format, mode: as in `Benchmark`.
        ratio: the second median over the first; None where the surroundings differ.
        ratio_ci95: its 95 % confidence interval; None where that cannot be told.
        surroundings: what differs in them, so that nothing can be said of the times.
        verdict: "faster" or "slower" where the interval leaves out 1, "no difference" (that can be told) where it has 1
            in it; "cannot be told".
        reason: why not.
    """

    before: str
    after: str
    device: str
    batch: int
    dtype: str
    threads: int
    memory_format: str
    mode: str
    before_seconds: float
    after_seconds: float
    ratio: float | None
    ratio_ci95: tuple[float, float] | None
    verdict: str
    surroundings: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Increase:
    """How much more of a figure a model may have than the first: a share of the first's; `verdict` as of a budget.

    `found` says in words how much more it has, or why that cannot be told.
    """

    model: str
    figure: str
    allowed: float
    found: str
    verdict: str


@dataclass(frozen=True)
class Comparison(Record):
    """Several models in the order they were named.

    Attributes:
        models: of all that have counts.
        unchanged: how many rows two profiles share; None where there are not two.
        changes: the others, in order of execution.
        times: every way to run that was timed of the first model and of another; None where none was.
        remarks: what has to be known of it: sides that were not counted alike.
        increases: what was asked of it; None where nothing was.
    """

    kind: ClassVar[str] = "comparison"

    models: tuple[Compared, ...]
    unchanged: int | None = None
    changes: tuple[Change, ...] | None = None
    times: tuple[TimeChange, ...] | None = None
    remarks: tuple[str, ...] = ()
    increases: tuple[Increase, ...] | None = None

    @property
    def differs(self) -> bool:
        """Whether any count or layer of a model is not that of the first."""
        counts = {tuple(getattr(model.totals, name) for name in _COUNTS) for model in self.models}
        return bool(self.changes) or len(counts) > 1

    @property
    def settled(self) -> bool:
        """Whether the totals of two models differ by what their counts do: what changed has formulas, on both sides."""
        sides = (side for change in self.changes or () for side in (change.before, change.after))
        return self.changes is not None and all(side.complete for side in sides if side)
