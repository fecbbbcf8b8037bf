"""`netstat compare`: models or saved results side by side."""

from argparse import ArgumentParser, Namespace

from netstat.analysis.compare import compare
from netstat.api.subjects import profile_subject, saved_profile
from netstat.cli import _session as session
from netstat.cli._arguments import model_options, output_options
from netstat.frontends.resolve import is_saved, resolve
from netstat.records.profile import Profile


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("models", nargs="+", metavar="MODEL")
    model_options(parser, one=False)
    output_options(parser)


def run(options: Namespace) -> int:
    """One column per model."""
    from netstat.reports.table import comparison_text

    session.check_outputs(options)
    comparison = compare([_profile(model, options) for model in options.models])
    session.show(comparison_text(comparison.models, **session.style()), options)
    session.deliver(comparison, options)
    return 0


def _profile(model: str, options: Namespace) -> Profile:
    if is_saved(model):
        return saved_profile(model, anew=session.counts_anew(options))
    return profile_subject(resolve(model, session.inputs(options)))
