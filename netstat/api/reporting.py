"""Everything about one model or several as one record, for Python users and the command of the same name."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from netstat.api.subjects import Ways, benchmark_subject, crosscheck_subject, profile_subject, subject_of
from netstat.errors import ModelError, UsageError
from netstat.frontends.inputs import InputShape
from netstat.frontends.resolve import is_saved
from netstat.frontends.subject import Subject
from netstat.records import Profile, load
from netstat.records.report import Lacking, Report, Reported, distinct

if TYPE_CHECKING:
    from netstat.measure.sampling import Progress
    from netstat.measure.settings import Settings

Section = Callable[[Reported, Subject], Reported]


class Asked(NamedTuple):
    """What a report is to have besides layers and totals.

    Attributes:
        convention: what fills `count`.
        peers: of the cross-check; none leaves it out.
        ways: to run the model, each of which is timed; None for no times.
        settings: how long that lasts; None for the usual.
        roofs: whether times stand under the machine's ceilings, which are measured where they are not known.
        quick: measure unknown ceilings for a second only.
        dtype: of the tensors that memory is of.
        training: whether memory has a training step as well, for which torch is needed.
        tell: told in one line what is to be known of the ceilings; a Python warning by default.
    """

    convention: str = "documents"
    peers: Sequence[str] = ()
    ways: Ways | None = None
    settings: "Settings | None" = None
    roofs: bool = True
    quick: bool = False
    dtype: str = "float32"
    training: bool = True
    tell: Callable[[str], None] | None = None


def report(
    *models: Any,
    input_shape: InputShape = None,
    batch: int = 1,
    dtype: str = "float32",
    convention: str = "documents",
    crosscheck: bool = True,
    against: Sequence[str] | None = None,
    time: bool = True,
    device: str | Sequence[str] = "cpu",
    threads: int | None = None,
    settings: "Settings | None" = None,
    progress: "Progress | None" = None,
) -> Report:
    """Models with all there is to say of them, side by side: `.save("report.html")` is a page to work with.

    Layers and totals, cross-check, times under the machine's rooflines, memory, and the derivation of every figure. A
    section that cannot be made is in `lacking`, with the reason.

    Args:
        models: as for `profile`; a profile, or the file of a profile or a report, stays as it is.
        input_shape, batch, dtype: for all of them, as for `profile`.
        convention: what fills `count`.
        crosscheck: whether other counters are asked.
        against: names of these; thop, fvcore and torch by default.
        time: whether the models are timed.
        device: cpu, cuda, cuda:N, or several.
        threads: CPU threads; torch's own choice by default.
        settings, progress: as for `benchmark`.

    Raises:
        UsageError, ShapeError, ModelError: as `profile`; no model, or a saved result of another kind.
    """
    from netstat.peers import STANDARD

    devices = [device] if isinstance(device, str) else list(device)
    peers = (STANDARD if against is None else against) if crosscheck else ()
    ways = Ways(devices, dtypes=[dtype], threads=[threads]) if time else None
    asked = Asked(convention, peers, ways, settings, dtype=dtype)
    return reported_models(models, lambda model: subject_of(model, input_shape, batch, dtype), asked, progress)


def reported_models(
    models: Sequence[Any], subject: Callable[[Any], Subject], asked: Asked, progress: "Progress | None" = None
) -> Report:
    """The report of models, each resolved by `subject` where it is no result already; raises as `report`."""
    if not models:
        raise UsageError("name at least one model to report")
    return Report(tuple(each for model in models for each in _reported(model, subject, asked, progress)))


def _reported(
    model: Any, subject: Callable[[Any], Subject], asked: Asked, progress: "Progress | None"
) -> Sequence[Reported]:
    path = os.fspath(model) if isinstance(model, os.PathLike) else model
    if isinstance(path, str) and is_saved(path):
        return _saved(path)
    if isinstance(model, Profile):
        return [Reported(model)]
    return [reported_subject(subject(model), asked, progress)]


def _saved(path: str) -> Sequence[Reported]:
    record = load(path)
    if isinstance(record, Report):
        return record.models
    if isinstance(record, Profile):
        return [Reported(record)]
    raise UsageError(f"'{path}' holds a {record.kind}, which stands on a page of its own: name it alone")


def reported_subject(subject: Subject, asked: Asked, progress: "Progress | None" = None) -> Reported:
    """All that is asked of a resolved model; a section that fails is lacking, and no reason to leave out the others."""
    made = Reported(profile_subject(subject, asked.convention))
    for name, section in _sections(asked, progress):
        try:
            made = section(made, subject)
        except ModelError as error:
            made = replace(made, lacking=(*made.lacking, Lacking(name, str(error))))
    return made


def _sections(asked: Asked, progress: "Progress | None") -> Iterator[tuple[str, Section]]:
    """The shortest first."""
    if progress:
        progress("memory and derivations", 0.0)
    yield "memory", lambda made, subject: _with_memory(made, subject, asked)
    yield "derivations", _with_derivations
    if asked.peers:
        yield "crosscheck", lambda made, subject: _with_crosscheck(made, subject, asked.peers, progress)
    if asked.ways:
        yield "time", lambda made, subject: _with_times(made, subject, asked, progress)


def _with_memory(made: Reported, subject: Subject, asked: Asked) -> Reported:
    from netstat.api.needs import Plan, memory_subject

    plan = Plan(asked.dtype, training=asked.training).checked()
    return replace(made, memory=memory_subject(subject, plan))


def _with_derivations(made: Reported, subject: Subject) -> Reported:
    from netstat.api.explaining import explain_subject

    derivations, derived = distinct(explain_subject(subject), made.profile.layers)
    return replace(made, derivations=derivations, derived=derived)


def _with_crosscheck(made: Reported, subject: Subject, peers: Sequence[str], progress: "Progress | None") -> Reported:
    _check_runs(subject)
    checks = crosscheck_subject(subject, peers, progress)
    return replace(made, profile=replace(made.profile, crosscheck=checks.crosscheck))


def _with_times(made: Reported, subject: Subject, asked: Asked, progress: "Progress | None") -> Reported:
    _check_runs(subject)
    assert asked.ways
    times = benchmark_subject(subject, asked.ways, settings=asked.settings, progress=progress)
    failures = tuple(Lacking("time", f"{each.configuration}: {each.reason}") for each in times.failures)
    profile = replace(made.profile, benchmarks=times.benchmarks, environment=times.environment)
    if asked.roofs:
        from netstat.api.roofs import rooflines

        roofs = rooflines(profile.layers, times.benchmarks, quick=asked.quick, tell=asked.tell, progress=progress)
        profile = replace(profile, roofline=roofs)
    return replace(made, profile=profile, lacking=(*made.lacking, *failures))


def _check_runs(subject: Subject) -> None:
    """Refuse to run a model of which there is nothing to run.

    Raises:
        ModelError: says why.
    """
    if subject.left_out:
        raise ModelError(subject.left_out)
