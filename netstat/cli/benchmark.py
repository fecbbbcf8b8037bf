"""`netstat benchmark`: measured time, whole and per layer, beside what the machine allows."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from netstat.api.subjects import benchmark_subject, profile_subject
from netstat.cli import _session as session
from netstat.cli._arguments import model_options, output_options, roofline_options, time_options
from netstat.errors import UsageError
from netstat.records.benchmark import Benchmarks
from netstat.units import plural


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser)
    time_options(parser)
    roofline_options(parser)
    parser.add_argument("--lost", action="store_true", help="where the time is lost: rows by their time over the roof")
    parser.add_argument("--charts", metavar="DIR", help="also draw charts into this folder")
    output_options(parser)


def run(options: Namespace) -> int:
    """Measure on each device."""
    _check(options)
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
    roofs = session.rooflines(profile_subject(subject).layers, times.benchmarks, options)
    times = replace(times, roofline=roofs)
    session.show(_text(times, options), options)
    session.deliver(times, options)
    if options.charts:
        from netstat.reports._charts import charts

        session.tell(options, f"wrote {plural(len(charts(times, options.charts)), 'chart')} to {options.charts}")
    return session.spoiled((time.reliable for time in times.benchmarks), options)


def _check(options: Namespace) -> None:
    """Refuse what would stop a later step, before the first one."""
    session.check_outputs(options)
    session.check_times(options)
    if options.charts:
        session.check_folder(options.charts)
    if options.lost and options.no_roofline:
        raise UsageError("--lost is what is over the roofs, and --no-roofline leaves them out; give one of them")


def _text(times: Benchmarks, options: Namespace) -> str:
    from netstat.reports.table import benchmark_text, lost_text

    if options.lost and times.roofline:
        return lost_text(times.roofline, times.model, **session.style())
    return benchmark_text(times.benchmarks, model=times.model, rooflines=times.roofline, **session.style())
