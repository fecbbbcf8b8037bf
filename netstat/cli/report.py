"""`netstat report`: everything about one model or several on one page."""

import re
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from netstat.api.reporting import Asked, reported_models
from netstat.api.subjects import Ways, check_complete
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli._arguments import (
    convention_option,
    model_options,
    output_options,
    roofline_options,
    section_options,
    time_options,
)
from netstat.conventions import CONVENTIONS
from netstat.errors import UsageError
from netstat.frontends.resolve import is_saved
from netstat.records import load
from netstat.records.base import Record
from netstat.records.report import Report

if TYPE_CHECKING:
    from netstat.frontends.subject import Subject

LONGEST_NAME = 80


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("models", nargs="*", metavar="MODEL")
    model_options(parser, one=False)
    convention_option(parser)
    time_options(parser)
    roofline_options(parser)
    section_options(parser, fast="both of these, and memory without a training step")
    output_options(parser)
    parser.epilog = (
        "Without -o and --json the page is MODEL.html in the current folder. A saved result.json of a profile or a\n"
        f"report can stand among the models; one of any other kind alone.\n\n{parser.epilog}"
    )


def run(options: Namespace) -> int:
    """Make what is asked of every model, say in short how they fare, and write the page."""
    _check(options)
    record = _record(options)
    if isinstance(record, Report):
        from netstat.reports._report import overview_table
        from netstat.reports.table import tables_text

        output.show(tables_text([overview_table(record)], **output.style()), options)
    output.deliver(record, options)
    return _verdict(record, options)


def _check(options: Namespace) -> None:
    """Refuse what would stop a later step, before the first one."""
    if not options.models:
        raise UsageError("name at least one model to report")
    if not (options.output or options.json):
        options.output = [file_name(options.models)]
    output.check_outputs(options)
    _ = CONVENTIONS[options.convention]
    given.peers(options)
    saved = all(map(is_saved, options.models))
    if saved and given.counts_anew(options):
        raise UsageError("a saved result stays as it was counted; name the model to count it anew")
    given.check_times(options, wanted=not (options.fast or options.no_time or saved))


def file_name(models: list[str]) -> str:
    """The page's: 'alexnet' -> 'alexnet.html', 'nets/my.py:Net' -> 'Net.html', two models joined by a dash."""
    names = [re.split(r"[/\\:]", model.removesuffix(".json"))[-1] for model in models]
    stem = "-".join(re.sub(r"[^\w.-]+", "-", name).strip("-") for name in names)
    return f"{stem[:LONGEST_NAME].strip('-.') or 'report'}.html"


def _record(options: Namespace) -> Record:
    """The report; of one saved result that is neither profile nor report, that itself."""
    if len(options.models) == 1 and is_saved(options.models[0]):
        saved = load(options.models[0])
        if saved.kind != "profile":
            return saved
    with output.progress(options) as progress:
        return reported_models(options.models, lambda model: _subject(model, options), _asked(options), progress)


def _subject(model: str, options: Namespace) -> "Subject":
    return given.subject(Namespace(**{**vars(options), "model": model}))


def _asked(options: Namespace) -> Asked:
    return Asked(
        options.convention,
        _peers(options),
        None if options.fast or options.no_time else _ways(options),
        given.settings(options, brief=True),
        roofs=not options.no_roofline,
        quick=options.quick,
        dtype=options.dtype,
        training=not options.fast,
        tell=lambda line: output.tell(options, line),
    )


def _peers(options: Namespace) -> list[str]:
    if options.fast or options.no_crosscheck:
        return []
    from netstat.peers import STANDARD

    return list(given.peers(options) or STANDARD)


def _ways(options: Namespace) -> Ways:
    threads = given.optional(options.threads, "--threads")
    return Ways(given.devices(options), dtypes=[options.dtype], threads=[threads])


def _verdict(record: Record, options: Namespace) -> int:
    """Exit code of a job that is done.

    Raises:
        IncompleteError: under --strict, where an operator has no formula.
    """
    profiles = [model.profile for model in record.models] if isinstance(record, Report) else []
    if options.strict:
        for profile in profiles:
            check_complete(profile)
    times = (benchmark for profile in profiles for benchmark in profile.benchmarks or ())
    return output.spoiled((benchmark.reliable for benchmark in times), options)
