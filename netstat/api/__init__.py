"""What Python users call. Each function has the name of its command."""

import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from netstat.api.subjects import (
    Ways,
    benchmark_subject,
    check_complete,
    crosscheck_subject,
    forecast_subject,
    profile_subject,
    saved_profile,
)
from netstat.errors import UsageError
from netstat.frontends.inputs import InputShape, inputs_of
from netstat.frontends.resolve import is_saved, resolve
from netstat.frontends.subject import Inputs, Subject
from netstat.records import Profile, Record
from netstat.records import load as load_record

if TYPE_CHECKING:
    from netstat.graph import Graph
    from netstat.measure.sampling import Progress
    from netstat.measure.settings import Settings
    from netstat.records.benchmark import Benchmarks
    from netstat.records.ceilings import Ceilings
    from netstat.records.comparison import Comparison
    from netstat.records.crosscheck import CrossChecks
    from netstat.records.forecast import Forecasts
    from netstat.records.memory import Memory
    from netstat.records.pipeline import Pipeline
    from netstat.records.published import Published

_AS_EVER = ("documents", None, False, False, False)  # how a profile is counted where nobody says anything


def profile(
    model: Any,
    input_shape: InputShape = None,
    *,
    batch: int = 1,
    dtype: str = "float32",
    args: Sequence[Any] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    convention: str = "documents",
    depth: int | None = None,
    training: bool = False,
    backward: bool = False,
    sparse: bool = False,
    strict: bool = False,
) -> Profile:
    """What one forward pass of a model costs, layer by layer.

    Nothing of the model is run on data: no weights or activations are allocated, and the model is left as it was.

    Args:
        model: a built-in name, a torchvision name, `timm:NAME`, `hf:config.json`, `package.module:factory` or
            `file.py:factory` (these two run that code), a model file (`.onnx`, `.pt2`), a state dict (`.safetensors`,
            `.pt`, `.pth`, `.bin`), a saved result (`.json`), a torch.nn.Module, a callable, or a Graph.
        input_shape: without the batch: (3, 224, 224); several inputs as a list, named ones as a dict. Built-in and
            torchvision models know theirs.
        batch: leading dimension of every input.
        dtype: floating-point dtype of inputs and parameters: bfloat16, float16, …; decides bytes only. float32 leaves a
            module in the dtype it has.
        args: the positional inputs themselves, instead of shapes; only their shapes and dtypes are used.
        kwargs: the named inputs themselves.
        convention: what fills `count`; `netstat list conventions` names them.
        depth: fold layers deeper than this many names into one row.
        training: count the training-mode forward pass (batch statistics, dropout).
        backward: count the multiply-accumulates of the backward pass as well: `backward_macs` of totals and rows.
        sparse: count pruned weights (torch.nn.utils.prune) as if pruning were permanent: parameters and arithmetic that
            masks keep. Bytes stay those of dense tensors.
        strict: refuse a model that has an operator without a formula, instead of giving lower bounds.

    Raises:
        UsageError: unknown name, or sizes that cannot be.
        IncompleteError: under `strict`; says what is uncounted.
        ShapeError: a layer cannot take its input; says which, and what would work.
        ModelError: the model could not be built or captured.
    """
    if path := _saved(model):
        inputs = inputs_of(input_shape, batch, dtype, args, kwargs)
        anew = inputs != Inputs() or (convention, depth, training, backward, sparse) != _AS_EVER
        made = saved_profile(path, anew=anew)
    else:
        subject = _subject(model, input_shape, batch, dtype, args, kwargs, training)
        made = profile_subject(subject, convention, depth, backward=backward, sparse=sparse)
    if strict:
        check_complete(made)
    return made


def crosscheck(
    model: Any,
    input_shape: InputShape = None,
    *,
    against: Sequence[str] | None = None,
    batch: int = 1,
    args: Sequence[Any] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    time_limit: float = 120,
    training: bool = False,
) -> "CrossChecks":
    """What other counters say of the model, and every difference itemised.

    Args:
        model, input_shape, batch, args, kwargs: as for `profile`. Peers get copies; the model is left as it was.
        against: names of peers; all by default.
        time_limit: seconds each peer may take.
        training: count the training-mode forward pass; of a peer that puts the model into evaluation mode itself, the
            evaluation pass.

    Raises:
        UsageError, ShapeError, ModelError: as `profile`. A peer that is missing, fails or takes too long is no error:
        its entry says so.
    """
    subject = partial(_subject, model, input_shape, batch, "float32", args, kwargs)
    return crosscheck_subject(subject(training=training), against, time_limit=time_limit, evaluated=subject)


def published(model: str) -> "Published":
    """Figures that papers, READMEs and notes print for a built-in model, and what reproduces each.

    Each figure has a reading that is stated and not looked for: a variant of the model, a way of counting, a part of
    it. Beside it stand all others of a fixed set that give the same digits. Loads no torch.

    Args:
        model: name of a built-in model; the figures are those of all its variants.

    Raises:
        UsageError: nothing is on record for it; says for which models something is.
    """
    from netstat.models.published import VARIANTS, claims, family

    name = family(model) if isinstance(model, str) else None
    if name is None:
        said = f"'{model}'" if isinstance(model, str) else f"an object of class {type(model).__name__}"
        raise UsageError(f"no published figures are on record for {said}; there are for {', '.join(VARIANTS)}")
    from netstat.analysis.published import published as analyse
    from netstat.frontends.subject import built_in

    def graph(variant: str, batch: int) -> "Graph":
        return built_in(variant, {}, Inputs(batch=batch)).graph

    return analyse(name, [claim for claim in claims() if claim.model == name], graph)


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
    settings: "Settings | None" = None,
    progress: "Progress | None" = None,
) -> "Benchmarks":
    """Measured forward time, whole and per layer. The result is a sequence with one entry for each combination.

    The model is timed in fresh processes, which build it by its name or get a copy of the module; each of them is a
    draw of its own. Where several threads gave no reliable figure, one entry more has `second_look`: one thread.

    With `training` a training step instead, phase by phase: the sequence is empty, and `training` has the one entry.

    Args:
        model, input_shape: as for `profile`.
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
        settings: how long to measure; `netstat.measure.settings` has QUICK and RIGOROUS.
        progress: called with a label and the share that is done.

    Raises:
        UsageError: no such device, dtype, memory format, mode, optimiser, loss or number of threads; half a forecast.
        ModelError: the model cannot run or be trained there, or would not fit into memory. One combination of several
            that cannot be measured is in `failures`.
    """
    from netstat.measure.regime import Regime

    batches, regime = _several(batch), Regime(optimizer, loss, epochs, images)
    ways = Ways(*map(_several, (device, batches, dtype, threads, memory_format, mode)))
    (regime.check if training else regime.check_idle)()
    subject = _subject(model, input_shape, batches[0], training=training)
    if training:
        from netstat.api.training import training_subject

        return training_subject(subject, ways, regime, settings=settings, progress=progress)
    return benchmark_subject(subject, ways, settings=settings, progress=progress)


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
) -> "Forecasts":
    """The time a model is expected to take on devices that need not be at hand, each with an interval.

    From the work of each operator, what makers state of the device and how much of that published times reach;
    docs/forecast.md has the model and its errors. Nothing is run. The result is a sequence with an entry per device.

    Args:
        model, input_shape, batch: as for `profile`.
        device: name of a device on paper, or several; `netstat list devices` has them.
        dtype: fp32 (no TF32), tf32, bf16, fp16.
        training: a training step with SGD and momentum instead of a forward pass.

    Raises:
        UsageError: nothing is on record for the device, or it has no peak in this dtype.
        ShapeError, ModelError: as `profile`.
    """
    subject = _subject(model, input_shape, batch, dtype, training=training)
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
) -> "Memory":
    """What a forward pass and a training step need of memory, predicted, and measured where asked for.

    The prediction allocates and computes nothing. Inference is worked out from the graph; a training step is gone
    through on tensors that hold nothing, with torch's own autograd and optimizer. What kernels take for themselves
    (workspace) is in no prediction; a measurement shows it apart.

    Args:
        model, input_shape, batch, dtype, args: as for `profile`.
        optimizer: "sgd", "sgd-momentum", "adam" or "adamw".
        amp: dtype of autocast in training ("bf16", "fp16"), parameters staying float32; "" for none.
        training: whether a training step is predicted; without, a built-in model needs no torch.
        fit: limits in bytes; the largest batch that fits is looked for at each.
        measure: also run both passes and follow the allocator.
        device: where; the cpu.

    Returns:
        Bytes: `.inference_peak_bytes`, `.training_peak_bytes`, what they are made of, and the way to the peak.

    Raises:
        UsageError: an optimizer, dtype or device that there is not, or sizes that cannot be.
        ModelError: the model could not be built, captured or measured.
    """
    from netstat.api.needs import Plan, fitted, measured, memory_subject

    plan = Plan(dtype, optimizer, amp, training).checked()

    def at(size: int) -> Subject:
        return _subject(model, input_shape, size, dtype)

    if fit and args is not None:
        raise UsageError("the largest batch is looked for by shapes; give input_shape instead of args")
    subject = at(batch) if args is None else _subject(model, input_shape, batch, dtype, args)
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
    from netstat.api.feeding import pipeline_subject, recipe_for

    if training and model is None:
        raise UsageError("a training step is of a model; name one")
    subject = None if model is None else _subject(model, input_shape, batch)
    recipe = recipe_for(subject, image, resize, crop, decode=decode, batch=batch)
    return pipeline_subject(
        subject,
        recipe,
        [device],
        trained=_subject(model, input_shape, batch, training=True) if training else None,
        workers=workers,
        dtype=dtype,
        threads=threads,
        settings=settings,
        progress=progress,
    )


def compare(*models: Any, input_shape: InputShape = None, batch: int = 1) -> "Comparison":
    """Models side by side: names, modules, profiles or saved results.

    Args:
        models: as for `profile`, or profiles.
        input_shape, batch: for all of them; each takes its own input by default.

    Raises:
        UsageError: none was named.
    """
    from netstat.analysis.compare import compare as analyse

    if not models:
        raise UsageError("name at least one model to compare")
    profiles = [m if isinstance(m, Profile) else profile(m, input_shape, batch=batch) for m in models]
    return analyse(profiles)


def load(path: str | os.PathLike[str]) -> Record:
    """A result saved as JSON, as the record it was.

    Raises:
        ModelError: there is no such file, or netstat did not write it.
    """
    return load_record(os.fspath(path))


def _saved(model: Any) -> str | None:
    """The path of a saved result, None for any other model."""
    path = os.fspath(model) if isinstance(model, os.PathLike) else model
    return path if isinstance(path, str) and is_saved(path) else None


def stat(model: Any, input_shape: InputShape = None, **options: Any) -> None:
    """Print the profile's table, as torchstat's `stat(model, (3, 224, 224))` did."""
    print(profile(model, input_shape, **options))  # noqa: T201  printing is what it is for


def _subject(
    model: Any,
    input_shape: InputShape = None,
    batch: int = 1,
    dtype: str = "float32",
    args: Sequence[Any] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    training: bool = False,
) -> Subject:
    return resolve(model, inputs_of(input_shape, batch, dtype, args, kwargs), training=training)


__all__ = [
    "benchmark",
    "ceilings",
    "compare",
    "crosscheck",
    "forecast",
    "load",
    "memory",
    "pipeline",
    "profile",
    "published",
    "stat",
]
