"""`netstat activations`: what activation functions cost per element, counted at once and measured."""

from argparse import ArgumentParser, Namespace

from netstat.api.activations import counted, timed
from netstat.cli import _given as given
from netstat.cli import _output as output
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
    found = counted(given.inputs(options))
    if not options.fast:
        found = _timed(found, options)
    output.show(record_text(found, **output.style()), options)
    output.deliver(found, options)
    return output.spoiled((benchmark.reliable for benchmark in found.benchmarks or ()), options)


def _check(options: Namespace) -> None:
    """Refuse what would stop a later step, before the first one."""
    output.check_outputs(options)
    given.check_times(options, wanted=not options.fast)


def _timed(found: Activations, options: Namespace) -> Activations:
    threads, settings = given.optional(options.threads, "--threads"), given.settings(options, brief=True)
    with output.progress(options) as progress:
        return timed(found, given.inputs(options), given.devices(options), options.dtype, threads, settings, progress)
