"""`netstat formula`: totals as closed expressions in the sizes of the input."""

from argparse import ArgumentParser, Namespace

from netstat.api.formulas import formula_of, with_answers
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli._arguments import model_options, output_options
from netstat.records.view import View
from netstat.units import parse_shape


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser)
    parser.add_argument("--dtype", default="fp32", metavar="DTYPE", help="fp32, bf16, fp16 (default fp32)")
    parser.add_argument("--letters", metavar="A,B", help="the sizes to have letters for (default: all, as N,H,W)")
    parser.add_argument(
        "--solve",
        action="append",
        default=[],
        metavar="BOUND",
        help="the largest square input for a bound: 'macs < 5G', 'activation_bytes <= 1GiB'; repeatable",
    )
    parser.add_argument(
        "--at", action="append", default=[], metavar="SHAPE", help="the figures at this input: 3x320x256; repeatable"
    )
    parser.add_argument("--all", action="store_true", help="every total, elementary operations and bytes included")
    output_options(parser)


def run(options: Namespace) -> int:
    """The formulas, then what was asked of them; -b is the batch of --at and --solve."""
    from netstat.reports.table import record_text

    output.check_outputs(options)
    batch = given.whole(options.batch, "--batch")
    shapes = [parse_shape(text) for text in options.at]
    with output.progress(options) as progress:
        progress("the model at three sizes", 0.1)
        found = formula_of(options.model, given.inputs(options)._replace(batch=1), options.letters)
    record = with_answers(found, options.solve, shapes, batch)
    output.show(record_text(record, view=View(every=options.all), **output.style()), options)
    output.deliver(record, options)
    return 0
