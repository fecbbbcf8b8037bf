"""What every record can do: become a dict, be printed, be saved."""

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from netstat import __version__
from netstat.errors import UsageError
from netstat.graph import plain
from netstat.records.origin import Origin
from netstat.registry import CHARTS, FRAMES, REPORTS, Report

if TYPE_CHECKING:
    from pathlib import Path

    import pandas
    import polars

    from netstat.records.view import View

SCHEMA = 1


@dataclass(frozen=True)
class Record:
    """Base of the top-level records. A section that was not asked for is None and absent from the JSON.

    Attributes:
        origin: what it is of, in the user's words, whatever they are: results of equal figures are equal; None where
            that was an object, or nothing was named.
    """

    kind: ClassVar[str]

    origin: Origin | None = field(default=None, kw_only=True, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: schema, netstat's version, kind, then the fields."""
        sections = {name: section for name, section in plain(self).items() if section is not None}
        return {"schema": SCHEMA, "netstat": __version__, "kind": self.kind, **sections}

    def save(self, path: str | os.PathLike[str], *, force: bool = False, view: "View | None" = None) -> None:
        """Write to `path` in the format its suffix names.

        Args:
            path: the file; an existing one is replaced only where netstat wrote it.
            force: replace whatever stands there.
            view: which rows a profile's table has; JSON holds everything in any case.

        Raises:
            UsageError: unknown suffix, a folder that is not there or not writable, a foreign file in the way.
        """
        from pathlib import Path

        report = report_for(path)
        write(Path(path), report.render(self, view), mark=report.mark, force=force)

    def parts(self) -> "list[tuple[str, Record]]":
        """What stands before the names of charts, and the record whose charts these are."""
        return [("", self)]

    def plot(self, name: str | None = None, ax: Any = None) -> Any:
        """Draw one of the record's charts with matplotlib; docs/charts.md shows each and how to read it.

        Args:
            name: of a chart; left out, the first that this record has.
            ax: the Axes to draw on, left as the user styled it otherwise; left out, that of a new figure.

        Returns:
            The Axes.

        Raises:
            UsageError: the record has no chart, or none of this name.
        """
        found = pictures(self)
        chosen = next(iter(found)) if name is None else name
        if chosen not in found:
            raise UsageError(f"unknown chart '{chosen}'; this {self.kind} has {', '.join(found)}")
        return found[chosen].plot(ax)

    def to_pandas(self) -> "pandas.DataFrame":
        """The rows of the CSV form with typed, nullable columns; shapes are tuples of ints.

        Raises:
            InstallError: pandas is not there.
        """
        frame: pandas.DataFrame = FRAMES["pandas"](self)
        return frame

    def to_polars(self) -> "polars.DataFrame":
        """The rows of the CSV form with typed columns; shapes are lists of ints.

        Raises:
            InstallError: polars is not there.
        """
        frame: polars.DataFrame = FRAMES["polars"](self)
        return frame

    def __str__(self) -> str:
        return REPORTS["table"].render(self).decode()

    def _repr_html_(self) -> str:
        notebook: Any = REPORTS["ipynb"]
        markup: str = notebook.fragment(self)
        return markup

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What notebooks show: a table, and as text what `print` shows instead of every field."""
        return {"text/html": self._repr_html_(), "text/plain": str(self)}


def pictures(record: Record) -> dict[str, Any]:
    """Every chart of `record` by name, ready to be drawn.

    Raises:
        UsageError: it has none.
    """
    found = {
        f"{prefix}{name}": picture
        for prefix, part in record.parts()
        for chart in CHARTS
        for name, picture in chart.pictures(part).items()
    }
    if not found:
        raise UsageError(f"a record of kind '{record.kind}' has no chart; write it to .md, .html, .tex, .csv or .json")
    return found


def report_for(path: str | os.PathLike[str]) -> Report:
    """The report that the suffix of `path` names.

    Raises:
        UsageError: no format has this suffix.
    """
    suffix = os.path.splitext(path)[1].removeprefix(".").lower()  # noqa: PTH122  pathlib is slow to load
    formats = [name for name in REPORTS.names() if name != "table"]
    if suffix not in formats:
        raise UsageError(f"cannot write '{path}': the suffix must be one of .{', .'.join(formats)}")
    return REPORTS[suffix]


def check_writable(path: "Path", *, mark: bytes, force: bool) -> None:
    """Refuse what `write` would refuse, before any work is done.

    Raises:
        UsageError: a folder that is not there or not writable, a foreign file in the way.
    """
    try:
        _refuse(path, mark, force)
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise UsageError(f"cannot write '{path}': {error.strerror}") from error


def _refuse(path: "Path", mark: bytes, force: bool) -> None:
    if not path.parent.is_dir():
        raise UsageError(f"cannot write '{path}': there is no folder '{path.parent}'")
    if path.is_dir():
        raise UsageError(f"cannot write '{path}': it is a folder")
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise UsageError(f"cannot write '{path}': permission denied")
    if path.exists() and not force and not _ours(path, mark):
        raise UsageError(f"'{path}' exists and netstat did not write it; use --force to replace it")


def write(path: "Path", content: bytes, *, mark: bytes, force: bool = False) -> None:
    """Write whole or not at all: to a temporary name beside `path`, then rename.

    Raises:
        UsageError: the file cannot be written, or is somebody else's.
    """
    check_writable(path, mark=mark, force=force)
    temporary = path.with_name(f".{path.name[:32]}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write '{path}': {error.strerror}") from error
    finally:  # also where somebody interrupts
        temporary.unlink(missing_ok=True)


def _ours(path: "Path", mark: bytes) -> bool:
    with path.open("rb") as file:
        head = file.read(4096)
    return not head or mark in head
