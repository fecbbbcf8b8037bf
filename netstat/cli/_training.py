"""`netstat benchmark --train`: a training step, phase by phase."""

from argparse import ArgumentParser, Namespace

from netstat.api.training import training_subject
from netstat.cli import _session as session
from netstat.measure.plan import Plan


def training_options(parser: ArgumentParser) -> None:
    """What is trained, and for how long one would like to know it."""
    parser.add_argument("--train", action="store_true", help="time a training step instead of the forward pass")
    parser.add_argument(
        "--optimizer", default="sgd", metavar="NAME", help="sgd, sgd-momentum, adam, adamw (default sgd)"
    )
    parser.add_argument(
        "--loss", default="cross-entropy", metavar="NAME", help="cross-entropy, mse, sum (default cross-entropy)"
    )
    parser.add_argument("--epochs", metavar="E", help="forecast so many epochs; with --images")
    parser.add_argument("--images", metavar="N", help="examples of an epoch")


def check(options: Namespace) -> None:
    """Refuse a training step that could not be, before any work is done.

    Raises:
        UsageError: no such optimiser or loss, half a forecast, any of them without --train, a number that is none.
    """
    plan = _plan(options)
    if options.train:
        plan.check()
    else:
        plan.check_idle()


def run(options: Namespace) -> int:
    """Measure on each device."""
    from netstat.reports.table import training_text

    subject, devices = session.subject(options, training=True), session.devices(options)
    with session.progress(options) as progress:
        times = training_subject(
            subject,
            devices,
            _plan(options),
            dtype=options.dtype,
            threads=session.optional(options.threads, "--threads"),
            settings=session.settings(options) if options.quick else None,
            progress=progress,
        )
    steps = times.training or ()
    session.show(training_text(steps, times.model, **session.style()), options)
    session.deliver(times, options)
    return session.spoiled((step.reliable for step in steps), options)


def _plan(options: Namespace) -> Plan:
    epochs, images = session.optional(options.epochs, "--epochs"), session.optional(options.images, "--images")
    return Plan(options.optimizer, options.loss, epochs, images)
