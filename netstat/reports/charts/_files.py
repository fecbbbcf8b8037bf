"""The charts of a record as files."""

import os
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from netstat.errors import UsageError
from netstat.records.base import Record, pictures, write
from netstat.registry import REPORTS
from netstat.reports.charts._chart import stacked
from netstat.reports.charts._style import png, svg

# What -o FILE.png shows of a record, one above the other; of any other kind it is the first chart, of each device.
SHEETS = {
    "profile": ("params", "macs", "time"),
    "memory": ("memory", "training-memory"),
    "scaling": ("scaling", "scaling-memory", "scaling-shares"),
    "comparison": ("compared-params", "compared-macs"),
    "ceilings": ("ceilings", "bandwidth"),
}


def figure(record: Any) -> Any:
    """The one figure of `record` that its PNG and SVG show.

    Raises:
        UsageError: the record has no chart.
    """
    found = pictures(record)
    first = next(iter(found.values()))
    own = [picture for picture in found.values() if picture.record is first.record]
    sheet = SHEETS.get(first.record.kind) or (first.chart.name,)
    shown = [picture for name in sheet for picture in own if picture.chart.name == name]
    return stacked(shown, Figure)


def charts(record: Record, folder: str | os.PathLike[str], *, force: bool = False) -> list[Path]:
    """Write every chart of `record` into `folder`, each as PNG and as SVG.

    Args:
        record: of any kind.
        folder: made if it is not there.
        force: replace files that netstat did not write.

    Returns:
        The files written.

    Raises:
        UsageError: the record has no chart, the folder cannot be made or a file not written, or a file is somebody
            else's.
    """
    written = []
    for name, picture in pictures(record).items():
        for suffix, encode in (("png", png), ("svg", svg)):
            path = _made(Path(folder)) / f"{name}.{suffix}"
            write(path, encode(partial(stacked, [picture], Figure)), mark=REPORTS[suffix].mark, force=force)
            written.append(path)
    return written


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder '{folder}': {error.strerror}") from error
    return folder
