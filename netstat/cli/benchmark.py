"""`netstat benchmark`: measured time, whole and per layer."""

from argparse import ArgumentParser, Namespace

from netstat.api.subjects import benchmark_subject
from netstat.cli import _session as session
from netstat.cli import _training
from netstat.cli._arguments import model_options, output_options, time_options
from netstat.cli._training import training_options


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser)
    time_options(parser)
    training_options(parser)
    output_options(parser)


def run(options: Namespace) -> int:
    """Measure on each device."""
    from netstat.reports.table import benchmark_text

    session.check_outputs(options)
    session.check_times(options)
    _training.check(options)
    if options.train:
        return _training.run(options)
    subject, devices = session.subject(options), session.devices(options)
    with session.progress(options) as progress:
        times = benchmark_subject(
            subject,
            devices,
            dtype=options.dtype,
            threads=session.optional(options.threads, "--threads"),
            settings=session.settings(options),
            progress=progress,
        )
    session.show(benchmark_text(times.benchmarks, model=times.model, **session.style()), options)
    session.deliver(times, options)
    return session.spoiled((time.reliable for time in times.benchmarks), options)
