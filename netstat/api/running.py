"""What Python users call to learn what running a model takes: time, memory, a machine's ceilings."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from netstat.api.subjects import Ways, benchmark_subject, forecast_subject, profile_subject, subject_of
from netstat.errors import UsageError
from netstat.frontends.inputs import InputShape
from netstat.frontends.selection import Patterns, selection
from netstat.frontends.subject import Shape

if TYPE_CHECKING:
    from netstat.frontends.subject import Subject
    from netstat.measure.sampling import Progress
    from netstat.measure.settings import Settings
    from netstat.records.benchmark import Benchmarks
    from netstat.records.ceilings import Ceilings
    from netstat.records.forecast import Forecasts
    from netstat.records.memory import Memory
    from netstat.records.pipeline import Pipeline


def benchmark(
    model: Any,
    input_shape: InputShape = None,
    *,
    device: str | Sequence[str] = "cpu",
    batch: int | Sequence[int] = 1,
    dtype: str | Sequence[str] = "float32",
    threads: int | Sequence[int] | None = None,
    memory_format: str | Sequence[str] = "contiguous",
    mode: str | Sequence[str] = "eager",
    training: bool = False,
    optimizer: str = "sgd",
    loss: str = "cross-entropy",
    epochs: int | None = None,
    images: int | None = None,
    freeze: Patterns = (),
    train_only: Patterns = (),
    fully_convolutional: bool | Shape = False,
    roofline: bool = False,
    settings: "Settings | None" = None,
    progress: "Progress | None" = None,
) -> "Benchmarks":
    """Measured forward time, whole and per layer. The result is a sequence with one entry for each combination.

    The model is timed in fresh processes, which build it by its name or get a copy of the module; each of them is a
    draw of its own. Where several threads gave no reliable figure, one entry more has `second_look`: one thread.

    With `training` a training step instead, phase by phase: the sequence is empty, and `training` has the one entry.

    Args:
        model, input_shape, fully_convolutional: as for `profile`.
        device: cpu, cuda or cuda:N. This and all that follow: one, or several to be compared.
        batch: leading dimension of every input.
        dtype: fp32 (no TF32), tf32, bf16, fp16.
        threads: CPU threads; torch's own choice by default.
        memory_format: contiguous or channels_last.
        mode: eager, compile (torch.compile) or cuda-graph.
        training: time forward, loss, backward and optimiser of a step in training mode; bf16 and fp16 by autocast.
        optimizer: sgd, sgd-momentum, adam, adamw.
        loss: cross-entropy, mse, sum; a model that returns its own loss is trained by that.
        epochs, images: forecast the time of so many epochs over so many examples.
        freeze, train_only: which parameters are trained, as for `profile`; the others take no gradient.
        roofline: put every layer under what the device was measured to allow; see `ceilings`.
        settings: how long to measure; `netstat.measure.settings` has QUICK and RIGOROUS.
        progress: called with a label and the share that is done.

    Raises:
        UsageError: no such device, dtype, memory format, mode, optimiser, loss or number of threads; half a forecast;
            a pattern that matches nothing, or patterns that leave nothing to train.
        ModelError: the model cannot run or be trained there, or would not fit into memory. One combination of several
            that cannot be measured is in `failures`.
    """
    from netstat.measure.regime import Regime

    batches, regime = _several(batch), Regime(optimizer, loss, epochs, images)
    ways = Ways(*map(_several, (device, batches, dtype, threads, memory_format, mode)))
    trained, form = selection(freeze, train_only), fully_convolutional
    if training:
        regime.check()
    else:
        regime.check_idle()
        trained.check_idle()
    first = batches[0]
    subject = subject_of(model, input_shape, first, training=training, fully_convolutional=form, selection=trained)
    if training:
        from netstat.api.training import training_subject

        return training_subject(subject, ways, regime, settings=settings, progress=progress)
    times = benchmark_subject(subject, ways, settings=settings, progress=progress)
    return _under_roofs(times, subject) if roofline else times


def _under_roofs(times: "Benchmarks", subject: "Subject") -> "Benchmarks":
    from netstat.api.roofs import rooflines

    return replace(times, roofline=rooflines(profile_subject(subject).layers, times.benchmarks))


def _several(choice: Any) -> list[Any]:
    """One or several, as a list.

    Raises:
        UsageError: there is none.
    """
    found = [choice] if choice is None or isinstance(choice, (str, int)) else list(choice)
    if not found:
        raise UsageError("a benchmark of no device, batch, dtype, thread, memory format or mode has nothing to time")
    return found


def forecast(
    model: Any,
    input_shape: InputShape = None,
    *,
    device: str | Sequence[str],
    batch: int = 1,
    dtype: str = "fp32",
    training: bool = False,
    freeze: Patterns = (),
    train_only: Patterns = (),
    fully_convolutional: bool | Shape = False,
) -> "Forecasts":
    """The time a model is expected to take on devices that need not be at hand, each with an interval.

    From the work of each operator, what makers state of the device and how much of that published times reach;
    docs/forecast.md has the model and its errors. Nothing is run. The result is a sequence with an entry per device.

    Args:
        model, input_shape, batch, fully_convolutional: as for `profile`.
        device: name of a device on paper, or several; `netstat list devices` has them.
        dtype: fp32 (no TF32), tf32, bf16, fp16.
        training: a training step with SGD and momentum instead of a forward pass.
        freeze, train_only: which parameters that step trains, as for `profile`.

    Raises:
        UsageError: nothing is on record for the device, or it has no peak in this dtype.
        ShapeError, ModelError: as `profile`.
    """
    form, trained = fully_convolutional, selection(freeze, train_only)
    given = (model, input_shape, batch, dtype)
    subject = subject_of(*given, training=training, fully_convolutional=form, selection=trained)
    return forecast_subject(subject, [device] if isinstance(device, str) else device, dtype, training=training)


def memory(
    model: Any,
    input_shape: InputShape = None,
    *,
    batch: int = 1,
    dtype: str = "float32",
    args: Sequence[Any] | None = None,
    optimizer: str = "sgd-momentum",
    amp: str = "",
    training: bool = True,
    fit: Sequence[int] = (),
    measure: bool = False,
    device: str = "cpu",
    freeze: Patterns = (),
    train_only: Patterns = (),
    fully_convolutional: bool | Shape = False,
) -> "Memory":
    """What a forward pass and a training step need of memory, predicted, and measured where asked for.

    The prediction allocates and computes nothing. Inference is worked out from the graph; a training step is gone
    through on tensors that hold nothing, with torch's own autograd and optimizer. What kernels take for themselves
    (workspace) is in no prediction; a measurement shows it apart.

    Args:
        model, input_shape, batch, dtype, args, fully_convolutional: as for `profile`.
        optimizer: "sgd", "sgd-momentum", "adam" or "adamw".
        amp: dtype of autocast in training ("bf16", "fp16"), parameters staying float32; "" for none.
        training: whether a training step is predicted; without, a built-in model needs no torch.
        fit: limits in bytes; the largest batch that fits is looked for at each.
        measure: also run both passes and follow the allocator.
        device: where; the cpu.
        freeze, train_only: which parameters are trained, as for `profile`; `freezing` has what goes away.

    Returns:
        Bytes: `.inference_peak_bytes`, `.training_peak_bytes`, what they are made of, and the way to the peak.

    Raises:
        UsageError: an optimizer, dtype or device that there is not, sizes that cannot be, a pattern that matches
            nothing, or patterns that leave nothing to train.
        ModelError: the model could not be built, captured or measured.
    """
    from netstat.api.needs import Plan, fitted, measured, memory_subject

    plan = Plan(dtype, optimizer, amp, training).checked()
    trained, form = selection(freeze, train_only), fully_convolutional

    def at(size: int) -> "Subject":
        return subject_of(model, input_shape, size, dtype, fully_convolutional=form, selection=trained)

    if fit and args is not None:
        raise UsageError("the largest batch is looked for by shapes; give input_shape instead of args")
    given = (model, input_shape, batch, dtype, args)
    subject = at(batch) if args is None else subject_of(*given, fully_convolutional=form, selection=trained)
    record = memory_subject(subject, plan)
    record = fitted(record, at, plan, fit) if fit else record
    return measured(record, subject, plan, device) if measure else record


def ceilings(
    device: str = "cpu", dtype: str = "float32", threads: int | None = None, *, again: bool = False
) -> "Ceilings":
    """The most a device computes and moves, as measured here. The result is a sequence with one entry.

    What was measured before, with the same machine, software and settings, is taken from the user's cache folder.

    Args:
        device: cpu, cuda or cuda:N.
        dtype: fp32 (no TF32), tf32, bf16, fp16.
        threads: CPU threads; torch's own choice by default.
        again: measure in any case, and keep that instead.

    Raises:
        UsageError: no such device, dtype, or number of threads.
    """
    from netstat.api.roofs import ceilings_of

    return ceilings_of([device], [dtype], threads, again=again)


def pipeline(
    model: Any = None,
    input_shape: InputShape = None,
    *,
    batch: int = 32,
    image: tuple[int, int] = (500, 375),
    resize: int = 256,
    crop: int | None = None,
    decode: bool = True,
    workers: Sequence[int] | None = None,
    device: str = "cpu",
    dtype: str = "float32",
    threads: int | None = None,
    training: bool = False,
    settings: "Settings | None" = None,
    progress: "Progress | None" = None,
) -> "Pipeline":
    """Measured time of AlexNet's preprocessing, by stage and by workers, and of a model that is fed by it.

    Scale the short side to `resize`, cut the centre out, crop at random, mirror, subtract the mean, shift the colour.

    Args:
        model, input_shape: as for `profile`; None measures the pipeline alone.
        batch: images of a batch.
        image: width and height of the synthetic photographs.
        resize: pixels.
        crop: side of the random crop in pixels; the model's input by default, else 224.
        decode: whether photographs are JPEGs in memory.
        workers: numbers of worker processes of the data loader to try; by default 0, 1, 2, 4 … up to the processors.
        device, dtype, threads: of the model, as for `benchmark`.
        training: feed a training step (SGD, cross-entropy) as well, beside the forward pass of inference.
        settings, progress: as for `benchmark`.

    Raises:
        UsageError: sizes that cannot be, a model that takes no such images, shared memory too small.
        ModelError: the pipeline or the model fails.
    """
    from netstat.api.pipelines import pipeline_subject, recipe_for

    if training and model is None:
        raise UsageError("a training step is of a model; name one")
    subject = None if model is None else subject_of(model, input_shape, batch)
    recipe = recipe_for(subject, image, resize, crop, decode=decode, batch=batch)
    return pipeline_subject(
        subject,
        recipe,
        [device],
        trained=subject_of(model, input_shape, batch, training=True) if training else None,
        workers=workers,
        dtype=dtype,
        threads=threads,
        settings=settings,
        progress=progress,
    )
