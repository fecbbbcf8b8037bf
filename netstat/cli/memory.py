"""`netstat memory`: what a forward pass and a training step need, predicted at once, measured where asked for."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from netstat.api.needs import Plan, fitted, measured, memory_subject
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli._arguments import freezing_options, model_options, output_options
from netstat.errors import UsageError
from netstat.frontends.optimizers import OPTIMIZERS
from netstat.frontends.resolve import resolve
from netstat.frontends.subject import Subject
from netstat.records.view import View
from netstat.units import parse_number

if TYPE_CHECKING:
    from netstat.records.memory import Memory


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser)
    parser.add_argument("--dtype", default="fp32", metavar="DTYPE", help="fp32, bf16, fp16 (default fp32)")
    parser.add_argument(
        "--optimizer",
        default="sgd-momentum",
        metavar="NAME",
        help=f"{', '.join(OPTIMIZERS.names())} (default sgd-momentum)",
    )
    parser.add_argument("--amp", default="", metavar="DTYPE", help="train in mixed precision: bf16 or fp16")
    freezing_options(parser)
    parser.add_argument("--no-training", action="store_true", help="inference alone; loads no torch for a built-in")
    parser.add_argument(
        "--fit", metavar="SIZE", action="append", default=[], help="the largest batch that fits: 3GiB, 3GB; repeatable"
    )
    parser.add_argument("--measure", action="store_true", help="run both passes and follow the allocator")
    parser.add_argument("--device", default="cpu", metavar="DEVICE", help="where to measure (default cpu)")
    parser.add_argument("--no-layers", action="store_true", help="leave the layers out of the table")
    output_options(parser)


def run(options: Namespace) -> int:
    """Predict, then look for batches and measure as asked."""
    output.check_outputs(options)
    plan = Plan(options.dtype, options.optimizer, options.amp, not options.no_training).checked()
    limits = [_bytes(text) for text in options.fit]
    record = _found(options, plan, limits)
    from netstat.reports.table import record_text

    output.show(record_text(record, view=View(layers=not options.no_layers), **output.style()), options)
    output.deliver(record, options)
    return 0


def _found(options: Namespace, plan: Plan, limits: list[int]) -> "Memory":
    subject = given.subject(options)
    with output.progress(options) as progress:
        progress("a training step without values", 0.1)
        record = memory_subject(subject, plan)
        if limits:
            progress("looking for the largest batch", 0.4)
            record = fitted(record, lambda batch: _at(options, batch), plan, limits)
        if options.measure:
            progress("measuring", 0.7)
            record = measured(record, subject, plan, options.device)
    return record


def _at(options: Namespace, batch: int) -> Subject:
    inputs = given.inputs(options)._replace(batch=batch)
    return resolve(options.model, inputs, selection=given.trained(options))


def _bytes(text: str) -> int:
    """A size as users write it: 3GiB, 3GB, 800M.

    Raises:
        UsageError: it is none.
    """
    try:
        size = parse_number(text)
    except UsageError:
        raise UsageError(f"--fit takes a size such as 3GiB, 3GB or 800M, not '{text}'") from None
    if size < 1:
        raise UsageError(f"--fit must be positive, got {text}")
    return size
