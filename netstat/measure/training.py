"""A training step of one model on one device: forward, loss, backward and optimiser, each timed apart.

The step is the one everybody writes:

    output = model(*inputs)                    forward
    loss = criterion(output, targets)          loss
    loss.backward()                            backward
    optimizer.step(); optimizer.zero_grad()    optimizer

in training mode (dropout drops, batch normalisation updates its statistics), on seeded random inputs and targets that
lie on the device. Gradients are set to None, torch's default, at the end of the optimizer's phase. float32 and tf32 run
as they are. bfloat16 and float16 are what training in them means in practice, mixed precision: parameters and optimiser
state in float32, forward and loss under autocast, and for float16 the loss scaled by a GradScaler, whose work is part
of the loss's and the optimizer's phase. Weights kept in 16 bits altogether would lose the small updates.

The forward pass in evaluation and inference mode, under the same autocast, is timed beside it in the same run.
"""

from contextlib import contextmanager
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from netstat.analysis.freezing import freezing
from netstat.analysis.training import differentiated_at, forecast, work_of
from netstat.frontends.optimizers import OPTIMIZERS, trainable
from netstat.frontends.selection import AS_IT_IS, Selection
from netstat.graph import Graph
from netstat.measure import devices, host, precision
from netstat.measure.clock import Clock, Stopwatch, SystemClock
from netstat.measure.devices import Device
from netstat.measure.isolation import isolated
from netstat.measure.regime import STANDARD, Regime
from netstat.measure.sampling import Progress, calls_per_block, sample, silent, warm_up
from netstat.measure.settings import DEFAULT, RIGOROUS, Settings
from netstat.measure.step import WEIGHTS, Step
from netstat.measure.subject import Inputs, check_values, prepared, tensors
from netstat.measure.summary import Summary, summarise
from netstat.measure.training_fitting import check_step_fits
from netstat.measure.training_record import Setting, record
from netstat.measure.training_run import run_phases
from netstat.records.freezing import Freezing
from netstat.records.training import TrainingStep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch.nn import Module

# Steps are slow: six samples, the fewest that have an interval, and two hooked steps, where one takes five seconds.
TRAINING = replace(DEFAULT, cap_seconds=40.0, processes=1)
RIGOROUS_TRAINING = replace(RIGOROUS, cap_seconds=120.0, processes=1)


def training_step(
    module: "Module",
    inputs: Inputs,
    regime: Regime = STANDARD,
    *,
    device: str | Device = "cpu",
    dtype: str = "float32",
    threads: int | None = None,
    graph: Graph | None = None,
    selection: Selection = AS_IT_IS,
    owned: bool = False,
    settings: Settings = TRAINING,
    clock: Clock | None = None,
    progress: Progress = silent,
) -> TrainingStep:
    """Time training steps of `module` on seeded random inputs and targets.

    Args:
        module: it is copied, and itself left alone. Frozen parameters stay frozen.
        inputs: name and spec of each positional input, batch included. Floating-point ones are made in float32.
        regime: optimiser, loss (`netstat.frontends.losses` says of which output) and what to forecast.
        device, threads, clock, progress: as for `benchmark`.
        dtype: a key of `precision.PRECISIONS`; 16 bits mean mixed precision.
        graph: the forward pass of this module in training mode and at these inputs: tells the arithmetic.
        selection: the patterns that chose what of it is trained, for the record.
        owned: the module was made for this and need not be copied. It will be trained.
        settings: how long to go on; a quarter of the cap for the forward pass alone.

    Returns:
        Times in seconds. What casts doubt on them stands in `warnings`.

    Raises:
        UsageError: no such device, dtype, optimiser, loss or number of threads; half a forecast.
        ModelError: the model cannot be trained, would not fit into memory, or a phase of the step fails.
    """
    load = host.load_average()
    target = devices.find(device) if isinstance(device, str) else device
    regime.check()
    kind, recipe = precision.find(dtype), OPTIMIZERS[regime.optimizer]
    check_values(module)
    check_step_fits(module, inputs, regime.optimizer, kind, target, graph, moved=not owned or not target.on_host)
    with isolated(target, kind, threads) as used, _learning():
        subject = prepared(module, target, WEIGHTS, owned=owned)
        step = Step(subject, tensors(inputs, target, WEIGHTS, subject), target, kind, regime.optimizer, regime.loss)
        stopwatch = Stopwatch(clock or SystemClock(), target)
        inference = _inference(step, subject, stopwatch, settings, progress)
        run = run_phases(step.phases, subject, stopwatch, settings, progress)
        codes = () if step.finite else ("diverged",)
        params = sum(tensor.numel() for tensor in trainable(subject)), sum(p.numel() for p in subject.parameters())
    batch, loss = _batch(inputs), step.target.loss
    setting = Setting(target, kind, used, batch, load, regime.optimizer, recipe, loss, params, codes)
    made = record(run, setting, inference, work_of(graph, step.target.places) if graph else None)
    expected = forecast(regime.epochs, regime.images, batch=batch, seconds=made.median_seconds, ci95=made.ci95_seconds)
    return replace(made, forecast=expected, freezing=_freezing(graph, step.target.places, selection))


def _freezing(graph: Graph | None, places: "Sequence[int]", selection: Selection) -> Freezing | None:
    """What goes away because parameters are frozen; None where none are."""
    if graph is None or not (any(selection) or any(not (param.trainable or param.buffer) for param in graph.params)):
        return None
    return freezing(differentiated_at(graph, places), selection, weights=WEIGHTS.dtype)


@contextmanager
def _learning() -> "Iterator[None]":
    import torch

    with torch.inference_mode(False), torch.enable_grad():
        yield


def _inference(step: Step, module: "Module", stopwatch: Stopwatch, settings: Settings, progress: Progress) -> Summary:
    """The forward pass alone."""
    import torch

    brief = replace(settings, cap_seconds=settings.cap_seconds / 4)
    label = f"inference on {stopwatch.device.name}"
    module.eval()
    with torch.inference_mode():
        warmup = warm_up(step.infer, stopwatch, brief, label=f"warming up {label}", progress=progress)
        calls = calls_per_block(median(warmup[-5:]), brief)
        blocks = sample(step.infer, stopwatch, brief, calls=calls, label=f"timing {label}", progress=progress)
    module.train()
    return summarise([block.seconds for block in blocks])


def _batch(inputs: Inputs) -> int:
    return inputs[0][1].shape[0] if inputs and inputs[0][1].shape else 1
