"""A row of the page on the documents: what they say, the command that shows it, and what netstat finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Findings = Callable[[], Iterator[str]]

# How a row can end. A system works or is missing; a claim is one of the other three.
VERDICTS = {
    "works": "the system is there, and a test named after the row runs it",
    "confirmed": "netstat's own figures say the same",
    "corrected": "netstat's own figures say something else, or say it of one reading only: the row says which",
    "cited": "a training run would have to show it: whose claim it is, and what of it can be counted",
}


@dataclass(frozen=True)
class Row:
    """One system or claim.

    Attributes:
        name: "S1" … for systems, "C1" … for claims.
        title: what it is about.
        says: what the documents say.
        commands: what to type to see it.
        verdict: a key of `VERDICTS`.
        findings: what netstat finds, as Markdown blocks, computed anew whenever it is called.
    """

    name: str
    title: str
    says: str
    commands: tuple[str, ...]
    verdict: str
    findings: Findings


ROWS: dict[str, Row] = {}


def row(name: str, title: str, says: str, *commands: str, verdict: str = "works") -> Callable[[Findings], Findings]:
    """Register the findings that follow under a name."""
    assert verdict in VERDICTS
    assert name not in ROWS

    def register(findings: Findings) -> Findings:
        ROWS[name] = Row(name, title, says, commands, verdict, findings)
        return findings

    return register


def in_order() -> list[Row]:
    """Systems first, then claims, by number."""
    return sorted(ROWS.values(), key=lambda each: (each.name[0] != "S", int(each.name[1:])))
