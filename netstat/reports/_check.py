"""Budgets and whether they are kept: a table per model, one line for all, and annotations for GitHub."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from netstat.records.check import OVER, UNKNOWN, WITHIN, Check, Checked, CountBudget, LatencyBudget, TimeWeight, Weight
from netstat.records.view import View
from netstat.reports._table import Amount, AtLeast, Column, Fact, Table, place, rows, title, way
from netstat.units import duration, exact, percent, plural, shape

_WORDS = {WITHIN: "ok", OVER: "OVER", UNKNOWN: UNKNOWN}
_LEVELS = {OVER: "error", UNKNOWN: "warning"}  # of GitHub's annotations
_NAMED = 3  # layers in a line


class _Line(NamedTuple):
    """A row of the table."""

    budget: str
    limit: Any
    found: Any
    share: tuple[float, float]
    verdict: str


def check_tables(record: Check, view: View) -> Iterator[Table]:
    """The budgets of each model, then the verdict in a line."""
    for checked in record.checked:
        yield _table(checked)
    yield Table(_verdict(record))


def annotations(record: Check) -> str:
    """What is not kept as workflow commands of GitHub Actions, a line each.

    Source: docs.github.com/en/actions/reference/workflow-commands-for-github-actions.
    """
    file = f"file={_property(record.source)}," if record.source else ""
    lines = [
        f"::{_LEVELS[verdict]} {file}title=netstat check::{_message(f'{checked.model}: {text}')}\n"
        for checked in record.checked
        for verdict, text in _faults(checked)
    ]
    return "".join(lines)


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _table(checked: Checked) -> Table:
    inputs = ", ".join(f"{tensor.name} {shape(tensor.shape)} {tensor.dtype}" for tensor in checked.inputs)
    lines = [*map(_count, checked.counts), *map(_latency, checked.latencies)]
    facts: list[Fact] = [(_WORDS[verdict], text) for verdict, text in _faults(checked)]
    return Table(title("check", checked.model, inputs), _COLUMNS, [rows(_COLUMNS, lines)], notes=facts)


def _count(budget: CountBudget) -> _Line:
    found = _amount(budget, budget.at_least)
    is_bound = budget.at_most != budget.at_least
    return _Line(
        _name(budget),
        _amount(budget, budget.limit),
        AtLeast(found) if is_bound else found,
        (budget.at_least, budget.limit),
        _WORDS[budget.verdict],
    )


def _latency(budget: LatencyBudget) -> _Line:
    low, high = map(duration, budget.ci95_seconds)
    share = (budget.median_seconds, budget.limit_seconds)
    return _Line(_name(budget), duration(budget.limit_seconds), f"{low} … {high}", share, _WORDS[budget.verdict])


def _name(budget: CountBudget | LatencyBudget) -> str:
    if isinstance(budget, LatencyBudget):
        return f"latency, {way(budget.device, budget.batch, budget.dtype, budget.threads)}"
    words = {"macs": "MACs", "flops": "FLOPs"}.get(budget.figure, budget.figure.replace("_", " "))
    return f"{words} of {budget.layers}" if budget.layers else words


def _amount(budget: CountBudget, number: int) -> Amount:
    return Amount(number, budget.figure.endswith("_bytes"))


def _shown(value: Any) -> str:
    return value.text() if isinstance(value, Amount) else str(value)


def _shown_short(value: Any) -> str:
    return value.short() if isinstance(value, Amount) else str(value)


_COLUMNS = (
    Column("budget", "budget", left=True, flexible="wrap"),
    Column("limit", "limit", _shown, short=_shown_short),
    Column("found", "found", _shown, short=_shown_short),
    Column("share", "of limit", lambda of: percent(*of), rank=2),
    Column("verdict", "verdict", left=True),
)


def _faults(checked: Checked) -> Iterator[tuple[str, str]]:
    """What is over or cannot be told, in a sentence each."""
    for count in checked.counts:
        if count.verdict == OVER:
            yield OVER, f"{_name(count)}: {_excess(count)}{_heaviest(count.heaviest, count)}"
        elif count.verdict == UNKNOWN:
            yield UNKNOWN, f"{_name(count)}: {count.reason}"
    for time in checked.latencies:
        if time.verdict == OVER:
            yield OVER, f"{_name(time)}: {_delay(time)}{_slowest(time.heaviest)}"
        elif time.verdict == UNKNOWN:
            yield UNKNOWN, f"{_name(time)}: {time.reason}"


def _excess(budget: CountBudget) -> str:
    over = budget.at_least - budget.limit
    found, more, limit = (_amount(budget, number).text() for number in (budget.at_least, over, budget.limit))
    return f"{found} is {more}{_by(over, budget.limit)} over {limit}"


def _delay(budget: LatencyBudget) -> str:
    over = budget.median_seconds - budget.limit_seconds
    words = f"{duration(over)}{_by(over, budget.limit_seconds)} over {duration(budget.limit_seconds)}"
    low, high = map(duration, budget.ci95_seconds)
    return f"{duration(budget.median_seconds)} (95 % CI {low} to {high}) is {words}"


def _by(over: float, limit: float) -> str:
    return f" ({percent(over, limit)})" if limit else ""


def _heaviest(weights: Sequence[Weight], budget: CountBudget) -> str:
    named = [
        f"{place(each.path, each.call)} ({_amount(budget, each.amount).text()})"
        for each in weights[:_NAMED]
        if each.amount
    ]
    return _most(named, len(weights) - _NAMED)


def _slowest(weights: Sequence[TimeWeight]) -> str:
    return _most([f"{place(each.path, each.call)} ({duration(each.seconds)})" for each in weights])


def _most(named: Sequence[str], others: int = 0) -> str:
    more = f" and {exact(others)} more" if others > 0 else ""
    return f"; most in {', '.join(named)}{more}" if named else ""


def _verdict(record: Check) -> str:
    found = [budget.verdict for checked in record.checked for budget in checked.budgets]
    over, unknown = found.count(OVER), found.count(UNKNOWN)
    parts = [f"{exact(number)} {words}" for number, words in ((over, "over"), (unknown, UNKNOWN)) if number]
    budgets = plural(len(found), "budget")
    if not parts:
        return f"passed: {budgets} kept"
    return f"{'FAILED' if over else 'NOT TOLD'}: of {budgets} {', '.join(parts)}"
