"""What Python users call to have a model counted. Each function has the name of its command."""

import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from netstat.api.subjects import (
    check_complete,
    crosscheck_subject,
    profile_subject,
    saved_profile,
    saved_result,
    subject_of,
)
from netstat.errors import UsageError
from netstat.frontends.inputs import InputShape, inputs_of
from netstat.frontends.resolve import is_saved
from netstat.frontends.selection import AS_IT_IS, Patterns, selection
from netstat.frontends.subject import Inputs, Shape
from netstat.records import Profile, Record
from netstat.records import load as load_record

if TYPE_CHECKING:
    from netstat.graph import Graph
    from netstat.records.comparison import Comparison
    from netstat.records.crosscheck import CrossChecks
    from netstat.records.published import Published

_AS_EVER = ("documents", None, False, False, False, False, AS_IT_IS)  # how a profile is counted where nobody says


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
    overlapping: bool = False,
    strict: bool = False,
    freeze: Patterns = (),
    train_only: Patterns = (),
    fully_convolutional: bool | Shape = False,
) -> Profile:
    """What one forward pass of a model costs, layer by layer.

    Nothing of the model is run on data: no weights or activations are allocated, and the model is left as it was.

    Args:
        model: a built-in name, a torchvision name, `timm:NAME`, `hf:config.json`, `package.module:factory` or
            `file.py:factory` (these two run that code), `stack: LAYERS` (see `compare`), a model file (`.onnx`,
            `.pt2`), a state dict (`.safetensors`, `.pt`, `.pth`, `.bin`), a saved result (`.json`), a torch.nn.Module,
            a callable, or a Graph.
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
        overlapping: show pools whose windows overlap beside the same with windows that tile the input: `overlapping`.
        strict: refuse a model that has an operator without a formula, instead of giving lower bounds.
        freeze: parameters that are not trained: one pattern or several, globs over their names ("*.bias"), paths of
            modules ("features.*", "classifier.6") and classes of modules ("BatchNorm2d"); a module means everything
            below it. `freezing` then has what goes away of a training step.
        train_only: the only parameters that are trained; `freeze` takes away from these.
        fully_convolutional: put convolutions in place of the linear layers behind the flatten, so that any larger input
            gives a map of scores; a shape says what size the model is made for, where it does not say so itself.

    Raises:
        UsageError: unknown name, sizes that cannot be, or a pattern that matches no parameter.
        IncompleteError: under `strict`; says what is uncounted.
        ShapeError: a layer cannot take its input; says which, and what would work.
        ModelError: the model could not be built or captured.
    """
    trained = selection(freeze, train_only)
    if path := saved(model):
        inputs = inputs_of(input_shape, batch, dtype, args, kwargs, fully_convolutional)
        said = (convention, depth, training, backward, sparse, overlapping, trained)
        made = saved_profile(path, anew=inputs != Inputs() or said != _AS_EVER)
    else:
        form = fully_convolutional
        subject = subject_of(model, input_shape, batch, dtype, args, kwargs, training, form, selection=trained)
        asked = {"backward": backward, "sparse": sparse, "overlapping": overlapping}
        made = profile_subject(subject, convention, depth, **asked)
    if strict:
        check_complete(made)
    return made


def stat(model: Any, input_shape: InputShape = None, **options: Any) -> None:
    """Print the profile's table, as torchstat's `stat(model, (3, 224, 224))` did.

    Args:
        model, input_shape: as for `profile`; the shape is without the batch.
        options: whatever else `profile` takes.

    Raises:
        UsageError, ShapeError, ModelError: as `profile`.
    """
    print(profile(model, input_shape, **options))  # noqa: T201  printing is what it is for


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
    fully_convolutional: bool | Shape = False,
) -> "CrossChecks":
    """What other counters say of the model, and every difference itemised.

    Args:
        model, input_shape, batch, args, kwargs, fully_convolutional: as for `profile`. Peers get
            copies; the model is left as it was.
        against: names of peers; all by default.
        time_limit: seconds each peer may take.
        training: count the training-mode forward pass; of a peer that puts the model into evaluation mode itself, the
            evaluation pass.

    Raises:
        UsageError, ShapeError, ModelError: as `profile`. A peer that is missing, fails or takes too long is no error:
        its entry says so.
    """
    given = (model, input_shape, batch, "float32", args, kwargs)
    subject = partial(subject_of, *given, fully_convolutional=fully_convolutional)
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


def compare(
    *models: Any, input_shape: InputShape = None, batch: int = 1, fully_convolutional: bool | Shape = False
) -> "Comparison":
    """Models side by side: names, modules, profiles, benchmarks or saved results.

    Of two profiles `.changes` are the rows that are not the same, `.differs` says whether there are any. `.times` are
    compared where they were measured in the same surroundings.

    Args:
        models: as for `profile`, or profiles and benchmarks. "stack: conv3x3-256 x3" is a stack of layers,
            netstat.models.stacks has the notation.
        input_shape, batch, fully_convolutional: for all that are counted now; each takes its own input by default.

    Raises:
        UsageError: none was named.
    """
    from netstat.analysis.compare import compare as analyse
    from netstat.records.benchmark import Benchmarks

    if not models:
        raise UsageError("name at least one model to compare")

    def result(model: Any) -> "Profile | Benchmarks":
        if isinstance(model, (Profile, Benchmarks)):
            return model
        if path := saved(model):
            given = inputs_of(input_shape, batch, "float32", None, None, fully_convolutional)
            return saved_result(path, anew=given != Inputs())
        return profile(model, input_shape, batch=batch, fully_convolutional=fully_convolutional)

    return analyse([result(model) for model in models])


def load(path: str | os.PathLike[str]) -> Record:
    """A result saved as JSON, as the record it was: `load(path) == result` after `result.save(path)`.

    Args:
        path: the `.json` file; nothing in it is run.

    Raises:
        ModelError: there is no such file, or it holds no result of a schema that this netstat knows; says what is off.
    """
    return load_record(os.fspath(path))


def saved(model: Any) -> str | None:
    """The path of a saved result, None for any other model."""
    path = os.fspath(model) if isinstance(model, os.PathLike) else model
    return path if isinstance(path, str) and is_saved(path) else None
