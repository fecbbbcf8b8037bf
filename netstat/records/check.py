"""Budgets of models, and whether they are kept. What is counted or predicted and what is measured stand apart."""

from dataclasses import dataclass
from typing import ClassVar

from netstat.records.base import Record
from netstat.records.profile import Input

# Every figure there can be a budget for, and what it is.
FIGURES = {
    "params": "parameters",
    "trainable_params": "parameters that train",
    "macs": "multiply-accumulates of a forward pass",
    "flops": "elementary operations of a forward pass",
    "param_bytes": "bytes of the parameters",
    "activation_bytes": "bytes of all tensors that a forward pass makes",
    "inference_peak_bytes": "predicted peak of a forward pass, workspace of kernels left out",
    "training_peak_bytes": "predicted peak of a training step, workspace of kernels left out",
    "latency": "measured time of a forward pass, by its 95 % confidence interval",
}
WITHIN, OVER, UNKNOWN = "within", "over", "cannot be told"
VERDICTS = (OVER, UNKNOWN, WITHIN)  # the first that any budget has is that of all


@dataclass(frozen=True, slots=True)
class Weight:
    """What a layer has of a figure."""

    path: str
    op: str
    call: int
    amount: int


@dataclass(frozen=True, slots=True)
class TimeWeight:
    """What a layer has of a latency."""

    path: str
    op: str
    call: int
    seconds: float


@dataclass(frozen=True, slots=True)
class CountBudget:
    """An upper bound for something counted or predicted.

    Attributes:
        figure: one of `FIGURES`.
        limit: what it may be at most.
        at_least, at_most: what it is; they differ where operators have no formula, and nobody may know how much it is
            at most (None).
        verdict: "within", "over" or "cannot be told".
        layers: a pattern of layers, each of which has this budget, or the path of a module as a whole; "" for all.
        reason: why it cannot be told, "" where it can.
        heaviest: the layers that have most of it, the most first; of a budget of layers all that are over.
    """

    figure: str
    limit: int
    at_least: int
    at_most: int | None
    verdict: str
    layers: str = ""
    reason: str = ""
    heaviest: tuple[Weight, ...] = ()


@dataclass(frozen=True, slots=True)
class LatencyBudget:
    """An upper bound for a measured time; `device`, `batch`, `dtype`, `threads` and the times are the benchmark's.

    It is kept where the whole interval is within, and broken where none of it is. `reason` and `heaviest` are as for
    counts.
    """

    limit_seconds: float
    median_seconds: float
    ci95_seconds: tuple[float, float]
    verdict: str
    device: str
    batch: int
    dtype: str
    threads: int
    reason: str = ""
    heaviest: tuple[TimeWeight, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """The budgets of one model at one input."""

    model: str
    inputs: tuple[Input, ...]
    counts: tuple[CountBudget, ...]
    latencies: tuple[LatencyBudget, ...] = ()

    @property
    def budgets(self) -> tuple[CountBudget | LatencyBudget, ...]:
        """All of them."""
        return (*self.counts, *self.latencies)


@dataclass(frozen=True)
class Check(Record):
    """Models and their budgets.

    Attributes:
        verdict: "over" where any budget is, else "cannot be told" where any cannot, else "within".
        checked: model by model.
        source: the file that budgets were read from; "" for none.
    """

    kind: ClassVar[str] = "check"

    verdict: str
    checked: tuple[Checked, ...]
    source: str = ""

    @property
    def passed(self) -> bool:
        """Whether every budget is kept, without doubt."""
        return self.verdict == WITHIN
