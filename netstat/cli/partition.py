"""`netstat partition`: a model split by its channels over several cards."""

from argparse import ArgumentParser, Namespace

from netstat.api.partitioning import Split, partition_subject
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli._arguments import model_options, output_options
from netstat.errors import UsageError
from netstat.frontends.optimizers import OPTIMIZERS
from netstat.frontends.resolve import parse_call
from netstat.records.view import View
from netstat.units import parse_number


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser)
    parser.add_argument("--ways", default="2", metavar="N", help="number of cards (default 2)")
    parser.add_argument("--dtype", default="fp32", metavar="DTYPE", help="fp32, fp64, bf16, fp16 (default fp32)")
    parser.add_argument(
        "--grouped",
        action="append",
        default=[],
        metavar="GLOB",
        help="give these convolutions as many groups as there are cards: 'features.4'; repeatable",
    )
    parser.add_argument(
        "--lrn",
        default="",
        metavar="HOW",
        help="local response normalisation: across cards, as in the model (default), or within each card's channels",
    )
    parser.add_argument(
        "--paper",
        action="store_true",
        help="the split of AlexNet's paper, for alexnet-paper: groups in convolutions 2, 4 and 5, --lrn within",
    )
    parser.add_argument(
        "--optimizer",
        default="sgd-momentum",
        metavar="NAME",
        help=f"{', '.join(OPTIMIZERS.names())} (default sgd-momentum)",
    )
    parser.add_argument("--fit", metavar="SIZE", help="memory of a card, to say whether training fits: 3GB, 3GiB")
    parser.add_argument("--no-training", action="store_true", help="no peak of a training step; loads no torch")
    parser.add_argument(
        "--run", action="store_true", help="run it, a process per card, count what is sent and compare the results"
    )
    parser.add_argument("--no-layers", action="store_true", help="leave the layers out of the table")
    output_options(parser)


def run(options: Namespace) -> int:
    """Work it out, run it where asked; 1 where a run sent or computed something else."""
    from netstat.reports.table import record_text

    output.check_outputs(options)
    split = _split(options)
    subject = given.subject(options)
    with output.progress(options) as progress:
        progress("splitting", 0.1)
        record = partition_subject(subject, split, run=options.run)
    output.show(record_text(record, view=View(layers=not options.no_layers), **output.style()), options)
    output.deliver(record, options)
    return 0 if record.agrees else 1


def _split(options: Namespace) -> Split:
    split = Split(
        ways=given.whole(options.ways, "--ways", 2),
        lrn=options.lrn,
        grouped=tuple(options.grouped),
        optimizer=options.optimizer,
        training=not options.no_training,
        limit=_limit(options.fit),
    ).checked()
    return split.of_paper(parse_call(options.model)[0]) if options.paper else split


def _limit(text: str | None) -> int | None:
    """A size as users write it.

    Raises:
        UsageError: it is none.
    """
    if text is None:
        return None
    try:
        size = parse_number(text)
    except UsageError:
        size = 0
    if size < 1:
        raise UsageError(f"--fit takes a size such as 3GiB, 3GB or 800M, not '{text}'")
    return size
