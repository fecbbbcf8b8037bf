"""How much more a model may have of a figure than another had."""

from collections.abc import Iterator, Mapping

from netstat.analysis.check import verdict
from netstat.records.check import OVER, UNKNOWN
from netstat.records.comparison import Compared, Comparison, Increase, TimeChange
from netstat.units import deviation, signed

COUNTS = ("params", "trainable_params", "macs", "flops", "param_bytes", "activation_bytes")
LATENCY = "latency"
_EXACT = ("params", "trainable_params", "param_bytes")  # also where operators have no formula
_BOUNDS = "operators without a formula are not the same on both sides"


def increases(comparison: Comparison, allowed: Mapping[str, float]) -> tuple[Increase, ...]:
    """Each model after the first, held to what the first has and a share of it more.

    Args:
        comparison: the figures.
        allowed: shares by names of `COUNTS`, or of a latency; 0.05 allows 5 % more.
    """
    return tuple(found for figure, share in allowed.items() for found in _increases(comparison, figure, share))


def _increases(comparison: Comparison, figure: str, share: float) -> Iterator[Increase]:
    if figure != LATENCY:
        first, *others = comparison.models or (None,)
        yield from (_of_count(first, other, figure, share, comparison.settled) for other in others if first)
    elif comparison.times:
        yield from (_of_time(change, share) for change in comparison.times)
    else:
        yield Increase("", figure, share, "no way to run was timed on both sides", UNKNOWN)


def _of_count(first: Compared, other: Compared, figure: str, share: float, settled: bool) -> Increase:
    before, after = getattr(first.totals, figure), getattr(other.totals, figure)
    more = after - before
    if not (figure in _EXACT or settled or (first.complete and other.complete)):
        return Increase(other.model, figure, share, _BOUNDS, UNKNOWN)
    said = verdict(more, more, before * share)
    if said == OVER and not first.complete and figure not in _EXACT:
        return Increase(other.model, figure, share, f"at most {_said(more, before)}", UNKNOWN)
    return Increase(other.model, figure, share, _said(more, before), said)


def _said(more: int, before: int) -> str:
    return f"{signed(more)} ({deviation(more / before)})" if more and before else signed(more)


def _of_time(change: TimeChange, share: float) -> Increase:
    if change.ratio_ci95 is None:
        differ = f"the surroundings differ in {', '.join(change.surroundings)}"
        return Increase(change.after, LATENCY, share, differ if change.surroundings else change.reason, UNKNOWN)
    low, high = change.ratio_ci95
    found = f"{deviation(low - 1)} to {deviation(high - 1)} (95 % CI)"
    return Increase(change.after, LATENCY, share, found, verdict(low, high, 1 + share))
