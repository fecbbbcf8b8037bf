"""What other counters say, and why it differs."""

from dataclasses import dataclass
from typing import ClassVar

from netstat.records.base import Record


@dataclass(frozen=True, slots=True)
class PeerCount:
    """What one counter returned when it was run.

    Attributes:
        peer: its name.
        version: of the installed package, "" where it is missing.
        total: the figure it reports for the whole model; None where it gave none.
        by_path: its figure per module path for what that module's own forward ran, children apart; modules it has no
            figure for are left out.
        params: the parameters it reports, None where it reports none.
        error: one line saying why there is no figure; "" where there is one.
        note: one line on what to know of the figure; "" where there is nothing.
    """

    peer: str
    version: str
    total: int | None = None
    by_path: dict[str, int] | None = None
    params: int | None = None
    error: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class BillItem:
    """One reason for a difference, with its amount in the peer's unit and the layers it comes from.

    `issue` is where a defect is on public record ("pytorch#195460"), "" where nothing is.
    """

    reason: str
    amount: int
    paths: tuple[str, ...] = ()
    issue: str = ""


@dataclass(frozen=True, slots=True)
class LayerCheck:
    """One module's figure: what the peer said and what its convention predicts from our counts."""

    path: str
    reported: int
    predicted: int

    @property
    def unexplained(self) -> int:
        """What the convention does not account for."""
        return self.reported - self.predicted


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """A peer's figure beside ours: reported = ours + Σ terms + unexplained.

    Attributes:
        peer: name of the counter; `version` of the package that ran.
        unit: what the peer calls its figure: "macs" or "flops".
        reported: the peer's own total, None where it could not be run (`error` says why).
        ours: our multiply-accumulates.
        predicted: what the peer must report by its own rules, computed from our counts.
        unexplained: reported − predicted, None where nothing was reported.
        terms: the difference between ours and predicted, itemised.
        layers: the same per module, where the peer has figures per module.
        reported_params: parameters the peer reports, None where it reports none.
        error: one line on why there is no figure.
        per_mac: how many of its unit the tool gives for one multiply-accumulate.
        note: one line on what to know of it: that the package is of another version than the rules were written for.
    """

    peer: str
    version: str
    unit: str
    reported: int | None
    ours: int
    predicted: int
    unexplained: int | None
    terms: tuple[BillItem, ...]
    layers: tuple[LayerCheck, ...] = ()
    reported_params: int | None = None
    error: str = ""
    per_mac: int = 1
    note: str = ""

    @property
    def figure(self) -> int:
        """What the tool reports, or must report where it was not run."""
        return self.predicted if self.reported is None else self.reported

    @property
    def off(self) -> float | None:
        """How far the figure is from our multiply-accumulates in its unit, as a share of them; None of nothing."""
        ours = self.per_mac * self.ours
        return self.figure / ours - 1 if ours else None

    @property
    def closed(self) -> bool:
        """Whether the difference is explained to the last operation, in total and per module."""
        return self.unexplained == 0 and not any(layer.unexplained for layer in self.layers)


@dataclass(frozen=True)
class CrossChecks(Record):
    """The cross-check of one model against several peers. Behaves as a sequence of `CrossCheck`.

    Attributes:
        model: the model's name.
        crosscheck: one entry per peer.
        training: whether it is of the training pass; of tools that see to evaluation mode themselves, it never is.
    """

    kind: ClassVar[str] = "crosscheck"

    model: str
    crosscheck: tuple[CrossCheck, ...]
    training: bool = False

    @property
    def heading(self) -> str:
        """The model, with the pass where that is not the usual one."""
        return f"{self.model}, training pass" if self.training else self.model

    def __getitem__(self, index: int) -> CrossCheck:
        return self.crosscheck[index]

    def __len__(self) -> int:
        return len(self.crosscheck)
