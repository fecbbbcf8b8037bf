"""`netstat views`: what it costs to score an image in crops, flipped and turned, and whole."""

from argparse import ArgumentParser, Namespace

from netstat.api.views import views_of
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli._arguments import output_options
from netstat.errors import UsageError
from netstat.units import parse_shape


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("-i", "--input", action="append", metavar="SHAPE", help="what it is made for: 3x224x224")
    parser.add_argument(
        "--sizes",
        metavar="A,BxC",
        help="whole images, a side or HEIGHTxWIDTH (default: 8/7, 12/7, 16/7 of the model's own: 256,384,512 for 224); "
        "crops are cut from the first",
    )
    parser.set_defaults(batch="1")
    output_options(parser)


def run(options: Namespace) -> int:
    """Count one crop, and whole images by the fully convolutional form."""
    from netstat.reports.table import record_text

    output.check_outputs(options)
    named = given.names(options.sizes, "--sizes")
    sizes = None if named is None else [_size(text) for text in named]
    with output.progress(options):
        record = views_of(options.model, given.inputs(options), sizes)
    output.show(record_text(record, **output.style()), options)
    output.deliver(record, options)
    return 0


def _size(text: str) -> int | tuple[int, ...]:
    try:
        sizes = parse_shape(text)
    except UsageError:
        raise UsageError(f"--sizes takes sides such as 256 and sizes such as 384x512, not '{text}'") from None
    return sizes[0] if len(sizes) == 1 else sizes
