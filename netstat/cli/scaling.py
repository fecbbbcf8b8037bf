"""`netstat scaling`: cost against input size and batch, and which layers grow how."""

from argparse import ArgumentParser, Namespace

from netstat.api.formulas import scaling_of
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli._arguments import output_options
from netstat.records.view import View
from netstat.units import parse_shape


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument(
        "-i",
        "--input",
        action="append",
        metavar="SHAPE",
        help="the native input, where the model does not say: 3x224x224",
    )
    parser.add_argument("--fully-convolutional", action="store_true", help="convolutions for linear layers")
    parser.add_argument("--dtype", default="fp32", metavar="DTYPE", help="fp32, bf16, fp16 (default fp32)")
    parser.add_argument("--letters", metavar="A,B", help="the sizes that may change (default: all, as N,H,W)")
    parser.add_argument(
        "--sizes",
        metavar="A,B",
        help="square sides, or HxW: 128,224,320x256 (default: 0.5 to 4 times native)",
    )
    parser.add_argument("-b", "--batches", "--batch", metavar="A,B", help="sizes of the batch (default 1,8)")
    parser.add_argument("--no-layers", action="store_true", help="leave the layers out of the table")
    output_options(parser)


def run(options: Namespace) -> int:
    """Totals, and how layers grow."""
    from netstat.reports.table import record_text

    output.check_outputs(options)
    sizes, batches = given.names(options.sizes, "--sizes"), given.names(options.batches, "--batches")
    sides = None if sizes is None else [_side(text) for text in sizes]
    wanted = None if batches is None else [given.whole(text, "--batches") for text in batches]
    options.batch = "1"
    with output.progress(options) as progress:
        progress("the model at three sizes", 0.1)
        record = scaling_of(options.model, given.inputs(options), sides, wanted, options.letters)
    output.show(record_text(record, view=View(layers=not options.no_layers), **output.style()), options)
    output.deliver(record, options)
    return 0


def _side(text: str) -> int | tuple[int, ...]:
    sizes = parse_shape(text)
    return sizes[0] if len(sizes) == 1 else sizes
