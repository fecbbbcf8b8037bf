"""Rows of samples as Markdown. Computes ratios of medians, and nothing else."""

from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]


def table(head: list[str], body: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def verdict(what: str, ours: Row, theirs: Row, limit: float) -> str:
    """The ratio of the medians against its limit, with that of the lowest samples, which other work disturbs least."""
    reached, lowest = quotient(ours, theirs), min(ours["samples"]) / min(theirs["samples"])
    return f"{what}: {reached:.3g}, lowest to lowest {lowest:.3g} (limit {limit:.3g}); {outcome(reached, limit)}.\n"


def judged(what: str, reached: float, limit: float) -> str:
    """A ratio against its limit."""
    return f"{what}: {reached:.3g} (limit {limit:.3g}); {outcome(reached, limit)}.\n"


def outcome(reached: float, limit: float) -> str:
    """Whether a figure stays within its limit."""
    return "met" if reached <= limit else "**not met**"


def by_speed(rows: list[Row]) -> list[Row]:
    """Fastest first, those without a figure last."""
    return sorted(rows, key=lambda row: (row["median"] is None, row["median"]))


def fastest(rows: Iterable[Row]) -> Row:
    return by_speed(list(rows))[0]


def quotient(row: Row, to: Row) -> float:
    return float(row["median"] / to["median"])


def ratio(row: Row, to: Row) -> str:
    return "-" if row["median"] is None else f"{quotient(row, to):.3g}"


def spread(row: Row) -> tuple[str, str]:
    """Median with its range and the number of samples, or why there is none."""
    if row["median"] is None:
        return row["error"], "-"
    low, high = min(row["samples"]), max(row["samples"])
    return f"{seconds(row['median'])} [{seconds(low)} – {seconds(high)}]", str(len(row["samples"]))


def figure(row: Row) -> str:
    return f"{row['count']:,}" if "count" in row else "-"


def seconds(value: float | None) -> str:
    return "-" if value is None else f"{1000 * value:.4g} ms"


def mebibytes(count: int) -> str:
    return f"{count / 2**20:.1f} MiB"


def megabytes(count: int) -> str:
    return f"{count / 1e6:.4g} MB"
