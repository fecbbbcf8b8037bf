"""`netstat benchmark`: measured time, whole and per layer, one way of running the model beside others."""

from argparse import ArgumentParser, Namespace
from itertools import product

from netstat.api.subjects import Ways, benchmark_subject
from netstat.cli import _session as session
from netstat.cli import _training
from netstat.cli._arguments import model_options, output_options, time_options
from netstat.cli._training import training_options


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser)
    time_options(parser)
    training_options(parser)
    parser.add_argument("--memory-format", default="contiguous", metavar="FORMAT", help="contiguous, channels_last")
    parser.add_argument("--mode", default="eager", metavar="MODE", help="eager, compile (torch.compile), cuda-graph")
    parser.add_argument("--charts", metavar="DIR", help="also draw charts into this folder")
    output_options(parser)
    parser.epilog = (
        "Several values with commas of -b, --device, --dtype, --threads, --memory-format and --mode are timed side by "
        f"side, every combination: -b 1,2,4,8 --threads 1,2.\n\n{parser.epilog}"
    )


def run(options: Namespace) -> int:
    """Measure every combination that was asked for."""
    from netstat.reports.table import times_text

    session.check_outputs(options)
    if options.charts:
        session.check_folder(options.charts)
    _training.check(options)
    settings, ways = session.settings(options), _ways(options)
    if options.train:
        return _training.run(options, ways)
    subject = session.subject(Namespace(**{**vars(options), "batch": str(ways.batches[0]), "dtype": "float32"}))
    with session.progress(options) as progress:
        times = benchmark_subject(subject, ways, settings=settings, progress=progress)
    session.show(times_text(times, **session.style()), options)
    session.deliver(times, options)
    if options.charts:
        session.draw(times, options)
    return session.spoiled((time.reliable for time in times.benchmarks), options)


def _ways(options: Namespace) -> Ways:
    """What the options name.

    Raises:
        UsageError: something that there is not.
    """
    from netstat.measure.configuration import check

    several = session.several
    threads = None if options.threads is None else several(options.threads, "--threads")
    ways = Ways(
        batches=[session.whole(batch, "--batch") for batch in several(options.batch, "--batch")],
        dtypes=several(options.dtype, "--dtype"),
        threads=[session.whole(number, "--threads") for number in threads] if threads else (None,),
        memory_formats=several(options.memory_format, "--memory-format"),
        modes=several(options.mode, "--mode"),
    )
    for choices in product(ways.dtypes, ways.memory_formats, ways.modes):
        check(*choices)
    return ways._replace(devices=session.devices(options))
