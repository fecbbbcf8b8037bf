"""`netstat crosscheck`: what other counters say, each difference itemised to zero."""

from argparse import ArgumentParser, Namespace
from functools import partial

from netstat.api import crosscheck_subject
from netstat.cli import _session as session
from netstat.cli._arguments import model_options, output_options


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser)
    parser.add_argument("--against", metavar="A,B", help="peers, with commas (default: all)")
    parser.add_argument("--train", action="store_true", help="count the training-mode forward pass")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a difference stays unexplained")
    output_options(parser)


def run(options: Namespace) -> int:
    """Run the peers and settle the bill."""
    from netstat.reports.table import crosscheck_text

    session.check_outputs(options)
    peers = session.peers(options)
    with session.progress(options) as progress:
        subject = session.subject(options, training=options.train)
        checks = crosscheck_subject(subject, peers, progress, evaluated=partial(session.subject, options))
    session.show(crosscheck_text(checks.crosscheck, checks.model, **session.style()), options)
    session.deliver(checks, options)
    return 1 if options.strict and not all(check.closed for check in checks.crosscheck) else 0
