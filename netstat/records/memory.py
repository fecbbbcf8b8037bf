"""What a model needs of memory, predicted and measured. Bytes throughout; the two never share a field."""

from dataclasses import dataclass
from typing import ClassVar

from netstat.records.base import Record
from netstat.records.freezing import Freezing
from netstat.records.profile import Input

PHASES = ("forward", "loss", "backward", "optimizer")
MOST_PIECES = 8


@dataclass(frozen=True, slots=True)
class Moment:
    """What is alive while one operator runs: what it reads, what it makes, and all that is held besides.

    From one moment to the next: `live_bytes` − `freed_bytes` + `allocated_bytes`, the last two being the later
    moment's. `saved_bytes` of the live ones are held for the backward pass alone, `gradient_bytes` are gradients of
    parameters; parameters, buffers, inputs and the state of an optimizer are always there.
    """

    phase: str
    path: str
    op: str
    call: int
    live_bytes: int
    allocated_bytes: int
    freed_bytes: int
    saved_bytes: int = 0
    gradient_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """Memory that one operator made and that is alive still: of `kind` "activations", "saved" or "gradients"."""

    path: str
    op: str
    call: int
    kind: str
    nbytes: int


@dataclass(frozen=True, slots=True)
class Need:
    """What one pass needs, predicted: the components add up to `peak_bytes`, at the moment that needs most.

    `saved_bytes`, `gradient_bytes` and `activation_bytes` are those of that moment; `activation_bytes` is whatever is
    neither saved nor resident: results on their way to the next operator, gradients of activations, temporaries.
    `saved_total_bytes` is all that a forward pass saves for the backward pass, each storage once. `largest` are the
    largest pieces that are alive at the peak and were not there before the pass began, at most `MOST_PIECES` of them.
    """

    peak_bytes: int
    param_bytes: int
    buffer_bytes: int
    input_bytes: int
    optimizer_bytes: int
    activation_bytes: int
    saved_bytes: int
    gradient_bytes: int
    saved_total_bytes: int
    peak: int
    timeline: tuple[Moment, ...]
    largest: tuple[Piece, ...] = ()

    @property
    def resident_bytes(self) -> int:
        """What is there before the pass begins."""
        return self.param_bytes + self.buffer_bytes + self.input_bytes + self.optimizer_bytes

    @property
    def moment(self) -> Moment:
        """The moment that needs most."""
        return self.timeline[self.peak]


@dataclass(frozen=True, slots=True)
class Layer:
    """One operator call: what it makes, what it saves for the backward pass, what is alive while it runs."""

    path: str
    op: str
    call: int
    param_bytes: int
    output_bytes: int
    live_bytes: int
    saved_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class MeasuredCall:
    """The peak while one call of a leaf module, or one phase of a training step, ran."""

    path: str
    call: int
    peak_bytes: int
    tensor_peak_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one pass took on a device, by that device's own bookkeeping.

    `before_bytes` were there when it began, both peaks include them. `tensor_peak_bytes` is the peak of what outlives
    the operator that made it; the rest is workspace, which operators take and give back before they return. None where
    the device does not tell them apart. `resident_set_bytes` is by how much the process's own peak grew, which counts
    what allocators keep and what libraries take behind torch's back.
    """

    passed: str
    device: str
    how: str
    before_bytes: int
    peak_bytes: int
    tensor_peak_bytes: int | None = None
    calls: tuple[MeasuredCall, ...] = ()
    resident_set_bytes: int | None = None

    @property
    def workspace_bytes(self) -> int | None:
        """By how much workspace raises the peak."""
        return None if self.tensor_peak_bytes is None else self.peak_bytes - self.tensor_peak_bytes


@dataclass(frozen=True, slots=True)
class Fit:
    """The largest batch of which one pass fits into `limit_bytes`, by its prediction; 0 where not even one does.

    `next_bytes` is what one example more would need.
    """

    passed: str
    limit_bytes: int
    batch: int
    peak_bytes: int
    next_bytes: int


@dataclass(frozen=True)
class Memory(Record):
    """Memory of one model: of a forward pass in evaluation mode, and of a training step.

    Attributes:
        model: name as given, or the class name.
        inputs: shapes with the batch.
        batch: leading dimension of the first input.
        dtype: of parameters and floating-point inputs.
        optimizer: "sgd", "sgd-momentum", "adam" or "adamw".
        amp: the dtype of autocast in training, "" for none.
        loss: what the training step differentiates: "cross-entropy" or "sum"; "model" where the model gives its own.
        inference, training: predicted; None where it was not asked for, or cannot be: `not_predicted` says why.
        layers: per operator call of the forward pass.
        measured: what a device said; None where nobody asked it.
        fits: largest batches; None where nobody asked.
        freezing: what goes away because parameters are frozen; None where none are.
    """

    kind: ClassVar[str] = "memory"

    model: str
    inputs: tuple[Input, ...]
    batch: int
    dtype: str
    optimizer: str
    amp: str
    loss: str
    inference: Need
    layers: tuple[Layer, ...]
    training: Need | None = None
    not_predicted: str = ""
    measured: tuple[Measured, ...] | None = None
    fits: tuple[Fit, ...] | None = None
    freezing: Freezing | None = None

    @property
    def inference_peak_bytes(self) -> int:
        """Predicted peak of a forward pass in evaluation mode."""
        return self.inference.peak_bytes

    @property
    def training_peak_bytes(self) -> int | None:
        """Predicted peak of a training step, None where it cannot be predicted."""
        return None if self.training is None else self.training.peak_bytes

    def predicted(self, passed: str) -> Need | None:
        """The prediction for "inference" or "training"."""
        return self.training if passed == "training" else self.inference
