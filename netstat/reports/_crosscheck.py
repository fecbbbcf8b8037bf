"""Cross-checks as a table: each counter's figure, and the way from ours to it."""

from collections.abc import Iterator, Sequence

from netstat.records.crosscheck import CrossCheck
from netstat.reports._table import Column, Row, Table, place, title
from netstat.units import exact, plural, signed

_COLUMNS = (
    Column("peer", "tool", left=True),
    Column("figure", "figure", left=True, flexible="wrap"),
    Column("amount", "amount"),
)


def crosscheck_table(checks: Sequence[CrossCheck], model: str = "") -> Table:
    """What other counters report, each difference to ours itemised."""
    closed = sum(check.closed for check in checks)
    verdict = f"{exact(closed)} of {plural(len(checks), 'tool')} closed"
    return Table(title("cross-check", model, verdict), _COLUMNS, [list(_bill(check)) for check in checks])


def _bill(check: CrossCheck) -> Iterator[Row]:
    tool = f"{check.peer} {check.version}".rstrip()
    if check.reported is None:
        yield [tool, f"no figure: {check.error}", None]
    else:
        yield [tool, "our MACs", exact(check.ours)]
        yield from _steps(check, check.reported)
    if check.note:
        yield ["", check.note, None]


def _steps(check: CrossCheck, reported: int) -> Iterator[Row]:
    for term in check.terms:
        yield ["", f"{term.reason}{_places(term.paths)}", signed(term.amount)]
    yield ["", f"predicted {check.unit}", exact(check.predicted)]
    yield ["", f"reported {check.unit}", exact(reported)]
    yield from _verdict(check)


def _places(paths: Sequence[str]) -> str:
    if not paths:
        return ""
    return f" ({place(paths[0])})" if len(paths) == 1 else f" ({plural(len(paths), 'layer')})"


def _verdict(check: CrossCheck) -> Iterator[Row]:
    if check.closed:
        yield ["", "closed: nothing is unexplained", exact(0)]
    elif check.unexplained:
        yield ["", "UNEXPLAINED", signed(check.unexplained)]
    for layer in check.layers:
        if layer.unexplained:
            yield ["", f"UNEXPLAINED in {place(layer.path)}", signed(layer.unexplained)]
