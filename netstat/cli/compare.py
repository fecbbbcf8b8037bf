"""`netstat compare`: models or saved results side by side."""

from argparse import ArgumentParser, Namespace

from netstat.analysis.compare import compare
from netstat.api.subjects import profile_subject, saved_profile
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli._arguments import model_options, output_options
from netstat.errors import UsageError
from netstat.frontends.resolve import STACK, is_saved, resolve
from netstat.records.profile import Profile

STACKS = """\
LAYERS are joined by + or a comma, options after each: conv3x3-256 (256 kernels), dwconv3x3 (depthwise), pool3x3,
avgpool2x2, relu, sigmoid, tanh; /2 stride, p1 padding, d2 dilation, g32 groups, x3 repeats, bias, linear. A
convolution keeps the size at stride 1, has no biases and is followed by ReLU unless it says otherwise (linear: no
ReLU). The input is 56×56 with the first number of channels, or what -i says:
    netstat compare --stack 'conv3x3-256 x3' --stack conv7x7-256
"""


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("models", nargs="*", metavar="MODEL")
    parser.add_argument(
        "--stack",
        action="append",
        default=[],
        metavar="LAYERS",
        help="a stack of layers, after the models: 'conv3x3-256 x3'; repeatable",
    )
    model_options(parser, one=False)
    output_options(parser)
    parser.epilog = f"{STACKS}\n{parser.epilog}"


def run(options: Namespace) -> int:
    """One row per model, then one per stack.

    Raises:
        UsageError: there is neither.
    """
    from netstat.reports.table import record_text

    output.check_outputs(options)
    models = [*options.models, *(STACK + layers for layers in options.stack)]
    if not models:
        raise UsageError(
            "name models to compare, or stacks: netstat compare --stack 'conv3x3-256 x3' --stack conv7x7-256"
        )
    comparison = compare([_profile(model, options) for model in models])
    if len({model.inputs for model in comparison.models[len(options.models) :]}) > 1:
        output.tell(options, "these stacks have different inputs; -i 256x56x56 gives all of them the same")
    output.show(record_text(comparison, **output.style()), options)
    output.deliver(comparison, options)
    return 0


def _profile(model: str, options: Namespace) -> Profile:
    if is_saved(model):
        return saved_profile(model, anew=given.counts_anew(options))
    return profile_subject(resolve(model, given.inputs(options)))
