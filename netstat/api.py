"""What Python users call. Each function has the name of its command."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import NoneType
from typing import TYPE_CHECKING, Any

from netstat.conventions import CONVENTIONS
from netstat.errors import IncompleteError, ModelError, UsageError
from netstat.frontends.resolve import is_saved, resolve
from netstat.frontends.subject import Inputs, Shape, Subject, check_positive
from netstat.records import Profile, Record
from netstat.records import load as load_record
from netstat.units import dtype_bytes

if TYPE_CHECKING:
    from netstat.graph import Graph
    from netstat.measure.sampling import Progress
    from netstat.measure.settings import Settings
    from netstat.records.benchmark import Benchmarks
    from netstat.records.comparison import Comparison
    from netstat.records.crosscheck import CrossChecks
    from netstat.records.published import Published

InputShape = Shape | Sequence[Shape] | Mapping[str, Shape] | None
_AS_EVER = ("documents", None, False, False, False)  # how a profile is counted where nobody says anything
DTYPES = {"fp32": "float32", "tf32": "float32", "bf16": "bfloat16", "fp16": "float16", "fp64": "float64"}


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


def check_complete(profile: Profile) -> None:
    """Refuse a profile whose totals are lower bounds.

    Raises:
        IncompleteError: it has operators without a formula; names them.
    """
    if not profile.complete:
        named = list(dict.fromkeys(f"{entry.op} in {entry.path or '(model)'}" for entry in profile.uncounted))
        more = f" and {len(named) - 3:,} more" if len(named) > 3 else ""
        raise IncompleteError(f"no formula for {', '.join(named[:3])}{more}: the totals are lower bounds")


def profile_subject(
    subject: Subject,
    convention: str = "documents",
    depth: int | None = None,
    *,
    backward: bool = False,
    sparse: bool = False,
) -> Profile:
    """The profile of a resolved model; raises UsageError for a depth or a convention that it cannot have."""
    from netstat.analysis.profile import profile as analyse

    if depth is not None and depth < 1:
        raise UsageError(f"depth must be 1 or more, got {depth}")
    chosen, graph = CONVENTIONS[convention], subject.graph
    if chosen.scope and not (graph.device or graph.calls):
        raise UsageError(f"{convention} counts what torch runs, and nothing of '{graph.model}' was: name another one")
    if sparse:
        graph = _pruned(subject, convention)
    return analyse(graph, chosen, depth=depth, backward=backward, sparse=sparse)


def _pruned(subject: Subject, convention: str) -> "Graph":
    """The graph with what pruning masks keep of its parameters."""
    from netstat.frontends.pruning import pruned
    from netstat.peers import PEERS

    if convention in PEERS:
        raise UsageError(f"{convention} counts what is executed, masked or not; leave out either it or sparse")
    return pruned(subject.graph, subject.module)


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


def crosscheck_subject(
    subject: Subject,
    against: Sequence[str] | None = None,
    progress: "Progress | None" = None,
    *,
    time_limit: float = 120,
    evaluated: Callable[[], Subject] | None = None,
) -> "CrossChecks":
    """The cross-check of a resolved model.

    Args:
        subject: the model; in training mode where peers are to count that.
        against, time_limit: as for `crosscheck`.
        progress: called with a label and the share that is done.
        evaluated: makes the same in evaluation mode, for peers that count nothing else; None where `subject` is.

    Raises:
        ModelError: peers cannot run the model, or have no pass to count.
    """
    from netstat.analysis.crosscheck import crosscheck as settle
    from netstat.ops import node_cost
    from netstat.peers import PEERS, example_inputs, run
    from netstat.records.crosscheck import CrossChecks

    names = list(PEERS.names() if against is None else against)
    peers = [PEERS[name] for name in names]
    module, inputs = _runnable(subject, subject.outline()), example_inputs(subject.graph.inputs, device="meta")
    if subject.graph.device == "meta":  # the capture did without values, and so can peers: theirs need not be copied
        from netstat.frontends.shadow import shadow

        module = shadow(module, lambda tensor: tensor.detach().to("meta"))
    graph, training = subject.graph, subject.graph.training
    other = graph
    if training and any(peer.convention.evaluates for peer in peers):
        other = _evaluation(evaluated)
    costs = {id(each): [node_cost(node) for node in each.nodes] for each in (graph, other)}
    checks = []
    for i, (name, peer) in enumerate(zip(names, peers, strict=True)):
        if progress:
            progress(f"running {name}", i / len(names))
        seen = other if peer.convention.evaluates else graph
        count = run(name, module, inputs, training=training, time_limit=time_limit)
        checks.append(settle(seen, peer.convention, count, costs[id(seen)]))
    return CrossChecks(subject.graph.model, tuple(checks), training)


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


def _evaluation(evaluated: Callable[[], Subject] | None) -> "Graph":
    """The evaluation pass, beside a training pass.

    Raises:
        ModelError: nobody makes it.
    """
    if evaluated is None:
        raise ModelError("some peers count the evaluation pass only, and this graph is of the training pass")
    return evaluated().graph


def benchmark(
    model: Any,
    input_shape: InputShape = None,
    *,
    device: str = "cpu",
    batch: int = 1,
    dtype: str = "float32",
    threads: int | None = None,
    settings: "Settings | None" = None,
    progress: "Progress | None" = None,
) -> "Benchmarks":
    """Measured forward time, whole and per layer. The result is a sequence with one entry.

    Args:
        model, input_shape, batch: as for `profile`.
        device: cpu, cuda or cuda:N.
        dtype: fp32 (no TF32), tf32, bf16, fp16.
        threads: CPU threads; torch's own choice by default.
        settings: how long to measure; `netstat.measure.settings.QUICK` for a first look.
        progress: called with a label and the share that is done.

    Raises:
        UsageError: no such device, dtype, or number of threads.
        ModelError: the model cannot run there, or would not fit into memory.
    """
    subject = _subject(model, input_shape, batch)
    return benchmark_subject(subject, [device], dtype=dtype, threads=threads, settings=settings, progress=progress)


def benchmark_subject(
    subject: Subject,
    devices: Sequence[str],
    *,
    dtype: str = "float32",
    threads: int | None = None,
    settings: "Settings | None" = None,
    progress: "Progress | None" = None,
) -> "Benchmarks":
    """Times of a resolved model on each device."""
    from netstat.measure.benchmark import benchmark as measure
    from netstat.measure.environment import environment
    from netstat.measure.sampling import silent
    from netstat.measure.settings import DEFAULT
    from netstat.records.benchmark import Benchmarks

    if subject.graph.training:
        raise ModelError("clocks run the evaluation pass, and this graph is of the training pass")
    module, state = _runnable(subject, subject.module()), environment(devices)
    times = [
        measure(
            module,
            subject.graph.inputs,
            device=device,
            dtype=dtype,
            threads=threads,
            graph=subject.graph,
            owned=subject.owned,
            settings=settings or DEFAULT,
            progress=progress or silent,
        )
        for device in devices
    ]
    return Benchmarks(subject.graph.model, tuple(times), state)


def _runnable(subject: Subject, module: Any) -> Any:
    """The module, if peers and clocks can run it: they call modules, with tensors by position.

    Raises:
        ModelError: they cannot.
    """
    from torch.nn import Module

    if not isinstance(module, Module):
        raise ModelError(f"only a torch.nn.Module can be run, and this is a {type(module).__name__}; profile counts it")
    if not subject.by_position:
        raise ModelError("only tensors given by position can be handed to the model that is run; profile counts it")
    return module


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


def saved_profile(path: str, *, anew: bool = False) -> Profile:
    """The profile saved at `path`.

    Args:
        path: a JSON file.
        anew: whether the caller also says how to count.

    Raises:
        ModelError: there is no such file, or netstat did not write it.
        UsageError: it holds something else, or cannot be counted anew.
    """
    if anew:
        raise UsageError(f"'{path}' is a saved result and stays as it was counted; name the model to count it anew")
    record = load(path)
    if not isinstance(record, Profile):
        raise UsageError(f"'{path}' holds a {record.kind}, not a profile")
    return record


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


def inputs_of(
    input_shape: InputShape = None,
    batch: int = 1,
    dtype: str = "float32",
    args: Sequence[Any] | None = None,
    kwargs: Mapping[str, Any] | None = None,
) -> Inputs:
    """Inputs as the functions above take them.

    Raises:
        UsageError: sizes that cannot be, or shapes and tensors at once.
    """
    given = args is not None or kwargs is not None
    if given and (input_shape is not None or batch != 1):
        raise UsageError("give either shapes (and a batch) or the inputs themselves, not both")
    if not isinstance(args, (tuple, list, NoneType)) or not isinstance(kwargs, (Mapping, NoneType)):
        raise UsageError("args is a tuple of inputs and kwargs a dict of them, such as args=(x,), kwargs={'mask': m}")
    shapes = _shapes(input_shape)
    check_positive([shape for shape, _, _ in shapes], batch)
    return Inputs(shapes, batch, _floating(dtype), tuple(args or ()) if given else None, dict(kwargs or {}))


def _floating(dtype: str) -> str:
    """Torch's spelling of a floating-point dtype."""
    name = DTYPES.get(dtype, dtype)
    dtype_bytes(name)  # refuses a name that is no dtype
    if "float" not in name:
        raise UsageError(f"dtype '{dtype}' is not a floating-point one; an input can have its own: 2x16:int64")
    return name


def _shapes(input_shape: InputShape) -> tuple[tuple[Shape, str, str], ...]:
    """(shape, dtype, name) per input; an item (shape, dtype, name) goes through as it is."""
    if input_shape is None:
        return ()
    if isinstance(input_shape, Mapping):
        return tuple((tuple(shape), "", name) for name, shape in input_shape.items())
    if isinstance(input_shape, str) or not isinstance(input_shape, Sequence):
        raise UsageError(f"input shape {input_shape!r} is no tuple of sizes; write for example (3, 224, 224)")
    try:
        several = [tuple(shape) for shape in input_shape]  # type: ignore[arg-type]
    except TypeError:
        return ((tuple(input_shape), "", ""),)  # type: ignore[arg-type]
    return tuple(item if len(item) == 3 and isinstance(item[1], str) else (item, "", "") for item in several)


__all__ = ["benchmark", "compare", "crosscheck", "load", "profile", "published", "stat"]
