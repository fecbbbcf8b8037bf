"""`netstat compare`: models or saved results side by side."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from netstat.analysis.compare import Result, compare
from netstat.analysis.increases import COUNTS, LATENCY, increases
from netstat.api.subjects import profile_subject, saved_result
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli._arguments import model_options, output_options
from netstat.errors import UsageError
from netstat.frontends.resolve import STACK, is_saved, resolve
from netstat.records.check import OVER, UNKNOWN
from netstat.records.view import View
from netstat.registry import unknown

if TYPE_CHECKING:
    from netstat.records.comparison import Comparison

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
    parser.add_argument("--no-layers", action="store_true", help="leave out what changed layer by layer")
    parser.add_argument("--exit-code", action="store_true", help="exit 1 where a count, a shape or a layer differs")
    parser.add_argument(
        "--max-increase",
        action="append",
        default=[],
        metavar="FIGURE=PERCENT",
        help="exit 1 where a model has more over the first: macs=5%%, params=0, latency=10%%; repeatable",
    )
    parser.add_argument("--strict", action="store_true", help="exit 4 where --max-increase of a latency cannot be told")
    output_options(parser)
    parser.epilog = f"{STACKS}\n{parser.epilog}"


def run(options: Namespace) -> int:
    """Models, then stacks, side by side.

    Raises:
        UsageError: there is neither.
    """
    from netstat.reports.table import record_text

    output.check_outputs(options)
    allowed = dict(map(_allowed, options.max_increase))
    models = [*options.models, *(STACK + layers for layers in options.stack)]
    if not models:
        raise UsageError(
            "name models to compare, or stacks: netstat compare --stack 'conv3x3-256 x3' --stack conv7x7-256"
        )
    comparison = compare([_result(model, options) for model in models])
    if allowed:
        comparison = replace(comparison, increases=increases(comparison, allowed))
    if len({model.inputs for model in comparison.models[len(options.models) :]}) > 1:
        output.tell(options, "these stacks have different inputs; -i 256x56x56 gives all of them the same")
    view = View(layers=not options.no_layers)
    output.show(record_text(comparison, view=view, **output.style()), options)
    output.deliver(comparison, options, view)
    return _code(comparison, options)


def _result(model: str, options: Namespace) -> Result:
    if is_saved(model):
        return saved_result(model, anew=given.counts_anew(options))
    return profile_subject(resolve(model, given.inputs(options)))


def _allowed(text: str) -> tuple[str, float]:
    """`macs=5%` as a figure and a share.

    Raises:
        UsageError: it is none.
    """
    figure, _, percent = text.partition("=")
    if figure not in (*COUNTS, LATENCY):
        raise UsageError(unknown("figure", figure, (*COUNTS, LATENCY)))
    try:
        share = float(percent.strip().removesuffix("%")) / 100
    except ValueError:
        share = -1.0
    if not 0 <= share < float("inf"):
        raise UsageError(f"--max-increase takes a percentage of 0 or more, such as {figure}=5%, not '{text}'")
    return figure, share


def _code(comparison: "Comparison", options: Namespace) -> int:
    """1 where more was added than is allowed, or anything where that is asked; 3 and 4 as for `netstat check`."""
    found = comparison.increases or ()
    if any(each.verdict == OVER for each in found) or (options.exit_code and comparison.differs):
        return 1
    unknown_of = {each.figure for each in found if each.verdict == UNKNOWN}
    if unknown_of - {LATENCY}:
        return 3
    return 4 if options.strict and unknown_of else 0
