"""`netstat list`: what there is, read off the registries."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator

from netstat.cli._session import put
from netstat.errors import UsageError

Rows = Iterator[tuple[str, str]]


def _models() -> Rows:
    from netstat.models import MODELS

    return ((model.name, model.summary) for model in MODELS)


def _operators() -> Rows:
    from netstat.ops import OPERATORS

    return ((operator.name, (operator.__doc__ or "").strip().splitlines()[0]) for operator in OPERATORS)


def _peers() -> Rows:
    from netstat.peers import PEERS

    return ((name, PEERS[name].convention.summary) for name in PEERS.names())


def _installed_peers() -> Rows:
    from netstat.peers import PEERS, find

    rows = list(_peers())
    places = [find(PEERS[name]) for name, _ in rows]
    versions = [place.version if place else "not installed" for place in places]
    width = max(map(len, versions))
    return ((name, f"{version:{width}}  {summary}") for (name, summary), version in zip(rows, versions, strict=True))


def _conventions() -> Rows:
    from netstat.conventions import CONVENTIONS

    return ((convention.name, convention.summary) for convention in CONVENTIONS)


def _reports() -> Rows:
    from netstat.registry import REPORTS

    return ((name, "" if name == "table" else f"-o FILE.{name}") for name in REPORTS.names())


def _charts() -> Rows:
    from netstat.registry import CHARTS

    return ((chart.name, f"{chart.title} ({', '.join(chart.kinds)})") for chart in CHARTS)


def _devices() -> Rows:
    from netstat.measure.devices import DEVICES

    return ((name, "") for name in DEVICES.names())


def _specifications() -> Rows:
    from netstat.analysis.devices import specifications

    devices = specifications().values()
    width = max(len(device.title) for device in devices)
    return ((device.name, f"{device.title:{width}}  {', '.join(device.peaks)}") for device in devices)


KINDS: dict[str, Callable[[], Rows]] = {
    "models": _models,
    "operators": _operators,
    "peers": _installed_peers,
    "conventions": _conventions,
    "reports": _reports,
    "charts": _charts,
    "devices": _devices,
}
# What is listed below a kind: those of it that only a forecast knows.
BELOW: dict[str, tuple[str, Callable[[], Rows]]] = {"devices": ("devices for forecasts", _specifications)}


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("kind", nargs="?", metavar="|".join(KINDS), help="what to list (default: everything)")
    parser.add_argument("--debug", action="store_true", help="a traceback instead of one line")


def run(options: Namespace) -> int:
    """Names and one line on each."""
    if options.kind is not None and options.kind not in KINDS:
        raise UsageError(f"cannot list '{options.kind}'; there is {', '.join(KINDS)}")
    for kind in KINDS if options.kind is None else [options.kind]:
        _put(kind, KINDS[kind]())
        if kind in BELOW:
            title, rows = BELOW[kind]
            _put(title, rows())
    return 0


def _put(title: str, listed: Rows) -> None:
    rows = list(listed)
    width = max(len(name) for name, _ in rows)
    lines = (f"  {name:{width}}  {summary}".rstrip() for name, summary in rows)
    put(f"{title}\n" + "\n".join(lines) + "\n")
