"""`netstat activations`: what activation functions cost per element, counted at once and measured."""

from argparse import ArgumentParser, Namespace

from netstat.api.activations import counted, timed
from netstat.cli import _session as session
from netstat.cli._arguments import model_options, output_options, time_options
from netstat.records.activations import Activations


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser, one=False, form=False)
    time_options(parser)
    parser.add_argument("--fast", action="store_true", help="counts alone: no measurement, no torch")
    output_options(parser)
    parser.epilog = f"The tensor is what -i says, 96x55x55 where it says nothing.\n\n{parser.epilog}"


def run(options: Namespace) -> int:
    """Count, measure unless told not to, and show both side by side."""
    from netstat.reports.table import record_text

    _check(options)
    found = counted(session.inputs(options))
    if not options.fast:
        found = _timed(found, options)
    session.show(record_text(found, **session.style()), options)
    session.deliver(found, options)
    return session.spoiled((benchmark.reliable for benchmark in found.benchmarks or ()), options)


def _check(options: Namespace) -> None:
    """Refuse what would stop a later step, before the first one."""
    session.check_outputs(options)
    session.check_times(options, wanted=not options.fast)


def _timed(found: Activations, options: Namespace) -> Activations:
    threads, settings = session.optional(options.threads, "--threads"), session.settings(options, brief=True)
    with session.progress(options) as progress:
        return timed(
            found, session.inputs(options), session.devices(options), options.dtype, threads, settings, progress
        )
