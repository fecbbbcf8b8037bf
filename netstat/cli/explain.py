"""`netstat explain`: why a layer's figures are what they are: formula, the layer's numbers in it, result."""

from argparse import ArgumentParser, Namespace

from netstat.api.explaining import explain_subject
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli._arguments import model_options, output_options
from netstat.errors import UsageError


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser)
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a layer (features.0), a container and all below it (features), or a glob ('*.conv1'); all by default",
    )
    parser.add_argument("--dtype", default="fp32", metavar="DTYPE", help="fp32, bf16, fp16; decides bytes alone")
    parser.add_argument("--train", action="store_true", help="explain the training-mode forward pass")
    output_options(parser)


def run(options: Namespace) -> int:
    """Derive and show."""
    output.check_outputs(options)
    if options.charts or any(path.endswith((".png", ".svg")) for path in options.output):
        raise UsageError("an explanation has no chart; write it to .md, .html, .tex, .csv or .json")
    record = explain_subject(given.subject(options, training=options.train), options.paths)
    from netstat.reports.table import record_text

    output.show(record_text(record, **output.style()), options)
    output.deliver(record, options)
    return 0
