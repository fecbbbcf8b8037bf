"""`netstat forecast`: expected time on devices that are not at hand."""

from argparse import ArgumentParser, Namespace

from netstat.analysis.devices import specification
from netstat.api.subjects import forecast_subject
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli._arguments import freezing_options, model_options, output_options


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser)
    parser.add_argument(
        "--device", required=True, metavar="A,B", help="devices, with commas: h100,rtx-4090 (netstat list devices)"
    )
    parser.add_argument("--dtype", default="fp32", metavar="DTYPE", help="fp32, tf32, bf16, fp16 (default fp32)")
    parser.add_argument("--train", action="store_true", help="a training step: forward, backward, SGD with momentum")
    freezing_options(parser)
    output_options(parser)


def run(options: Namespace) -> int:
    """Work out what each device is expected to take."""
    from netstat.reports.table import record_text

    output.check_outputs(options)
    devices = given.names(options.device, "--device") or []
    for name in devices:
        specification(name).peak(options.dtype)  # refuses what is not on record before the model is looked at
    if not options.train:
        given.trained(options).check_idle()
    subject = given.subject(options, training=options.train)
    made = forecast_subject(subject, devices, options.dtype, training=options.train)
    output.show(record_text(made, **output.style()), options)
    output.deliver(made, options)
    return 0
