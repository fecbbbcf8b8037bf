"""`netstat profile`: the whole job, each section shown as soon as it is there."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import replace

from netstat.api.subjects import check_complete, profile_subject, saved_profile
from netstat.cli import _session as session
from netstat.cli._arguments import layer_options, model_options, output_options, time_options
from netstat.conventions import CONVENTIONS
from netstat.errors import ModelError
from netstat.frontends.resolve import is_saved
from netstat.frontends.subject import Subject
from netstat.records.profile import Profile

Section = Callable[[Profile, Subject, Namespace], Profile]


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser)
    layer_options(parser)
    time_options(parser)
    parser.add_argument("--against", metavar="A,B", help="peers of the cross-check (default: thop,fvcore,torch)")
    parser.add_argument("--no-crosscheck", action="store_true", help="leave out the cross-check")
    parser.add_argument("--no-time", action="store_true", help="leave out the measurement")
    parser.add_argument("--fast", action="store_true", help="the layer table alone: both of the above")
    parser.add_argument("--charts", metavar="DIR", help="also draw charts into this folder")
    output_options(parser)


def run(options: Namespace) -> int:
    """Layers, cross-check, time; then whatever files were asked for, also where a later section failed."""
    _check(options)
    if is_saved(options.model):
        return _again(options)
    subject = session.subject(options, training=options.train)
    folded, _ = session.depths(options)
    profile = profile_subject(subject, options.convention, folded, backward=options.backward, sparse=options.sparse)
    _show_layers(profile, options)
    failures: list[ModelError] = []
    try:
        for section in _sections(subject, options):
            try:
                profile = section(profile, subject, options)
            except ModelError as error:  # the other section and the files are made all the same
                failures.append(error)
    finally:
        _finish(profile, options)
    if failures:
        raise failures[0]
    return _verdict(profile, options)


def _sections(subject: Subject, options: Namespace) -> list[Section]:
    """What follows the layers. Peers and clocks run the evaluation pass of a module, so other tables stand alone."""
    if options.fast:
        return []
    if subject.left_out:
        session.tell(options, subject.left_out)
        return []
    if options.train:
        session.tell(options, "cross-check and time are those of the evaluation pass: left out with --train")
        return []
    if options.sparse:
        session.tell(options, "cross-check and time are those of the dense tensors that are executed")
    wanted = ((_crosschecked, options.no_crosscheck), (_timed, options.no_time))
    return [section for section, left_out in wanted if not left_out]


def _check(options: Namespace) -> None:
    """Refuse what would stop a later section, before the first one is made."""
    session.check_outputs(options)
    if options.charts:
        session.check_folder(options.charts)
    _ = CONVENTIONS[options.convention]
    session.view(options)
    session.peers(options)
    saved = is_saved(options.model)
    session.check_times(options, wanted=not (options.fast or options.no_time or saved))


def _show_layers(profile: Profile, options: Namespace) -> None:
    from netstat.reports.table import layers_text

    session.show(layers_text(profile, view=session.view(options), **session.style()), options)


def _crosschecked(profile: Profile, subject: Subject, options: Namespace) -> Profile:
    from netstat.api.subjects import crosscheck_subject
    from netstat.peers import STANDARD
    from netstat.reports.table import crosscheck_text

    with session.progress(options) as progress:
        checks = crosscheck_subject(subject, session.peers(options) or STANDARD, progress)
    session.show("\n" + crosscheck_text(checks.crosscheck, checks.model, **session.style()), options)
    return replace(profile, crosscheck=checks.crosscheck)


def _timed(profile: Profile, subject: Subject, options: Namespace) -> Profile:
    from netstat.api.subjects import Ways, benchmark_subject
    from netstat.reports.table import benchmark_text

    ways = Ways(
        session.devices(options),
        dtypes=[options.dtype],
        threads=[session.optional(options.threads, "--threads")],
    )
    with session.progress(options) as progress:
        times = benchmark_subject(subject, ways, settings=session.settings(options), progress=progress)
    session.show("\n" + benchmark_text(times.benchmarks, profile.layers, profile.model, **session.style()), options)
    return replace(profile, benchmarks=times.benchmarks, environment=times.environment)


def _finish(profile: Profile, options: Namespace) -> None:
    session.deliver(profile, options, session.view(options))
    if options.charts:
        session.draw(profile, options)


def _again(options: Namespace) -> int:
    """A saved result, shown as it was."""
    record = saved_profile(options.model, anew=session.counts_anew(options))
    _show_layers(record, options)
    if record.crosscheck:
        from netstat.reports.table import crosscheck_text

        session.show("\n" + crosscheck_text(record.crosscheck, record.model, **session.style()), options)
    if record.benchmarks:
        from netstat.reports.table import benchmark_text

        session.show("\n" + benchmark_text(record.benchmarks, record.layers, record.model, **session.style()), options)
    _finish(record, options)
    return _verdict(record, options)


def _verdict(profile: Profile, options: Namespace) -> int:
    """Exit code of a job that is done.

    Raises:
        IncompleteError: under --strict, where an operator has no formula.
    """
    if options.strict:
        check_complete(profile)
    return session.spoiled((b.reliable for b in profile.benchmarks or ()), options)
