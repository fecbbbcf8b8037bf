"""Cross-checks as tables: every counter's figure at a glance, and the way from ours to each."""

from collections.abc import Iterator, Sequence

from netstat.records.crosscheck import CrossCheck, CrossChecks
from netstat.records.view import View
from netstat.reports._table import Column, Fact, Row, Table, count_column, place, title
from netstat.units import deviation, exact, plural, signed

_OVERVIEW = (
    Column("peer", "tool", left=True),
    count_column("figure", "figure"),
    Column("unit", "what it calls it", left=True, rank=1),
    Column("off", "off from ours", deviation),
    Column("settled", "the difference is", left=True, flexible="wrap"),
)
_BILL = (
    Column("peer", "tool", left=True),
    Column("figure", "figure", left=True, flexible="wrap"),
    Column("amount", "amount"),
)


def crosscheck_tables(record: CrossChecks, view: View) -> Iterator[Table]:
    """Every tool at a glance, then the way from ours to each."""
    yield overview_table(record.crosscheck, record.heading)
    yield bill_table(record.crosscheck, record.heading)


def overview_table(checks: Sequence[CrossCheck], model: str = "") -> Table:
    """Who says what, and how far it is from our multiply-accumulates."""
    ours = f"{exact(checks[0].ours)} MACs" if checks else ""
    rows = [[_tool(check), check.figure, check.unit, check.off, _settled(check)] for check in checks]
    return Table(title("other counters", model, ours), _OVERVIEW, [rows], notes=list(_footnotes(checks)))


def bill_table(checks: Sequence[CrossCheck], model: str = "") -> Table:
    """What other counters report, each difference to ours itemised."""
    run = [check for check in checks if check.reported is not None]
    verdict = f"{exact(sum(check.closed for check in run))} of {plural(len(run), 'tool')} closed"
    predicted = f"{exact(len(checks) - len(run))} predicted only" if len(run) < len(checks) else ""
    return Table(title("cross-check", model, verdict, predicted), _BILL, [list(_bill(check)) for check in checks])


def _tool(check: CrossCheck) -> str:
    return f"{check.peer} {check.version}".rstrip()


def _settled(check: CrossCheck) -> str:
    if check.reported is None:
        return "predicted, not run"
    if check.closed:
        return f"closed by {plural(len(check.terms), 'rule')}" if check.terms else "none"
    if check.unexplained:
        return f"UNEXPLAINED: {signed(check.unexplained)}"
    return f"UNEXPLAINED in {plural(sum(layer.unexplained != 0 for layer in check.layers), 'layer')} that cancel out"


def _footnotes(checks: Sequence[CrossCheck]) -> Iterator[Fact]:
    if any(check.per_mac > 1 for check in checks):
        yield "off", "of our MACs; of twice our MACs for a tool that counts a multiply-accumulate as two operations"
    missing = dict.fromkeys(check.error for check in checks if check.error)
    for error in missing:
        yield "not run", error


def _bill(check: CrossCheck) -> Iterator[Row]:
    yield [_tool(check), "our MACs", exact(check.ours)]
    for term in check.terms:
        yield ["", f"{term.reason}{_record(term.issue)}{_places(term.paths)}", signed(term.amount)]
    yield ["", f"predicted {check.unit}", exact(check.predicted)]
    if check.reported is None:
        yield ["", f"no figure: {check.error}", None]
    else:
        yield ["", f"reported {check.unit}", exact(check.reported)]
        yield from _verdict(check)
    if check.note:
        yield ["", check.note, None]


def _record(issue: str) -> str:
    return f" [{issue}]" if issue else ""


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
