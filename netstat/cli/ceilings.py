"""`netstat ceilings`: the most this machine computes and moves, measured."""

from argparse import ArgumentParser, Namespace

from netstat.api.roofs import ceilings_of
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli._arguments import output_options


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--device", metavar="DEVICE", help="cpu, cuda, cuda:1; several with commas (default: all present)"
    )
    parser.add_argument("--dtype", default="fp32", metavar="DTYPE", help="fp32, tf32, bf16, fp16; several with commas")
    parser.add_argument("--threads", metavar="N", help="CPU threads (default: torch's choice)")
    parser.add_argument("--again", action="store_true", help="measure anew what is known from an earlier run")
    output_options(parser)


def run(options: Namespace) -> int:
    """Measure what is not known yet."""
    output.check_outputs(options)
    dtypes = given.names(options.dtype, "--dtype") or []
    threads = given.optional(options.threads, "--threads")
    devices = given.devices(options)
    with output.progress(options) as progress:
        ceilings = ceilings_of(
            devices,
            dtypes,
            threads,
            again=options.again,
            tell=lambda line: output.tell(options, line),
            progress=progress,
        )
    from netstat.reports.table import record_text

    output.show(record_text(ceilings, **output.style()), options)
    output.deliver(ceilings, options)
    return 0
