"""`netstat benchmark --train`: a training step, phase by phase."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from netstat.api.subjects import Ways
from netstat.api.training import check_ways, training_subject
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli import _roofs as roofs
from netstat.cli._arguments import freezing_options
from netstat.measure.regime import Regime

if TYPE_CHECKING:
    from netstat.measure.settings import Settings


def training_options(parser: ArgumentParser) -> None:
    """What is trained, and for how long one would like to know it."""
    parser.add_argument("--train", action="store_true", help="time a training step instead of the forward pass")
    parser.add_argument(
        "--optimizer", default="sgd", metavar="NAME", help="sgd, sgd-momentum, adam, adamw (default sgd)"
    )
    parser.add_argument(
        "--loss", default="cross-entropy", metavar="NAME", help="cross-entropy, mse, sum (default cross-entropy)"
    )
    freezing_options(parser)
    parser.add_argument("--epochs", metavar="E", help="forecast so many epochs; with --images")
    parser.add_argument("--images", metavar="N", help="examples of an epoch")


def check(options: Namespace) -> None:
    """Refuse a training step that could not be, before any work is done.

    Raises:
        UsageError: no such optimiser or loss, half a forecast, any of them without --train, a number that is none.
    """
    regime = _regime(options)
    if options.train:
        regime.check()
    else:
        regime.check_idle()
        given.trained(options).check_idle()


def run(options: Namespace, ways: Ways) -> int:
    """Measure on each device, in each dtype and with each number of threads."""
    from netstat.reports.table import record_text

    check_ways(ways)
    settings = _settings(options)
    one = Namespace(**{**vars(options), "batch": str(ways.batches[0]), "dtype": "float32"})
    subject = given.subject(one, training=True)
    with output.progress(options) as progress:
        times = training_subject(subject, ways, _regime(options), settings=settings, progress=progress)
    times = replace(times, training=roofs.with_ceilings(times.training, options))
    output.show(record_text(times, **output.style()), options)
    output.deliver(times, options)
    return output.spoiled((step.reliable for step in times.training or ()), options)


def _settings(options: Namespace) -> "Settings":
    """How long to measure: steps are slow."""
    from netstat.measure.training import RIGOROUS_TRAINING, TRAINING

    asked = given.settings(options)
    return asked if options.quick else RIGOROUS_TRAINING if options.rigorous else TRAINING


def _regime(options: Namespace) -> Regime:
    epochs, images = given.optional(options.epochs, "--epochs"), given.optional(options.images, "--images")
    return Regime(options.optimizer, options.loss, epochs, images)
