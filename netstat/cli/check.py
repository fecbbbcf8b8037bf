"""`netstat check`: a gate that a model passes while it keeps its budgets."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from netstat.analysis.check import PER_LAYER, Budget, check
from netstat.api.budgets import OPTIONS, budgets, by_layers, figure_of, limits
from netstat.api.checking import check_saved, check_subject
from netstat.api.configured import TABLE, Configured, configured
from netstat.api.needs import Plan
from netstat.api.subjects import Ways
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli._arguments import freezing_options, model_options, output_options, time_options
from netstat.cli._streams import write
from netstat.errors import UsageError
from netstat.frontends.optimizers import OPTIMIZERS
from netstat.frontends.resolve import is_saved
from netstat.records.check import FIGURES, OVER, UNKNOWN

if TYPE_CHECKING:
    from netstat.records.check import Check, Checked

GRAMMAR = """\
A budget is for the model as a whole (--max-macs 800M) or by layers (--max-macs 'features.*=500M'): a glob, an
operator's name or the path of a layer is for each layer it matches, the path of a module for that module as a whole.
Budgets and any of the options above up to --format may stand in [tool.netstat.check] of the nearest pyproject.toml,
by their long names; [[tool.netstat.check.models]] with model = "NAME" has those of one model, and the models to check
where none is named. The command line wins over the file. A latency is measured on the cpu unless --device says so.

Exit code 1: over; 3 as well where a count is a lower bound within its budget; 4 under --strict where a latency cannot
be told from its budget.
"""
_SETTINGS = (
    "input", "batch", "dtype", "device", "threads", "quick", "rigorous", "strict", "optimizer", "amp", "freeze",
    "train_only", "fully_convolutional",
)  # fmt: skip
_SWITCHES = ("quick", "rigorous", "strict", "fully_convolutional")
_SEVERAL = ("input", "freeze", "train_only")


def configure(parser: ArgumentParser) -> None:
    """Options of the command; None is what nobody typed, and is left to the file."""
    parser.add_argument("models", nargs="*", metavar="MODEL")
    model_options(parser, one=False)
    for figure, words in FIGURES.items():
        metavar = "[LAYERS=]N" if figure in PER_LAYER else "TIME" if figure == "latency" else "SIZE"
        option, said = f"--max-{figure.replace('_', '-')}", f"most {words.replace('%', '%%')}"
        parser.add_argument(option, action="append", metavar=metavar, help=said)
    parser.add_argument("--optimizer", default="sgd-momentum", metavar="NAME", help=", ".join(OPTIMIZERS.names()))
    parser.add_argument("--amp", default="", metavar="DTYPE", help="a training step in mixed precision: bf16 or fp16")
    freezing_options(parser)
    time_options(parser)
    defaults = {name: parser.get_default(name) for name in (*_SETTINGS, *OPTIONS)}
    parser.set_defaults(**dict.fromkeys(defaults), defaults={**defaults, "device": "cpu"})
    parser.add_argument("--config", metavar="FILE", help="a TOML file in place of the nearest pyproject.toml")
    parser.add_argument(
        "--format", default="text", metavar="NAME", help="github: annotations of GitHub Actions below the table"
    )
    output_options(parser)
    parser.epilog = f"{GRAMMAR}\n{parser.epilog}"


def run(options: Namespace) -> int:
    """Check every model, then say so; nothing is counted before all budgets are known to make sense."""
    output.check_outputs(options)
    if options.format not in ("text", "github") or (options.format == "github" and options.json):
        raise UsageError("--format is text or github, and JSON is neither; leave out one of them")
    found = configured(options.config, (*_SETTINGS, *OPTIONS))
    jobs = [(job, _budgets(job)) for job in _jobs(options, found)]
    record = check([_checked(job, wanted) for job, wanted in jobs], found.source)
    _show(record, options)
    output.deliver(record, options)
    return _code(record, strict=any(job.strict for job, _ in jobs))


def _jobs(options: Namespace, found: Configured) -> list[Namespace]:
    """The options of each model: those typed, then those of the file for it, then those for all."""
    typed = {name: value for name in (*_SETTINGS, *OPTIONS) if (value := vars(options)[name]) is not None}
    typed |= {name: limits(typed[name]) for name in OPTIONS if name in typed}
    own = [each for name in options.models for each in found.of(name)] if options.models else found.models
    if not own:
        raise UsageError(f"name a model to check, or models in {TABLE} of pyproject.toml")
    defaults = vars(options)["defaults"]
    return [Namespace(**{**vars(options), **_merged(defaults, found.common, each, typed)}) for each in own]


def _merged(defaults: Mapping[str, Any], *said: Mapping[str, Any]) -> dict[str, Any]:
    """What was said last of each option; of budgets, of each pattern of layers."""
    found = dict(defaults)
    for options in said:
        for name, value in options.items():
            found[name] = {**(found[name] or {}), **by_layers(value)} if name in OPTIONS else _value(name, value)
    return found


def _value(name: str, value: Any) -> Any:
    """An option's value as the command line has it.

    Raises:
        UsageError: it is of another kind.
    """
    if name in _SWITCHES:
        if not isinstance(value, bool):
            raise UsageError(f"{name.replace('_', '-')} is true or false, not {value!r}")
        return value
    texts = value if name in _SEVERAL and isinstance(value, list) else [value]
    if not all(isinstance(text, (str, int)) and not isinstance(text, bool) for text in texts):
        raise UsageError(f"{name.replace('_', '-')} is a text or a number, not {value!r}")
    return [str(text) for text in texts] if name in _SEVERAL else str(value)


def _budgets(job: Namespace) -> tuple[Budget, ...]:
    """The budgets of a model, its other options looked at as well."""
    found = budgets({figure_of(name): vars(job)[name] for name in OPTIONS})
    latency = any(budget.figure == "latency" for budget in found) and not is_saved(job.model)
    given.check_times(job, wanted=latency)
    Plan(job.dtype, job.optimizer, job.amp).checked()
    return found


def _checked(job: Namespace, wanted: Sequence[Budget]) -> "Checked":
    if is_saved(job.model):
        return check_saved(job.model, wanted, anew=given.counts_anew(job))
    subject = given.subject(job)
    threads = given.optional(job.threads, "--threads")
    ways = Ways(given.several(job.device, "--device"), dtypes=[job.dtype], threads=[threads])
    plan = Plan(job.dtype, job.optimizer, job.amp).checked()
    with output.progress(job) as progress:
        return check_subject(subject, wanted, plan, ways, settings=given.settings(job), progress=progress)


def _show(record: "Check", options: Namespace) -> None:
    from netstat.reports.table import record_text

    output.show(record_text(record, **output.style()), options)
    if options.format == "github":
        from netstat.reports._check import annotations

        write(sys.stdout, annotations(record))


def _code(record: "Check", *, strict: bool) -> int:
    """1 where something is over, 3 where a lower bound says nothing, 4 under --strict where a time does not."""
    if record.verdict == OVER:
        return 1
    if any(budget.verdict == UNKNOWN for model in record.checked for budget in model.counts):
        return 3
    return 4 if strict and record.verdict == UNKNOWN else 0
