"""Memory of a resolved model: predicted, measured, and the largest batch that fits."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from netstat.analysis.memory import inference_need, layers, need
from netstat.errors import ModelError, UsageError
from netstat.frontends.freezing import selected
from netstat.frontends.inputs import DTYPES
from netstat.frontends.optimizers import OPTIMIZERS
from netstat.frontends.selection import EVERYTHING
from netstat.frontends.subject import Subject
from netstat.graph import PARAMETER
from netstat.records.memory import Fit, Measured, Memory
from netstat.records.profile import Input

if TYPE_CHECKING:
    from netstat.frontends.rehearsal import Rehearsed

AMP = ("bfloat16", "float16")
RNN = "mkldnn_rnn_layer"  # keeps a workspace of which only oneDNN knows the size
NOT_KNOWN = "training is a lower bound: what oneDNN's LSTM keeps for the backward pass is known to oneDNN alone"
BY_POSITION = "training is not predicted: only tensors given by position can be handed to the model that is run"


class Plan(NamedTuple):
    """What of a model's memory is wanted.

    Attributes:
        dtype: of parameters and floating-point inputs.
        optimizer: one of `OPTIMIZERS`.
        amp: dtype of autocast in training, "" for none.
        training: whether a training step is looked at.
    """

    dtype: str = "float32"
    optimizer: str = "sgd-momentum"
    amp: str = ""
    training: bool = True

    def checked(self) -> "Plan":
        """The plan with dtypes as torch spells them.

        Raises:
            UsageError: an optimizer or autocast dtype that there is not.
        """
        _ = OPTIMIZERS[self.optimizer]
        amp = DTYPES.get(self.amp, self.amp)
        if amp and amp not in AMP:
            raise UsageError(f"mixed precision runs in {' or '.join(AMP)}, not in '{self.amp}'")
        dtype = DTYPES.get(self.dtype, self.dtype)
        if amp and dtype != "float32":
            raise UsageError(f"mixed precision keeps float32 parameters; leave out either it or {dtype}")
        return self._replace(amp=amp, dtype=dtype)


def memory_subject(subject: Subject, plan: Plan) -> Memory:
    """The prediction for a resolved model; inference alone loads no torch for a built-in one."""
    graph = subject.graph
    if graph.training:
        raise ModelError("memory is of the evaluation pass and of a training step; leave out training mode")
    if any(node.op == PARAMETER for node in graph.nodes):
        raise ModelError(f"'{graph.model}' holds parameters and no forward pass; name the model they are of")
    inference = inference_need(graph)
    record = Memory(
        origin=subject.origin,
        model=graph.model,
        inputs=tuple(Input(name, spec.shape, spec.dtype) for name, spec in graph.inputs),
        batch=graph.inputs[0][1].shape[0] if graph.inputs and graph.inputs[0][1].shape else 1,
        dtype=plan.dtype,
        optimizer=plan.optimizer,
        amp=plan.amp,
        loss="",
        inference=inference,
        training=None,
        layers=layers(graph, inference),
    )
    if not plan.training:
        subject.selection.check_idle()
        return record
    subject.selection.check_trains(graph)
    return _trained(record, subject, plan)


def _trained(record: Memory, subject: Subject, plan: Plan) -> Memory:
    """With a training step, or why there is none."""
    try:
        lived, loss, places = rehearsed(subject, plan)
    except ModelError as error:
        return replace(record, not_predicted=str(error))
    bound = NOT_KNOWN if any(event.op == RNN for event in lived.events) else ""
    rows = layers(subject.graph, record.inference, lived)
    made = replace(record, training=need(lived), loss=loss, layers=rows, not_predicted=bound)
    return _freed(made, subject, plan, places)


def _freed(record: Memory, subject: Subject, plan: Plan, places: tuple[int, ...]) -> Memory:
    """With what goes away because parameters are frozen, where some are."""
    frozen = any(not (param.trainable or param.buffer) for param in subject.graph.params)
    if record.training is None or not (frozen or any(subject.selection)):
        return record
    from netstat.analysis.freezing import freezing, with_needs
    from netstat.analysis.training import differentiated_at

    found = freezing(differentiated_at(subject.graph, places), subject.selection)
    try:
        whole = need(rehearsed(selected(subject, EVERYTHING), plan).lifetimes)
    except ModelError:  # it can be trained frozen alone: what it would need otherwise, nobody can say
        return replace(record, freezing=found)
    return replace(record, freezing=with_needs(found, whole, record.training))


def rehearsed(subject: Subject, plan: Plan) -> "Rehearsed":
    """A training step of the model on tensors that hold nothing, and its loss.

    Raises:
        ModelError: the model cannot be trained, or not without values.
    """
    from torch.nn import Module

    from netstat.frontends.rehearsal import rehearse

    if not subject.by_position:
        raise ModelError(BY_POSITION)
    outline = subject.outline()
    if not isinstance(outline, Module):
        raise ModelError(f"only a torch.nn.Module can be trained, and this is a {type(outline).__name__}")
    dtype = "" if plan.dtype == "float32" else plan.dtype
    return rehearse(outline, subject.graph.inputs, plan.optimizer, dtype=dtype, amp=plan.amp)


def measured(record: Memory, subject: Subject, plan: Plan, device: str = "cpu") -> Memory:
    """With what a device says; a pass that would not fit is refused before it starts.

    Raises:
        UsageError: no such device, or one whose allocator is not followed.
        ModelError: the model cannot run there, or would not fit.
    """
    from netstat.measure import devices, precision
    from netstat.measure.fitting import check_fits
    from netstat.measure.memory import measure_inference, measure_training

    target, kind = devices.find(device), precision.find(plan.dtype)
    if target.torch_device != "cpu":
        raise UsageError(f"memory is measured on the cpu; on {device} it is predicted alone")
    module, inputs = subject.module(), subject.graph.inputs
    needed = max(record.inference_peak_bytes, record.training_peak_bytes or 0)
    check_fits(needed - (record.inference.param_bytes if subject.owned else 0), target)
    found: list[Measured] = [measure_inference(module, inputs, target, kind, owned=subject.owned)]
    if record.training is not None:
        step = measure_training(
            module, inputs, target, kind, optimizer=plan.optimizer, amp=plan.amp, owned=subject.owned
        )
        found.append(step)
    return replace(record, measured=tuple(found))


def fitted(record: Memory, at: Callable[[int], Subject], plan: Plan, limits: Sequence[int]) -> Memory:
    """With the largest batch for each limit.

    Args:
        record: the prediction at one batch.
        at: makes the subject at another batch.
        plan: what is wanted.
        limits: bytes.
    """
    from netstat.analysis.largest_batch import largest_batch

    known: dict[tuple[str, int], int] = {}

    def peak(passed: str, batch: int) -> int:
        if (passed, batch) not in known:
            subject = at(batch)
            found = need(rehearsed(subject, plan)[0]) if passed == "training" else inference_need(subject.graph)
            known[passed, batch] = found.peak_bytes
        return known[passed, batch]

    passes = ["inference", *(["training"] if record.training is not None else [])]
    fits: list[Fit] = [
        largest_batch(passed, lambda batch, passed=passed: peak(passed, batch), limit)  # type: ignore[misc]
        for limit in limits
        for passed in passes
    ]
    return replace(record, fits=tuple(fits))
