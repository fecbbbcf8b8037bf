"""What may stand where on the command line, read off the registries: what a shell offers to complete a word with."""

from collections.abc import Callable, Iterable
from typing import NamedTuple


class Candidates(NamedTuple):
    """The words that an argument takes.

    Attributes:
        names: the words there are.
        several: whether it takes several of them, with commas between.
        files: "file" where it takes a file (as well), "directory" where it takes a folder.
    """

    names: tuple[str, ...] = ()
    several: bool = False
    files: str = ""


def candidates(command: str, argument: str) -> Candidates | None:
    """What `argument` of `command` takes; None where only the user knows: numbers, shapes, patterns."""
    found = _OF_COMMANDS.get((command, argument)) or _OF_ARGUMENTS.get(argument)
    return found() if found else None


def _models() -> Candidates:
    from netstat.models import MODELS

    return Candidates(tuple(MODELS.names()), files="file")


def _peers() -> Candidates:
    from netstat.peers import PEERS

    return _several(PEERS.names())


def _conventions() -> Candidates:
    from netstat.conventions import CONVENTIONS

    return Candidates(tuple(CONVENTIONS.names()))


def _column() -> Candidates:
    from netstat.reports._columns import COLUMNS

    return Candidates(tuple(COLUMNS.names()))


def _columns() -> Candidates:
    return _column()._replace(several=True)


def _devices() -> Candidates:
    from netstat.measure.devices import DEVICES

    return _several(DEVICES.names())


def _specifications() -> Candidates:
    from netstat.analysis.devices import specifications

    return _several(device.name for device in specifications().values())


def _dtypes() -> Candidates:
    from netstat.measure.precision import PRECISIONS

    return _several(PRECISIONS)


def _optimizers() -> Candidates:
    from netstat.frontends.optimizers import OPTIMIZERS

    return Candidates(tuple(OPTIMIZERS.names()))


def _losses() -> Candidates:
    from netstat.frontends.losses import LOSSES

    return Candidates(tuple(LOSSES.names()))


def _memory_formats() -> Candidates:
    from netstat.measure.configuration import FORMATS

    return _several(FORMATS)


def _modes() -> Candidates:
    from netstat.measure.modes import MODES

    return _several(MODES)


def _lrn() -> Candidates:
    from netstat.analysis.partition import LRN

    return Candidates(LRN)


def _kinds() -> Candidates:
    from netstat.cli._listed import KINDS

    return Candidates(tuple(KINDS))


def _figures() -> Candidates:
    from netstat.reports._badge import FIGURES

    return _several(FIGURES)


def _several(names: Iterable[str]) -> Candidates:
    return Candidates(tuple(names), several=True)


def _languages() -> Candidates:
    from netstat.language import LANGUAGES

    return Candidates(LANGUAGES)


def _annotations() -> Candidates:
    return Candidates(("text", "github"))


_OF_ARGUMENTS: dict[str, Callable[[], Candidates]] = {
    "model": _models,
    "models": _models,
    "against": _peers,
    "convention": _conventions,
    "columns": _columns,
    "sort": _column,
    "device": _devices,
    "dtype": _dtypes,
    "amp": _dtypes,
    "optimizer": _optimizers,
    "loss": _losses,
    "memory_format": _memory_formats,
    "mode": _modes,
    "lrn": _lrn,
    "kind": _kinds,
    "figures": _figures,
    "format": _annotations,
    "lang": _languages,
    "config": lambda: Candidates(files="file"),
    "output": lambda: Candidates(files="file"),
    "charts": lambda: Candidates(files="directory"),
}
# Where an argument means something else than in other commands.
_OF_COMMANDS: dict[tuple[str, str], Callable[[], Candidates]] = {("forecast", "device"): _specifications}
