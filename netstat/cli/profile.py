"""`netstat profile`: the whole job, each section shown as soon as it is there."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from netstat.api.subjects import check_complete, profile_subject, saved_profile
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli import _roofs as roofs
from netstat.cli._arguments import (
    freezing_options,
    layer_options,
    model_options,
    output_options,
    roofline_options,
    section_options,
    time_options,
)
from netstat.conventions import CONVENTIONS
from netstat.errors import ModelError
from netstat.frontends.resolve import is_saved
from netstat.frontends.subject import Subject
from netstat.records.profile import Profile

if TYPE_CHECKING:
    from netstat.records.benchmark import Benchmarks

Section = Callable[[Profile, Subject, Namespace], Profile]
Time = Callable[[Any], "Benchmarks"]


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser)
    layer_options(parser)
    freezing_options(parser)
    time_options(parser)
    roofline_options(parser)
    section_options(parser, fast="the layer table alone: both of the above")
    output_options(parser)


def run(options: Namespace) -> int:
    """Layers, cross-check, time; then whatever files were asked for, also where a later section failed."""
    _check(options)
    if is_saved(options.model):
        return _again(options)
    subject = given.subject(options, training=options.train)
    folded, _ = given.depths(options)
    asked = {name: getattr(options, name) for name in ("backward", "sparse", "overlapping")}
    profile = profile_subject(subject, options.convention, folded, **asked)
    _show_layers(profile, options)
    failures: list[ModelError] = []
    try:
        with ExitStack() as stack:
            for section in _sections(subject, options, stack):
                try:
                    profile = section(profile, subject, options)
                except ModelError as error:  # the other section and the files are made all the same
                    failures.append(error)
    finally:
        _finish(profile, options)
    if failures:
        raise failures[0]
    return _verdict(profile, options)


def _sections(subject: Subject, options: Namespace, stack: ExitStack) -> list[Section]:
    """What follows the layers. Peers and clocks run the evaluation pass of a module, so other tables stand alone.

    The processes that will take the time begin now, and end with `stack`: they import while peers count.
    """
    if options.fast:
        return []
    if subject.left_out:
        output.tell(options, subject.left_out)
        return []
    if options.train:
        output.tell(options, "cross-check and time are those of the evaluation pass: left out with --train")
        return []
    if options.sparse:
        output.tell(options, "cross-check and time are those of the dense tensors that are executed")
    timed = [] if options.no_time else [partial(_timed, _begun(subject, options, stack))]
    return [*([] if options.no_crosscheck else [_crosschecked]), *timed]


def _check(options: Namespace) -> None:
    """Refuse what would stop a later section, before the first one is made."""
    output.check_outputs(options)
    _ = CONVENTIONS[options.convention]
    given.view(options)
    given.peers(options)
    saved = is_saved(options.model)
    given.check_times(options, wanted=not (options.fast or options.no_time or saved))


def _show_layers(profile: Profile, options: Namespace) -> None:
    from netstat.reports.table import layers_text

    output.show(layers_text(profile, view=given.view(options), **output.style()), options)


def _crosschecked(profile: Profile, subject: Subject, options: Namespace) -> Profile:
    from netstat.api.subjects import crosscheck_subject
    from netstat.peers import STANDARD
    from netstat.reports.table import crosscheck_text

    with output.progress(options) as progress:
        checks = crosscheck_subject(subject, given.peers(options) or STANDARD, progress)
    output.show("\n" + crosscheck_text(checks.crosscheck, checks.model, **output.style()), options)
    return replace(profile, crosscheck=checks.crosscheck)


def _begun(subject: Subject, options: Namespace, stack: ExitStack) -> Time:
    """What will time the model; an error of the model's is raised when it is called, in its own section."""
    from netstat.api.subjects import Ways, benchmark_begun

    threads = given.optional(options.threads, "--threads")
    ways = Ways(given.devices(options), dtypes=[options.dtype], threads=[threads])
    try:
        return stack.enter_context(benchmark_begun(subject, ways, settings=given.settings(options, brief=True)))
    except ModelError as error:
        return partial(_fail, error)


def _fail(error: ModelError, progress: object) -> "Benchmarks":
    raise error


def _timed(time: Time, profile: Profile, subject: Subject, options: Namespace) -> Profile:
    with output.progress(options) as progress:
        times = time(progress)
    each = profile_subject(subject)  # every layer by itself and dense, however the table above shows them
    roofline = roofs.rooflines(each.layers, times.benchmarks, options)
    timed = replace(profile, benchmarks=times.benchmarks, environment=times.environment, roofline=roofline)
    _show_times(timed, options)
    return timed


def _show_times(profile: Profile, options: Namespace) -> None:
    from netstat.reports.table import benchmark_text

    benchmarks, view = profile.benchmarks or (), given.view(options)
    text = benchmark_text(
        benchmarks, profile.layers, profile.model, view=view, rooflines=profile.roofline, **output.style()
    )
    output.show(f"\n{text}", options)


def _finish(profile: Profile, options: Namespace) -> None:
    output.deliver(profile, options, given.view(options))


def _again(options: Namespace) -> int:
    """A saved result, shown as it was."""
    record = saved_profile(options.model, anew=given.counts_anew(options))
    _show_layers(record, options)
    if record.crosscheck:
        from netstat.reports.table import crosscheck_text

        output.show("\n" + crosscheck_text(record.crosscheck, record.model, **output.style()), options)
    if record.benchmarks:
        _show_times(record, options)
    _finish(record, options)
    return _verdict(record, options)


def _verdict(profile: Profile, options: Namespace) -> int:
    """Exit code of a job that is done.

    Raises:
        IncompleteError: under --strict, where an operator has no formula.
    """
    if options.strict:
        check_complete(profile)
    return output.spoiled((b.reliable for b in profile.benchmarks or ()), options)
