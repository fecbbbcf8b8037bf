"""What comes out: results on stdout, files and charts, words and progress on stderr, the exit code."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, TypedDict

from netstat.cli._streams import unread, write
from netstat.errors import UsageError
from netstat.records.base import Record, check_writable, report_for
from netstat.units import plural

if TYPE_CHECKING:
    from netstat.measure.sampling import Progress
    from netstat.records.view import View


DELAY = 1.0  # seconds that a job takes before there is a progress bar


class Style(TypedDict):
    """What the terminal can show."""

    unicode: bool
    color: bool


def check_outputs(options: Namespace) -> None:
    """Refuse files and charts that could not be written, before any work is done.

    Raises:
        UsageError: unknown suffix, or a place that cannot be written to.
    """
    if options.charts:
        _check_folder(options.charts)
    if options.output:
        from pathlib import Path
    for path in options.output:
        check_writable(Path(path), mark=report_for(path).mark, force=options.force)


def _check_folder(folder: str) -> None:
    from pathlib import Path

    path = Path(folder).absolute()
    there = next(place for place in (path, *path.parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise UsageError(f"cannot write charts to '{folder}': '{there}' is no folder that can be written to")


def deliver(record: Record, options: Namespace, view: "View | None" = None) -> None:
    """Write the -o files, tables in them as `view` says, charts, and JSON to stdout where asked."""
    for path in options.output:
        record.save(path, force=options.force, view=view)
        tell(options, f"wrote {path}")
    if options.charts:
        from netstat.reports.charts._files import charts

        files = charts(record, options.charts, force=options.force)
        tell(options, f"wrote {plural(len(files), 'chart')} to {options.charts}")
    if options.json:
        from netstat.registry import REPORTS

        with unread(sys.stdout):
            sys.stdout.buffer.write(REPORTS["json"].render(record))
            sys.stdout.flush()


def tell(options: Namespace, line: str) -> None:
    """A line for the person at the terminal."""
    if not options.quiet:
        write(sys.stderr, f"netstat: {line}\n")


def show(text: str, options: Namespace) -> None:
    """A section on stdout, at once; nothing where stdout is for JSON."""
    if not options.json:
        write(sys.stdout, text)


def style() -> Style:
    """What the terminal can show: Unicode and colour."""
    from netstat.reports._terminal import shows_color, shows_unicode

    return {"unicode": shows_unicode(sys.stdout.encoding), "color": shows_color(sys.stdout)}


@contextmanager
def progress(options: Namespace) -> "Iterator[Progress]":
    """A progress bar on stderr, for a person at a terminal only; what a model prints goes to stderr too."""
    with redirect_stdout(sys.stderr), _bar(options) as update:
        yield update


@contextmanager
def _bar(options: Namespace) -> "Iterator[Progress]":
    if options.quiet or not sys.stderr.isatty():
        yield lambda label, fraction: None
        return
    from tqdm import tqdm

    from netstat.reports._terminal import shows_unicode

    shape = "{desc} {bar:12} {percentage:3.0f} %"
    plain = not shows_unicode(sys.stderr.encoding)
    with tqdm(
        total=100,
        leave=False,
        file=sys.stderr,
        bar_format=shape,
        delay=DELAY,
        miniters=0,
        dynamic_ncols=True,
        ascii=plain,
    ) as bar:

        def update(label: str, fraction: float) -> None:
            bar.set_description_str(label, refresh=False)
            bar.update(min(round(100 * fraction), 100) - bar.n)  # a refresh would forget that there is a line to clear

        yield update


def spoiled(reliable: Iterable[bool], options: Namespace) -> int:
    """Exit code of measurements: 4 where one is unreliable under --strict."""
    return 4 if options.strict and not all(reliable) else 0
