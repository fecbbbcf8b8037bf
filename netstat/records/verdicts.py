"""What a reader asks of a profile first: is it complete, do others agree, is the time to be trusted?"""

from collections.abc import Sequence
from typing import NamedTuple

from netstat.records.benchmark import Benchmark, firsts
from netstat.records.profile import Profile


class Verdict(NamedTuple):
    """An answer, and why.

    Attributes:
        question: "complete", "crosscheck" or "timing".
        holds: yes or no; None where nobody can say.
        why: a word for the reason, which pages put into a sentence.
        number, of: so many, of so many.
        names: what the reason is about: operators, tools, codes of warnings.
    """

    question: str
    holds: bool | None
    why: str
    number: int = 0
    of: int = 0
    names: tuple[str, ...] = ()


def verdicts(profile: Profile) -> tuple[Verdict, ...]:
    """The three answers, in the order people ask."""
    return _complete(profile), _crosscheck(profile), _timing(profile)


def _complete(profile: Profile) -> Verdict:
    if profile.complete:
        return Verdict("complete", True, "every", len(profile.layers))
    if not profile.uncounted:
        return Verdict("complete", None, "parameters")
    names = tuple(dict.fromkeys(entry.op for entry in profile.uncounted))
    return Verdict("complete", False, "uncounted", sum(entry.calls for entry in profile.uncounted), names=names)


def _crosscheck(profile: Profile) -> Verdict:
    if profile.crosscheck is None:
        return Verdict("crosscheck", None, "absent")
    run = [check for check in profile.crosscheck if check.reported is not None]
    if not run:
        return Verdict("crosscheck", None, "none", of=len(profile.crosscheck))
    open_ones = tuple(check.peer for check in run if not check.closed)
    if open_ones:
        return Verdict("crosscheck", False, "open", len(open_ones), len(run), open_ones)
    return Verdict("crosscheck", True, "closed", len(run), len(profile.crosscheck), tuple(each.peer for each in run))


def _timing(profile: Profile) -> Verdict:
    if not profile.benchmarks:
        return Verdict("timing", None, "absent")
    asked = firsts(profile.benchmarks)
    spoiled = [benchmark for benchmark in asked if not benchmark.reliable]
    if spoiled:
        return Verdict("timing", False, "unreliable", len(spoiled), len(asked), _codes(spoiled))
    codes = _codes(asked)
    return Verdict("timing", True, "remarked" if codes else "reliable", len(asked), len(asked), codes)


def _codes(benchmarks: Sequence[Benchmark]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for benchmark in benchmarks for code in benchmark.warnings))
