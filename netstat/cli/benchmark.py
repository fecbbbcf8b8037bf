"""`netstat benchmark`: measured time, whole and per layer, one way of running the model beside others."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from itertools import product

from netstat.api.subjects import Ways, benchmark_subject, profile_subject
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli import _roofs as roofs
from netstat.cli import _training
from netstat.cli._arguments import model_options, output_options, roofline_options, time_options
from netstat.cli._training import training_options
from netstat.errors import UsageError
from netstat.frontends.subject import Subject
from netstat.records.benchmark import Benchmarks, firsts
from netstat.records.roofline import Roofline
from netstat.records.view import View


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser)
    time_options(parser)
    training_options(parser)
    parser.add_argument("--memory-format", default="contiguous", metavar="FORMAT", help="contiguous, channels_last")
    parser.add_argument("--mode", default="eager", metavar="MODE", help="eager, compile (torch.compile), cuda-graph")
    parser.add_argument("--cold", action="store_true", help="empty the caches before every sample")
    parser.add_argument("--sort", choices=["time"], help="rows of layers with the longest first")
    parser.add_argument("--tree", action="store_true", help="layers in the containers they are in, with their times")
    parser.add_argument("--depth", metavar="N", help="levels of the tree")
    roofline_options(parser)
    parser.add_argument("--lost", action="store_true", help="where the time is lost: rows by their time over the roof")
    output_options(parser)
    parser.epilog = (
        "Several values with commas of -b, --device, --dtype, --threads, --memory-format and --mode are timed side by\n"
        f"side, every combination: -b 1,2,4,8 --threads 1,2.\n\n{parser.epilog}"
    )


def run(options: Namespace) -> int:
    """Measure every combination that was asked for."""
    _check(options)
    view, settings, ways = _view(options), replace(given.settings(options), cold=options.cold), _ways(options)
    if options.train:
        return _training.run(options, ways)
    subject = _subject(options, ways, "float32")
    with output.progress(options) as progress:
        times = benchmark_subject(subject, ways, settings=settings, progress=progress)
    times = replace(times, roofline=_rooflines(times, ways, options))
    output.show(_text(times, view, options), options)
    output.deliver(times, options, view)
    return output.spoiled((time.reliable for time in times.benchmarks), options)


def _check(options: Namespace) -> None:
    """Refuse what would stop a later step, before the first one."""
    output.check_outputs(options)
    if options.lost and options.no_roofline:
        raise UsageError("--lost is what is over the roofs, and --no-roofline leaves them out; give one of them")
    if options.cold and options.train:
        raise UsageError("--cold is of a forward pass; a training step finds the caches as it left them")
    _training.check(options)


def _subject(options: Namespace, ways: Ways, dtype: str) -> Subject:
    return given.subject(Namespace(**{**vars(options), "batch": str(ways.batches[0]), "dtype": dtype}))


def _rooflines(times: Benchmarks, ways: Ways, options: Namespace) -> tuple[Roofline, ...] | None:
    """The layers under the roofs, where every device has one table: of several ways to run a model none has layers."""
    if len(firsts(times.benchmarks)) > len(ways.devices):
        return None
    layers = profile_subject(_subject(options, ways, ways.dtypes[0])).layers
    return roofs.rooflines(layers, times.benchmarks, options)


def _text(times: Benchmarks, view: View, options: Namespace) -> str:
    from netstat.reports.table import lost_text, record_text

    if options.lost and times.roofline:
        return lost_text(times.roofline, times.model, **output.style())
    return record_text(times, view=view, **output.style())


def _view(options: Namespace) -> View:
    depth = given.optional(options.depth, "--depth")
    return View(sort=options.sort, tree=options.tree or depth is not None, depth=depth)


def _ways(options: Namespace) -> Ways:
    """What the options name.

    Raises:
        UsageError: something that there is not.
    """
    from netstat.measure.configuration import check

    several = given.several
    threads = None if options.threads is None else several(options.threads, "--threads")
    ways = Ways(
        batches=[given.whole(batch, "--batch") for batch in several(options.batch, "--batch")],
        dtypes=several(options.dtype, "--dtype"),
        threads=[given.whole(number, "--threads") for number in threads] if threads else (None,),
        memory_formats=several(options.memory_format, "--memory-format"),
        modes=several(options.mode, "--mode"),
    )
    for choices in product(ways.dtypes, ways.memory_formats, ways.modes):
        check(*choices)
    return ways._replace(devices=given.devices(options))
