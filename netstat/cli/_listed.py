"""What there is, read off the registries, as tables."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from netstat.reports._table import Column, Table, count_column, rows
from netstat.units import mebibytes, scaled, shape

if TYPE_CHECKING:
    from netstat.analysis.devices import Specification
    from netstat.models.base import Model
    from netstat.ops import Operator

_SOURCE = re.compile(r"\s*Sources?: ((?:[\w.]+, )*[\w.]*\w)")
_NAME = Column("name", "name", left=True)


def _words(name: str, heading: str, cell: Callable[[Any], Any] | None = None, rank: int = 0) -> Column:
    read = (lambda item, _: cell(item)) if cell else None
    return Column(name, heading, cell=read, left=True, flexible="wrap", narrowest=20, rank=rank, missing="")


def models() -> Iterator[Table]:
    """The built-in models, with the size of each at its own input; nothing for one that takes torch to build."""
    from netstat.api.counting import profile
    from netstat.models import MODELS

    def total(name: str) -> Callable[["Model", Any], int | None]:
        return lambda model, totals: getattr(totals[model.name], name, None)

    totals = {model.name: None if model.needs_torch else profile(model.name).totals for model in MODELS}
    columns = (
        _NAME,
        Column("input_shape", "input", shape, left=True, rank=2),
        count_column("params", "params", cell=total("params"), rank=6),
        count_column("macs", "MACs", cell=total("macs"), rank=6),
        _words("summary", "what it is"),
    )
    yield Table("models", columns, [rows(columns, MODELS, totals)])


def operators() -> Iterator[Table]:
    """The operators that have a formula."""
    from netstat.ops import OPERATORS

    columns = (
        Column("name", "operator", left=True),
        Column("family", "kind", left=True, rank=1),
        _words("source", "in PyTorch", _source, rank=2),
        _words("equation", "what it computes", _equation),
    )
    yield Table("operators", columns, [rows(columns, OPERATORS)])


def _equation(operator: "type[Operator]") -> str:
    """The first line of its docstring, without the source that stands in the column beside it."""
    first = (operator.__doc__ or "").strip().split("\n")[0]
    return _SOURCE.split(first)[0].rstrip(". ") + "."


def _source(operator: "type[Operator]") -> str:
    """The function or class that it is, as its docstring has it."""
    found = _SOURCE.search(" ".join((operator.__doc__ or "").split()))
    return found[1] if found else next(iter((*operator.torch, *operator.modules)), "")


def peers() -> Iterator[Table]:
    """The other counters, installed or not."""
    from netstat.peers import PEERS, find

    def version(peer: Any, _: object) -> str:
        place = find(peer)
        return place.version if place else "not installed"

    columns = (
        Column("name", "peer", left=True),
        Column("version", "installed", cell=version, left=True),
        Column("unit", "unit", left=True, rank=1),
        _words("summary", "what it counts", lambda peer: peer.convention.summary),
    )
    yield Table("peers", columns, [rows(columns, PEERS)])


def conventions() -> Iterator[Table]:
    """The ways of counting."""
    from netstat.conventions import CONVENTIONS

    columns = (
        Column("name", "convention", left=True),
        Column("unit", "unit", left=True),
        _words("summary", "what it counts"),
    )
    yield Table("conventions", columns, [rows(columns, CONVENTIONS)])


def reports() -> Iterator[Table]:
    """The forms a result can be had in."""
    from netstat.registry import REPORTS

    columns = (
        Column("name", "format", cell=lambda name, _: name, left=True),
        Column("option", "option", cell=lambda name, _: "" if name == "table" else f"-o FILE.{name}", left=True),
        _words("summary", "what it is", lambda name: _first_line(REPORTS[name])),
    )
    yield Table("reports", columns, [rows(columns, REPORTS.names())])


def charts() -> Iterator[Table]:
    """The charts of results."""
    from netstat.registry import CHARTS

    columns = (
        Column("name", "chart", left=True),
        Column("kinds", "of", ", ".join, left=True, rank=2),
        _words("title", "what it shows"),
    )
    yield Table("charts", columns, [rows(columns, CHARTS)])


def devices() -> Iterator[Table]:
    """What can be measured on, and what can be forecast for."""
    from netstat.analysis.devices import specifications
    from netstat.measure.devices import DEVICES

    name = _NAME._replace(cell=lambda name, _: name)
    columns = (name, _words("summary", "what it is", lambda name: _first_line(DEVICES[name])))
    yield Table("devices", columns, [rows(columns, DEVICES.names())])
    yield _on_paper(specifications().values())


def _on_paper(devices: "Iterable[Specification]") -> Table:
    def peak(device: "Specification", _: object) -> float | None:
        return device.peaks.get("fp32")

    def dtypes(device: "Specification", _: object) -> str:
        return ", ".join(device.peaks)

    def per_second(unit: str) -> Callable[[float], str]:
        return lambda number: scaled(number, unit)

    columns = (
        _NAME,
        _words("title", "device"),
        Column("peak", "fp32 peak", per_second("FLOP/s"), cell=peak, rank=2),
        Column("bytes_per_second", "memory", per_second("B/s"), rank=3),
        Column("memory_bytes", "size", mebibytes, rank=1, missing=""),
        Column("dtypes", "dtypes", cell=dtypes, left=True),
    )
    return Table("devices for forecasts", columns, [rows(columns, devices)])


def _first_line(thing: object) -> str:
    return (thing.__doc__ or "").strip().split("\n")[0]


KINDS: dict[str, Callable[[], Iterator[Table]]] = {
    "models": models,
    "operators": operators,
    "peers": peers,
    "conventions": conventions,
    "reports": reports,
    "charts": charts,
    "devices": devices,
}
