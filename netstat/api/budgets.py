"""Budgets as users write them, on the command line, in pyproject.toml and in Python."""

from collections.abc import Iterator, Mapping, Sequence

from netstat.analysis.check import PER_LAYER, Budget
from netstat.errors import UsageError
from netstat.records.check import FIGURES
from netstat.units import parse_number, parse_seconds

Amount = int | float | str
Limit = Amount | Mapping[str, Amount]  # for the whole, or by layers, where "total" is the whole

TOTAL = "total"


def limits(texts: Sequence[str]) -> dict[str, Amount]:
    """`800M` and `features.*=500M` as amounts by layers."""
    parts = (text.rpartition("=") for text in texts)
    return {layers if equals else TOTAL: amount for layers, equals, amount in parts}


def by_layers(limit: Limit) -> Mapping[str, Amount]:
    """A limit as amounts by layers."""
    return limit if isinstance(limit, Mapping) else {TOTAL: limit}


def budgets(wanted: Mapping[str, Limit | None]) -> tuple[Budget, ...]:
    """One budget for each limit.

    Args:
        wanted: by names of figures; None is no limit.

    Raises:
        UsageError: there is no limit, or one that cannot be.
    """
    found = tuple(budget for figure, limit in wanted.items() if limit is not None for budget in _each(figure, limit))
    if not found:
        raise UsageError("there is no budget to check; name one, for example --max-params 70M or --max-macs 800M")
    return found


def _each(figure: str, limit: Limit) -> Iterator[Budget]:
    for layers, amount in by_layers(limit).items():
        if layers != TOTAL and figure not in PER_LAYER:
            raise UsageError(
                f"a budget of layers ('{layers}') is on {', '.join(PER_LAYER)}; {figure} is of the whole model"
            )
        yield Budget(figure, _amount(figure, amount), "" if layers == TOTAL else layers)


def _amount(figure: str, amount: Amount) -> float:
    """What a figure may be at most; seconds for a latency.

    Raises:
        UsageError: it is no such amount.
    """
    if not isinstance(amount, (int, float, str)) or isinstance(amount, bool):
        raise UsageError(f"a budget of {figure} is a number or a text such as '70M', not {amount!r}")
    if figure == "latency":
        return parse_seconds(amount) if isinstance(amount, str) else _positive(amount)
    text = amount if isinstance(amount, str) else str(int(amount) if amount % 1 == 0 else amount)
    if not figure.endswith("_bytes") and text.strip()[-1:] in ("b", "B"):
        raise UsageError(f"{figure} are no bytes, which the B of '{text}' stands for; write 7G for 7 billion")
    number = parse_number(text)
    if number < 0:
        raise UsageError(f"a budget of {figure} must be 0 or more, got {text}")
    return number


def _positive(seconds: float) -> float:
    if not 0 < seconds < float("inf"):
        raise UsageError(f"a budget of latency must be a positive number of seconds, got {seconds}")
    return seconds


def figure_of(option: str) -> str:
    """'max_params' -> 'params'."""
    return option.removeprefix("max_")


OPTIONS = tuple(f"max_{figure}" for figure in FIGURES)
