"""`netstat crosscheck`: what other counters say, each difference itemised to zero."""

from argparse import ArgumentParser, Namespace
from functools import partial

from netstat.api.counting import published
from netstat.api.subjects import crosscheck_subject
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli._arguments import model_options, output_options
from netstat.errors import UsageError


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser)
    parser.add_argument("--against", metavar="A,B", help="peers, with commas (default: all)")
    parser.add_argument("--time-limit", default="120", metavar="SECONDS", help="for each peer (default 120)")
    parser.add_argument(
        "--published", action="store_true", help="instead: what reproduces the figures in print for a built-in model"
    )
    parser.add_argument("--train", action="store_true", help="count the training-mode forward pass")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a difference stays unexplained")
    output_options(parser)


def run(options: Namespace) -> int:
    """Run the peers and settle the bill."""
    if options.published:
        return _published(options)
    from netstat.reports.table import record_text

    output.check_outputs(options)
    peers, seconds = given.peers(options), given.whole(options.time_limit, "--time-limit")
    with output.progress(options) as progress:
        subject = given.subject(options, training=options.train)
        evaluated = partial(given.subject, options)
        checks = crosscheck_subject(subject, peers, progress, time_limit=seconds, evaluated=evaluated)
    output.show(record_text(checks, **output.style()), options)
    output.deliver(checks, options)
    return 1 if options.strict and not all(check.closed for check in checks.crosscheck) else 0


def _published(options: Namespace) -> int:
    """The figures in print, which say themselves what inputs they are of."""
    from netstat.reports.table import record_text

    if options.against is not None or given.counts_anew(options):
        raise UsageError(
            "published figures come with inputs and conventions of their own; leave out -i, -b and --against"
        )
    output.check_outputs(options)
    record = published(options.model)
    output.show(record_text(record, **output.style()), options)
    output.deliver(record, options)
    return 1 if options.strict and not all(figure.explained for figure in record.published) else 0
