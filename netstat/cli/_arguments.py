"""The commands and the options they share."""

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Collection, Sequence
from importlib import import_module
from typing import NoReturn

from netstat import __version__
from netstat.errors import UsageError
from netstat.language import LANGUAGES
from netstat.registry import unknown

Run = Callable[[Namespace], int]

COMMANDS = {  # most used first
    "profile": "layers, cross-check and time of a model: the whole job",
    "report": "everything about a model, or several side by side, on one page of HTML",
    "explain": "why a layer's figures are what they are: formula, its numbers in it, result",
    "crosscheck": "what other counters say, each difference itemised",
    "benchmark": "measured time, whole and per layer",
    "memory": "what a forward pass and a training step need of memory, predicted and measured",
    "compare": "models or saved results side by side, and what changed layer by layer",
    "check": "whether a model keeps its budgets of parameters, MACs, memory, time: a gate for CI",
    "formula": "totals as closed expressions in N, H, W, and the largest input for a bound",
    "scaling": "cost against input size and batch, and which layers grow how",
    "forecast": "expected time on devices that are not at hand",
    "ceilings": "the most this machine computes and moves, measured",
    "pipeline": "images a second of the input pipeline, and whether they hide behind the model",
    "partition": "a model split over several cards: what each holds, and what crosses between them",
    "views": "cost of scoring an image in crops, flipped and turned, and whole",
    "activations": "what activation functions and LRN cost per element, counted and measured",
    "list": "built-in models, operators, peers, conventions, reports, charts, devices",
    "stat": "the layer table alone, as torchstat printed it",
    "badge": "a line of Markdown for a README: params and MACs as an image",
    "completion": "the script with which bash, zsh, fish or tcsh completes this command line",
}

DESCRIPTION = (
    "Profile a model: shapes, parameters, MACs, FLOPs, bytes and time per layer, from formulas that can be defended."
)
_SEVERAL = ("paths", "models")  # arguments of commands that take as many words as there are
EPILOG = """\
MODEL is a built-in (netstat list), any torchvision name, timm:NAME, package.module:factory, path/to/file.py:factory
(these two run that code), hf:path/to/config.json (transformers), a file (.onnx, .pt2; .safetensors, .pt, .pth and .bin
for their parameters) or a saved result.json; options in brackets: 'alexnet(num_classes=10)'.

Exit codes: 0 ok, 1 a check failed, 2 usage, 3 the model could not be analysed, 4 measurement unreliable under --strict.
"""


def _formatter(prog: str) -> RawDescriptionHelpFormatter:
    """argparse makes one for every option; told the width, it need not import shutil to find out."""
    try:
        width = int(os.environ.get("COLUMNS", 0)) or os.get_terminal_size().columns
    except (ValueError, OSError):
        width = 80
    formatter = RawDescriptionHelpFormatter(prog, width=width - 2)
    formatter._action_max_length = 4 + max(map(len, COMMANDS))  # argparse forgets how far it indents commands
    return formatter


class Parser(ArgumentParser):
    """argparse, with errors in one line."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing usage."""
        raise UsageError(f"{message}; see {self.prog} --help")


def parse(arguments: Sequence[str]) -> tuple[Run, Namespace]:
    """The command to run and its options.

    Raises:
        UsageError: unknown command or option, or a value that cannot be.
    """
    chosen = _command(arguments)
    parser, commands = parser_of([] if chosen is None else [chosen])
    run = commands[chosen][1] if chosen else _help(parser)
    options, rest = parser.parse_known_args(arguments)
    rest = _joined(options, rest)
    if rest:
        raise UsageError(
            f"{chosen or 'netstat'} does not take '{rest[0]}'; see {' '.join(filter(None, ('netstat', chosen)))} --help"
        )
    return run, options


def parser_of(wanted: Collection[str]) -> tuple[Parser, dict[str, tuple[ArgumentParser, Run]]]:
    """The parser of the command line, which knows the options of the `wanted` commands, and what runs these."""
    parser = Parser("netstat", description=DESCRIPTION, epilog=EPILOG, formatter_class=_formatter)
    parser.add_argument("--version", action="version", version=f"netstat {__version__}")
    commands = parser.add_subparsers(prog="netstat", dest="command", metavar="COMMAND", parser_class=Parser)
    built: dict[str, tuple[ArgumentParser, Run]] = {}
    for name, summary in COMMANDS.items():
        command = commands.add_parser(
            name, help=summary, description=summary, epilog=EPILOG, formatter_class=_formatter
        )
        if name in wanted:
            module = import_module(f"netstat.cli.{name}")
            module.configure(command)
            language_option(command)
            built[name] = (command, module.run)
    return parser, built


def language_option(parser: ArgumentParser) -> None:
    """What every command takes: the language of its results."""
    parser.add_argument(
        "--lang", metavar="|".join(LANGUAGES), help="language of tables and pages (default: $NETSTAT_LANG, else en)"
    )


def _joined(options: Namespace, rest: list[str]) -> list[str]:
    """What is left when words that stand after options have joined those before: argparse takes only these."""
    taking = next((vars(options)[name] for name in _SEVERAL if name in options), None)
    if taking is None or any(word.startswith("-") for word in rest):
        return rest
    taking.extend(rest)
    return []


def _command(arguments: Sequence[str]) -> str | None:
    """The command's name, None where there is none."""
    word = next((word for word in arguments if not word.startswith("-")), None)
    if word is not None and word not in COMMANDS:
        hint = f"there is {', '.join(COMMANDS)}; a model is profiled by netstat profile {word}"
        raise UsageError(unknown("command", word, COMMANDS, hint))
    return word


def _help(parser: ArgumentParser) -> Run:
    def run(options: Namespace) -> int:
        parser.print_help(sys.stdout)
        return 0

    return run


def model_options(parser: ArgumentParser, *, one: bool = True, form: bool = True) -> None:
    """MODEL, what describes its input, and the form in which it takes larger ones."""
    if one:
        parser.add_argument("model", metavar="MODEL", help="what to look at: see below")
    parser.add_argument(
        "-i",
        "--input",
        action="append",
        metavar="SHAPE",
        help="input shape without batch: 3x224x224; repeatable, name=2x16:int64",
    )
    parser.add_argument("-b", "--batch", default="1", metavar="N", help="leading dimension of every input (default 1)")
    if form:
        parser.add_argument(
            "--fully-convolutional",
            action="store_true",
            help="convolutions for linear layers, so that a larger input gives a map of scores",
        )


def output_options(parser: ArgumentParser) -> None:
    """Where results go."""
    parser.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="FILE",
        help="also write there, in the format its suffix names; repeatable",
    )
    parser.add_argument("--charts", metavar="DIR", help="also draw charts into this folder, as PNG and SVG")
    parser.add_argument("--force", action="store_true", help="let -o and --charts replace files netstat did not write")
    parser.add_argument("--json", action="store_true", help="JSON on stdout and nothing else there")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress on stderr")
    parser.add_argument("--debug", action="store_true", help="a traceback instead of one line")


def convention_option(parser: ArgumentParser) -> None:
    """What a count is."""
    parser.add_argument(
        "--as", dest="convention", default="documents", metavar="CONVENTION", help="the way of counting"
    )


def section_options(parser: ArgumentParser, fast: str) -> None:
    """What follows the layers; `fast` says what --fast leaves."""
    parser.add_argument("--against", metavar="A,B", help="peers of the cross-check (default: thop,fvcore,torch)")
    parser.add_argument("--no-crosscheck", action="store_true", help="leave out the cross-check")
    parser.add_argument("--no-time", action="store_true", help="leave out the measurement")
    parser.add_argument("--fast", action="store_true", help=fast)


def layer_options(parser: ArgumentParser) -> None:
    """How the layer table looks."""
    convention_option(parser)
    parser.add_argument("--depth", metavar="N", help="fold layers deeper than N names into one row")
    parser.add_argument("--tree", action="store_true", help="layers in their modules, with sums, equal blocks once")
    parser.add_argument("--columns", metavar="A,B,C", help="columns of the layer table")
    parser.add_argument("--sort", metavar="COLUMN", help="sort rows, in a tree siblings, by a column, largest first")
    parser.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="GLOB",
        help="only rows whose path, module or operator matches: 'layer1*', conv2d; repeatable",
    )
    parser.add_argument("--train", action="store_true", help="count the training-mode forward pass")
    parser.add_argument("--backward", action="store_true", help="count the MACs of the backward pass as well")
    parser.add_argument("--sparse", action="store_true", help="count only what pruning masks keep")
    parser.add_argument(
        "--overlapping", action="store_true", help="overlapping pools beside the same with windows that tile the input"
    )


def freezing_options(parser: ArgumentParser) -> None:
    """What of a model is trained."""
    parser.add_argument(
        "--freeze",
        action="append",
        default=[],
        metavar="PATTERN",
        help="parameters that are not trained: globs over modules ('features.*'), names ('*.bias') and classes "
        "(BatchNorm2d); repeatable",
    )
    parser.add_argument(
        "--train-only",
        action="append",
        default=[],
        metavar="PATTERN",
        help="the only parameters that are trained, such as classifier.6; --freeze takes away from them; repeatable",
    )


def time_options(parser: ArgumentParser) -> None:
    """How time is measured."""
    parser.add_argument(
        "--device", metavar="DEVICE", help="cpu, cuda, cuda:1; several with commas (default: all present)"
    )
    parser.add_argument("--dtype", default="fp32", metavar="DTYPE", help="fp32, tf32, bf16, fp16 (default fp32)")
    parser.add_argument("--threads", metavar="N", help="CPU threads (default: torch's choice)")
    parser.add_argument("--quick", action="store_true", help="a first look in about a second, in one process")
    parser.add_argument("--rigorous", action="store_true", help="five processes instead of three, and longer")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="exit 4 where a measurement is unreliable; for a profile, 1 where an operator has no formula",
    )


def roofline_options(parser: ArgumentParser) -> None:
    """Layers beside what the machine allows."""
    parser.add_argument(
        "--no-roofline",
        action="store_true",
        help="leave out the machine's ceilings, which are measured once (5 s) and kept",
    )
